/** Groups of which each has to wait. Lower is quicker; higher, surer. */
const GROUPS = 5;

/**
 * Over how many milliseconds the least delay is looked for, twice. Lower follows
 * a path that has become longer; higher remembers how short it can be.
 */
const WINDOW_MS = 5_000;

/**
 * How long a path's queue is at least: what the delay of each of the last groups
 * of packets is above the least of the last seconds. A queue that one sends too
 * much into is never empty; a receiver that is busy for a moment makes delays
 * that come and go.
 */
export class StandingQueue {
  readonly #delays = new Float64Array(GROUPS);
  #count = 0;
  #leastNow = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;
  #windowEnd = Number.NEGATIVE_INFINITY;

  /** Notes a group: by how much its arrival is later than its sending. */
  update(delayMs: number, arrivalMs: number): void {
    if (arrivalMs >= this.#windowEnd) {
      this.#leastBefore = this.#leastNow;
      this.#leastNow = Number.POSITIVE_INFINITY;
      this.#windowEnd = arrivalMs + WINDOW_MS;
    }
    this.#leastNow = Math.min(this.#leastNow, delayMs);
    this.#delays[this.#count++ % GROUPS] = delayMs;
  }

  /** The path is another one: how short it can be is to be found anew. */
  clear(): void {
    this.#count = 0;
    this.#leastNow = this.#leastBefore = Number.POSITIVE_INFINITY;
    this.#windowEnd = Number.NEGATIVE_INFINITY;
  }

  /** In milliseconds. */
  get queueMs(): number {
    if (this.#count < GROUPS) return 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < GROUPS; i++) least = Math.min(least, this.#delays[i]!);
    return least - Math.min(this.#leastNow, this.#leastBefore);
  }
}
