import { after, type Instant } from "../../lib/time.ts";

/**
 * The least time between two keyframe requests for one source, in milliseconds.
 * Lower recovers sooner after loss; higher wastes less of the publisher's uplink.
 */
const MIN_INTERVAL_MS = 500;

/**
 * After so many requests without a keyframe the interval doubles with each.
 * Lower gives up sooner on slow encoders; higher bothers dead ones for longer.
 */
const PATIENT_REQUESTS = 8;

/** The longest interval between requests that go unheard, in milliseconds. */
const MAX_INTERVAL_MS = 8_000;

/**
 * When to ask a source for a keyframe (PLI, RFC 4585 §6.3.1): at once, but
 * never twice within the interval, and again until one comes (B-24).
 */
export class KeyframeRequests {
  #wanted = false;
  /** How often the source was asked. */
  sent = 0;
  /** Sent since the last keyframe. */
  #unheard = 0;
  #lastSent = Number.NEGATIVE_INFINITY;

  /** Whether a keyframe is wanted that has not come. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** Notes that somebody needs a keyframe. */
  want(): void {
    this.#wanted = true;
  }

  /** Notes the first packet of a keyframe: all who wanted one have it. */
  keyframeStarted(): void {
    this.#wanted = false;
    this.#unheard = 0;
  }

  /** Whether to send a request now; the time of it is noted. */
  poll(now: Instant): boolean {
    if (!this.#wanted || now < this.#lastSent + this.#intervalMs()) {
      return false;
    }
    this.#lastSent = now;
    this.#unheard++;
    this.sent++;
    return true;
  }

  /** When `poll` may next be true; `undefined` if nothing is wanted. */
  nextPoll(now: Instant): Instant | undefined {
    if (!this.#wanted) return undefined;
    const due = this.#lastSent + this.#intervalMs();
    return after(now, Math.max(0, due - now));
  }

  #intervalMs(): number {
    const doublings = Math.max(0, this.#unheard - PATIENT_REQUESTS);
    return Math.min(MIN_INTERVAL_MS * 2 ** doublings, MAX_INTERVAL_MS);
  }
}
