/**
 * A time as a conversation needs it: hours and minutes, and the day too if it
 * was not today.
 */
export function formatTime(
  timeMs: number,
  nowMs: number,
  locale?: string,
): string {
  const time = new Date(timeMs);
  const isToday = time.toDateString() === new Date(nowMs).toDateString();
  return time.toLocaleString(locale, {
    hour: "2-digit",
    minute: "2-digit",
    ...(!isToday && { day: "numeric", month: "short" }),
  });
}
