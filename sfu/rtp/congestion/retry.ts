import type { Instant } from "../../../lib/time.ts";
import type { Claim } from "./share_rate.ts";

/**
 * How long a picture is left out before it is tried again, in milliseconds, at
 * first; each time twice as long. Lower ends a freeze sooner that a misjudged
 * path has led to; higher disturbs less where the path is what it seems.
 */
const FIRST_MS = 6_000;
const MAX_MS = 60_000;

/** After so long without anything left out, patience is as at first. */
const CALM_MS = 20_000;

/**
 * When to try a picture again that was left out, though the path does not seem
 * to carry it: with nothing but sound under way, nobody would ever find out that
 * it does, except by probes, and a receiver that is busy fails them all.
 */
export class Retry {
  #leftOutSince = Number.POSITIVE_INFINITY;
  #lastLeftOut = Number.NEGATIVE_INFINITY;
  #patienceMs = FIRST_MS;

  /** True once when it is time; to be called before each sharing out. */
  poll(claims: readonly Claim[], overflows: boolean, now: Instant): boolean {
    if (!claims.some(({ grantedBps }) => grantedBps === 0)) {
      this.#leftOutSince = Number.POSITIVE_INFINITY;
      if (now - this.#lastLeftOut > CALM_MS) this.#patienceMs = FIRST_MS;
      return false;
    }
    this.#lastLeftOut = now;
    this.#leftOutSince = Math.min(this.#leftOutSince, now);
    if (overflows || now - this.#leftOutSince < this.#patienceMs) return false;
    this.#leftOutSince = now;
    this.#patienceMs = Math.min(this.#patienceMs * 2, MAX_MS);
    return true;
  }
}
