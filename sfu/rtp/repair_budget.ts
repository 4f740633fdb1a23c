import type { Instant } from "../../lib/time.ts";

/**
 * The share of what a path carries that repairs may take. Lower leaves more
 * holes; higher lets repairs of what a full queue drops fill it again.
 */
const SHARE = 0.5;

/** How much may come at once, in milliseconds of the path. */
const BURST_MS = 250;

/** How many packets are remembered as sent again; a power of two. */
const REMEMBERED = 256;

const NOTHING = new Float64Array(0);

/**
 * How often to send what was sent again before in vain. Higher mends sooner what
 * a bad path has lost twice, which is seldom; its last moments are what freezes.
 */
const COPIES = 2;

/**
 * Which repairs a viewer gets: none twice within a round trip, and not more
 * than a share of what its path carries.
 */
export class RepairBudget {
  /** Made when something is sent again: most viewers miss nothing. */
  #numbers = NOTHING;
  #sentAt = NOTHING;
  /** Whether more was missing at last than can be sent again in time. */
  exhausted = false;
  #bytes = Number.POSITIVE_INFINITY;
  #filledAt = Number.NEGATIVE_INFINITY;

  /**
   * How often a packet may be sent again now, which is noted: more than once if
   * what was sent again has not come.
   *
   * @param rateBps what the path carries; `Infinity` if that is not known
   */
  take(
    extended: number,
    sizeBytes: number,
    rateBps: number,
    rttMs: number,
    now: Instant,
  ): number {
    const slot = extended & (REMEMBERED - 1);
    const wasSent = this.#numbers[slot] === extended;
    if (wasSent && now - this.#sentAt[slot]! < rttMs) return 0;
    this.#fill(rateBps, now);
    this.exhausted = this.#bytes < sizeBytes;
    if (this.exhausted) return 0;
    const copies = wasSent && this.#bytes >= COPIES * sizeBytes ? COPIES : 1;
    this.#bytes -= copies * sizeBytes;
    if (this.#numbers === NOTHING) {
      this.#numbers = new Float64Array(REMEMBERED).fill(-1);
      this.#sentAt = new Float64Array(REMEMBERED);
    }
    this.#numbers[slot] = extended;
    this.#sentAt[slot] = now;
    return copies;
  }

  #fill(rateBps: number, now: Instant): void {
    const most = rateBps / 8_000 * BURST_MS;
    const elapsedMs = Math.min(now - this.#filledAt, BURST_MS * 2);
    this.#filledAt = now;
    const filled = this.#bytes + rateBps / 8_000 * SHARE * elapsedMs;
    this.#bytes = Math.min(most, filled);
  }
}
