import type { Instant } from "../../../lib/time.ts";

/** Less loss than this raises the limit (draft-ietf-rmcat-gcc-02 §6). */
const LOW_LOSS = 0.02;

/** More loss than this lowers it. */
const HIGH_LOSS = 0.1;

/** By which it is raised. */
const GROWTH = 1.05;

/**
 * Over how many packets and milliseconds loss is measured, at least. Lower is
 * quicker; higher does not take chance for a change.
 */
const MIN_PACKETS = 50;
const MIN_INTERVAL_MS = 400;

/** After so many milliseconds a few packets will do. */
const MAX_INTERVAL_MS = 2_000;

/**
 * A rate that was lowered to so much of what it was should have lost less. If
 * not, the loss is the path's own, as on a bad radio link.
 */
const TRIAL = 0.75;

/** How much of the loss has to be left for that, of what it was. */
const UNCHANGED = 0.75;

/**
 * And less has to arrive, of what did: where a queue is full, as much arrives
 * as before, however much less is sent.
 */
const ARRIVES_LESS = 0.87;

/** No path is believed to lose more by itself. */
const MAX_OWN_LOSS = 0.35;

/** Where more is lost, no more is sent than arrives. */
const FLOODED = 0.3;

/** No less is sent than this part of what arrives. */
const LEFT = 0.85;

/**
 * How much a path may carry by its loss (draft-ietf-rmcat-gcc-02 §6), with one
 * thing more: loss that stays when the rate falls is taken for the path's own,
 * and only what goes beyond it lowers the rate further.
 */
export class LossBasedLimit {
  limitBps: number;

  readonly #minBps: number;
  readonly #maxBps: number;
  #packets = 0;
  #lost = 0;
  #since = Number.NEGATIVE_INFINITY;
  /** The share that is lost whatever the rate. */
  #own = 0;
  #loweredAt = Number.NEGATIVE_INFINITY;
  /** What was sent and lost when the limit began to fall; 0 while it does not. */
  #trialBps = 0;
  #trialLoss = 0;
  #trialArrivingBps = 0;

  /** A limit to begin with, and its bounds. */
  constructor(initialBps: number, minBps: number, maxBps: number) {
    this.limitBps = initialBps;
    this.#minBps = minBps;
    this.#maxBps = maxBps;
  }

  /** The share of packets that is lost whatever the rate, 0 to 1. */
  get ownLoss(): number {
    return this.#own;
  }

  /** Notes what became of a packet. */
  note(received: boolean, sentAt: Instant): void {
    // What was sent at the rate of before says nothing about this one.
    if (sentAt < this.#loweredAt) return;
    this.#packets++;
    if (!received) this.#lost++;
  }

  /**
   * Draws conclusions, if enough is known.
   *
   * @param rateBps what is sent by the limits of before
   * @param arrivingBps what arrives of it
   */
  update(rateBps: number, arrivingBps: number, now: Instant): void {
    if (this.#since === Number.NEGATIVE_INFINITY) this.#since = now;
    const elapsedMs = now - this.#since;
    const few = this.#packets < MIN_PACKETS && elapsedMs < MAX_INTERVAL_MS;
    if (few || elapsedMs < MIN_INTERVAL_MS || this.#packets === 0) return;
    const loss = this.#lost / this.#packets;
    this.#packets = 0;
    this.#lost = 0;
    this.#since = now;
    this.#conclude(loss, rateBps, arrivingBps);
  }

  /** A probe has shown that the path carries so much. */
  proven(bps: number): void {
    this.limitBps = Math.min(Math.max(this.limitBps, bps), this.#maxBps);
  }

  #conclude(loss: number, rateBps: number, arrivingBps: number): void {
    if (loss < this.#own) this.#own += (loss - this.#own) / 4;
    const excess = Math.max(0, (loss - this.#own) / (1 - this.#own));
    if (excess < LOW_LOSS) {
      this.#trialBps = 0;
      this.limitBps = Math.min(
        Math.max(this.limitBps, rateBps) * GROWTH,
        this.#maxBps,
      );
      return;
    }
    if (excess <= HIGH_LOSS) return;
    if (this.#trialBps > 0 && rateBps <= this.#trialBps * TRIAL) {
      if (this.#isOwn(loss, arrivingBps)) {
        this.#own = (loss + this.#trialLoss) / 2;
        this.limitBps = this.#trialBps;
        this.#trialBps = 0;
        return;
      }
      this.#trialBps = 0;
    }
    if (this.#trialBps === 0) {
      this.#trialBps = rateBps;
      this.#trialLoss = loss;
      this.#trialArrivingBps = arrivingBps;
    }
    let limit = Math.min(this.limitBps, rateBps) * (1 - excess / 2);
    if (excess > FLOODED) limit = Math.min(limit, arrivingBps);
    limit = Math.max(limit, Math.min(arrivingBps * LEFT, this.limitBps));
    this.limitBps = Math.max(limit, this.#minBps);
    this.#loweredAt = this.#since;
  }

  /** Whether it loses as much as when the trial began, though less is sent. */
  #isOwn(loss: number, arrivingBps: number): boolean {
    return Math.max(loss, this.#trialLoss) <= MAX_OWN_LOSS &&
      loss >= this.#trialLoss * UNCHANGED &&
      arrivingBps <= this.#trialArrivingBps * ARRIVES_LESS;
  }
}
