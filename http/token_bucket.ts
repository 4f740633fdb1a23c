import type { Instant } from "../lib/time.ts";

/** Allows bursts up to a size, and in the long run so many a second. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perSecond: number;
  #tokens: number;
  #refilled: Instant;

  /** Makes a full bucket. */
  constructor(capacity: number, perSecond: number, now: Instant) {
    this.#capacity = capacity;
    this.#perSecond = perSecond;
    this.#tokens = capacity;
    this.#refilled = now;
  }

  /** Takes one token; false if there is none. */
  take(now: Instant): boolean {
    const earned = (now - this.#refilled) / 1000 * this.#perSecond;
    this.#tokens = Math.min(this.#capacity, this.#tokens + earned);
    this.#refilled = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
