/** How often a condition is looked at. */
const INTERVAL_MS = 20;

/**
 * How long a test waits for what it expects. Only a failing test takes so long:
 * it is an upper bound for slow machines, not a measure.
 */
const PATIENCE_MS = 30_000;

/** How much of what was seen last is shown, in characters. */
const MAX_SHOWN = 2_000;

/**
 * Waits until `read` yields what `accept` accepts, and returns it.
 *
 * @throws {Error} if it does not come to that, with what was seen last
 */
export async function waitFor<T>(
  what: string,
  read: () => Promise<T> | T,
  accept: (value: T) => boolean,
): Promise<T> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    if (performance.now() > untilMs) {
      throw new Error(
        `Waited in vain for ${what}: last seen ${
          JSON.stringify(value)?.slice(0, MAX_SHOWN)
        }`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}

/**
 * Waits until `read` yields something, and returns it.
 *
 * @throws {Error} if it does not come to that
 */
export async function waitForValue<T>(
  what: string,
  read: () => T | undefined,
): Promise<T> {
  const value = await waitFor(what, read, (value) => value !== undefined);
  return value as T;
}
