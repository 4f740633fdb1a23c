/**
 * A time as a conversation needs it: hours and minutes, the day too if it is not
 * today, and the year if it is another.
 */
export function formatTime(
  timeMs: number,
  nowMs: number,
  locale?: string,
): string {
  const time = new Date(timeMs);
  const now = new Date(nowMs);
  const isToday = time.toDateString() === now.toDateString();
  const isThisYear = time.getFullYear() === now.getFullYear();
  return time.toLocaleString(locale, {
    hour: "2-digit",
    minute: "2-digit",
    ...(!isToday && { day: "numeric", month: "short" }),
    ...(!isThisYear && { year: "numeric" }),
  });
}
