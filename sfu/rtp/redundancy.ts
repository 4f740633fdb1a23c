import { MAX_RED_DEPTH } from "./red.ts";

/**
 * From which share of loss on sound is sent with redundancy, and below which no
 * more. Lower mends more at the price of twice the sound's rate.
 */
const RED_FROM = 0.004;
const RED_UNTIL = 0.001;

/**
 * From which share of loss on each packet repeats two, or three, not one. Lower
 * mends longer gaps at the price of once the sound's rate for each.
 */
const DEEP_RED_FROM = 0.02;
const DEEPEST_RED_FROM = 0.08;

/** How much of its past each packet of sound repeats to one viewer (RFC 2198). */
export class Redundancy {
  /** How many packets, from 0. */
  depth = 0;
  #wanted = 0;

  /**
   * How many packets would be of use.
   *
   * @param loss the share of packets that was lost lately, 0 to 1
   */
  want(loss: number): number {
    if (loss <= (this.#wanted > 0 ? RED_UNTIL : RED_FROM)) this.#wanted = 0;
    else if (loss > DEEPEST_RED_FROM) this.#wanted = MAX_RED_DEPTH;
    else this.#wanted = loss > DEEP_RED_FROM ? 2 : 1;
    return this.#wanted;
  }

  /** So much may be sent, in multiples of what sound takes without. */
  grant(copies: number): void {
    const depth = Math.round(copies) - 1;
    this.depth = Math.min(Math.max(depth, 0), this.#wanted);
  }
}
