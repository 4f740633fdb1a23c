import type { Instant } from "../../lib/time.ts";

/** What is assumed without reports, in bit/s (B-38). */
export const INITIAL_RATE_BPS = 512_000;

const MIN_RATE_BPS = 9_600;
const MAX_RATE_BPS = 2 ** 30;

/** Less loss than this raises the rate, in 256ths (B-38): 2 %. */
const LOW_LOSS = 5;

/** More loss than this lowers the rate, in 256ths (B-38): 10 %. */
const HIGH_LOSS = 25;

/** How long reports are good for, in milliseconds (B-38). */
const LIFETIME_MS = 30_000;

/**
 * What a viewer can take of one track, by the loss that its receiver reports
 * tell of (B-38): the loss-based half of Google congestion control.
 */
export class LossBasedRate {
  #rateBps = INITIAL_RATE_BPS;
  #reportedAt = Number.NEGATIVE_INFINITY;

  /**
   * Notes a receiver report.
   *
   * @param fractionLost in 256ths, as in the report
   * @param actualBps what was sent to the viewer over the last second
   */
  report(fractionLost: number, actualBps: number, now: Instant): void {
    if (now - this.#reportedAt > LIFETIME_MS) this.#rateBps = INITIAL_RATE_BPS;
    this.#reportedAt = now;
    let rate = this.#rateBps;
    if (fractionLost < LOW_LOSS) {
      // A rate that is not used has not been shown to be good.
      if (actualBps >= rate * 3 / 4) rate *= 269 / 256;
    } else if (fractionLost > HIGH_LOSS) {
      rate *= (512 - fractionLost) / 512;
    }
    this.#rateBps = Math.min(Math.max(rate, MIN_RATE_BPS), MAX_RATE_BPS);
  }

  /** In bit/s. */
  rateBps(now: Instant): number {
    return now - this.#reportedAt > LIFETIME_MS
      ? INITIAL_RATE_BPS
      : this.#rateBps;
  }
}
