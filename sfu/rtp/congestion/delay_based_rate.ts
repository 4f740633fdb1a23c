import type { Instant } from "../../../lib/time.ts";
import type { Usage } from "./overuse_detector.ts";

/** What is kept of the rate that arrives, when a queue grows (§5.5). */
const BACK_OFF = 0.85;

/** By how much a rate grows that is far from all known limits, per second. */
const GROWTH_PER_SECOND = 1.08;

/** Growth near a known limit: one packet per response, of so many bits. */
const PACKET_BITS = 1_200 * 8;

/** The time until a change shows, beyond a round trip, in milliseconds. */
const RESPONSE_MS = 100;

/** Beyond so much of what arrives, a rate has not been shown to be good. */
const MAX_UNPROVEN = 1.5;

/** How fast what is known of the limit follows what is measured. */
const LIMIT_WEIGHT = 0.05;

/**
 * The rate of a path by its delay: up while its queue stays, down to what
 * arrives when it grows (draft-ietf-rmcat-gcc-02 §5.5).
 */
export class DelayBasedRate {
  rateBps: number;

  readonly #minBps: number;
  readonly #maxBps: number;
  #updatedAt = Number.NEGATIVE_INFINITY;
  /** What arrived when queues grew: mean and variance, the latter relative. */
  #limitBps: number | undefined;
  #limitVariance = 0.4;
  /** Waits for the queue to drain. */
  #holds = false;

  /** A rate to begin with, and its bounds. */
  constructor(initialBps: number, minBps: number, maxBps: number) {
    this.rateBps = initialBps;
    this.#minBps = minBps;
    this.#maxBps = maxBps;
  }

  /** True if the rate was lowered. */
  update(
    usage: Usage,
    arrivingBps: number | undefined,
    rttMs: number,
    now: Instant,
  ): boolean {
    const elapsedMs = Math.min(Math.max(now - this.#updatedAt, 0), 1_000);
    this.#updatedAt = now;
    switch (usage) {
      case "over":
        return this.#lower(arrivingBps);
      case "under":
        this.#holds = true;
        return false;
      case "normal":
        // One update passes between the drained queue and the growth.
        if (this.#holds) this.#holds = false;
        else this.#raise(arrivingBps, rttMs, elapsedMs);
        return false;
    }
  }

  /** A probe has shown that the path carries so much. */
  proven(bps: number): void {
    if (bps <= this.rateBps) return;
    this.rateBps = this.#clamp(bps);
    if (this.#limitBps !== undefined && bps > this.#upperLimit()) {
      this.#limitBps = undefined;
    }
  }

  #lower(arrivingBps: number | undefined): boolean {
    this.#holds = true;
    const before = this.rateBps;
    const next = BACK_OFF * (arrivingBps ?? before);
    if (arrivingBps !== undefined) this.#noteLimit(arrivingBps);
    this.rateBps = this.#clamp(Math.min(next, before));
    return this.rateBps < before;
  }

  #raise(
    arrivingBps: number | undefined,
    rttMs: number,
    elapsedMs: number,
  ): void {
    if (arrivingBps !== undefined && arrivingBps > this.#upperLimit()) {
      this.#limitBps = undefined;
    }
    const grown = this.#limitBps === undefined
      ? this.rateBps * GROWTH_PER_SECOND ** (elapsedMs / 1_000)
      : this.rateBps + PACKET_BITS * elapsedMs / (rttMs + RESPONSE_MS);
    const proven = arrivingBps === undefined
      ? grown
      : MAX_UNPROVEN * arrivingBps + 10_000;
    if (grown < proven) this.rateBps = this.#clamp(grown);
    else this.rateBps = this.#clamp(Math.max(this.rateBps, proven));
  }

  #noteLimit(bps: number): void {
    if (
      this.#limitBps === undefined || bps > this.#upperLimit() ||
      bps < this.#limitBps - this.#deviation() * 3
    ) {
      this.#limitBps = bps;
      this.#limitVariance = 0.4;
      return;
    }
    const error = this.#limitBps - bps;
    this.#limitBps -= LIMIT_WEIGHT * error;
    this.#limitVariance = (1 - LIMIT_WEIGHT) * this.#limitVariance +
      LIMIT_WEIGHT * error * error / (this.#limitBps * 1_000);
    this.#limitVariance = Math.min(Math.max(this.#limitVariance, 0.4), 2.5);
  }

  #deviation(): number {
    return Math.sqrt(this.#limitVariance * (this.#limitBps ?? 0) * 1_000);
  }

  #upperLimit(): number {
    return this.#limitBps === undefined
      ? Number.POSITIVE_INFINITY
      : this.#limitBps + 3 * this.#deviation();
  }

  #clamp(bps: number): number {
    return Math.min(Math.max(bps, this.#minBps), this.#maxBps);
  }
}
