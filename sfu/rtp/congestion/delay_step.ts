import type { Instant } from "../../../lib/time.ts";

/**
 * How long after giving way, in milliseconds beyond a round trip, less is sent
 * for sure; and over how long the queue is watched then. Lower is sooner sure,
 * and wrong where publishers follow slowly.
 */
const FOLLOW_MS = 600;
const WATCH_MS = 400;

/** Less is sent if it is so much of what was. */
const LESS = 0.75;

/** A queue that is still so much of what it was does not empty. */
const UNCHANGED = 0.85;

/** What is taken of the rate of before. */
const RESTORED = 0.85;

/**
 * Finds out whether what one has given way to was a queue. A queue empties when
 * less is sent; a path that has become longer stays so, as when a phone goes
 * from one network to another. Taken for a queue, it would have the rate go down
 * for seconds.
 */
export class DelayStep {
  #rateBps = 0;
  #sendingBps = 0;
  #since = Number.NEGATIVE_INFINITY;
  /** At the beginning of the watch; −1 before. */
  #queueMs = -1;

  /** One is about to give way, with so much sent. */
  begin(rateBps: number, sendingBps: number, now: Instant): void {
    if (this.#since > Number.NEGATIVE_INFINITY) return;
    this.#rateBps = rateBps;
    this.#sendingBps = sendingBps;
    this.#since = now;
    this.#queueMs = -1;
  }

  /**
   * Looks at the queue; to be called with each message of feedback.
   *
   * @param isLosing whether it has been seen to overflow
   * @returns the rate to go on with, in bit/s, if it is none; else 0
   */
  poll(
    queueMs: number,
    sendingBps: number,
    rttMs: number,
    isLosing: boolean,
    now: Instant,
  ): number {
    const elapsedMs = now - this.#since - rttMs;
    if (elapsedMs < FOLLOW_MS || this.#since === Number.NEGATIVE_INFINITY) {
      return 0;
    }
    if (this.#queueMs < 0) this.#queueMs = queueMs;
    if (elapsedMs < FOLLOW_MS + WATCH_MS) return 0;
    this.#since = Number.NEGATIVE_INFINITY;
    const isLess = sendingBps < this.#sendingBps * LESS;
    const isThere = this.#queueMs > 0 && queueMs >= this.#queueMs * UNCHANGED;
    return isLess && isThere && !isLosing ? this.#rateBps * RESTORED : 0;
  }
}
