import type { Instant } from "../../../lib/time.ts";

/**
 * A poll that is so much late has been held up, in milliseconds. Lower also
 * leaves out what is no harm; higher takes our own delays for the path's.
 */
const STALL_MS = 40;

/** For how long after a stall what has piled up is in the way, in milliseconds. */
const AFTER_MS = 100;

/** The most of a stall that is waited for again after it. */
const MAX_BACKLOG_MS = 400;

/**
 * The share of time that may be left out, and how much may be saved up for one
 * stall, in milliseconds. Higher makes a server that is always late blind to
 * congestion; lower takes more of its delays for congestion.
 */
const SHARE = 0.5;
const MAX_CREDIT_MS = 1_500;

/**
 * When this side was held up: by other work, garbage collection, or a machine
 * that is too busy. What has piled up then leaves in one burst, and its delays
 * say nothing about the path.
 */
export class Stalls {
  #polledAt = Number.NEGATIVE_INFINITY;
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;
  #creditMs = MAX_CREDIT_MS;

  /** To be called every `intervalMs`, as far as that can be kept. */
  poll(intervalMs: number, now: Instant): void {
    const passedMs = now - this.#polledAt;
    const before = this.#polledAt;
    this.#polledAt = now;
    if (!Number.isFinite(passedMs)) return;
    this.#creditMs = Math.min(
      MAX_CREDIT_MS,
      this.#creditMs + passedMs * SHARE,
    );
    const lateMs = passedMs - intervalMs;
    if (lateMs < STALL_MS) return;
    const until = now + AFTER_MS + Math.min(lateMs, MAX_BACKLOG_MS);
    const costMs = until - Math.max(before, this.#until);
    if (costMs > this.#creditMs) return;
    this.#creditMs -= costMs;
    // What was sent in the last stall may not have been told of yet.
    if (before > this.#until + AFTER_MS) this.#from = before;
    this.#until = until;
  }

  /** Whether what was sent at that time was in the way of itself. */
  disturb(sentAt: Instant): boolean {
    return sentAt >= this.#from && sentAt <= this.#until;
  }
}
