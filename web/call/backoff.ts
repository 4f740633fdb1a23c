/** Lower finds the server sooner; higher spares one that has just come back. */
const FIRST_DELAY_MS = 500;
/** The longest wait, before chance is added. */
const MAX_DELAY_MS = 15_000;

/**
 * How long to wait before an attempt to reconnect: twice as long each time, and
 * by chance up to half as long again, so that a group does not come all at once.
 *
 * @param attempt counts from 1
 * @param chance from 0 to 1
 */
export function reconnectDelayMs(attempt: number, chance: number): number {
  const delayMs = FIRST_DELAY_MS * 2 ** (attempt - 1);
  return Math.round(Math.min(delayMs, MAX_DELAY_MS) * (1 + chance / 2));
}
