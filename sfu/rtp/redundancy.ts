import { MAX_RED_DEPTH } from "./red.ts";

/**
 * From which share of loss on sound is sent with redundancy, and below which no
 * more. Lower mends more at the price of twice the sound's rate.
 */
const RED_FROM = 0.004;
const RED_UNTIL = 0.001;

/** From which share of loss on each packet repeats two, not one. */
const DEEP_RED_FROM = 0.02;

/** How much of its past a packet of sound repeats to one viewer (RFC 2198). */
export class Redundancy {
  #on = false;

  /**
   * How many packets, by what is lost.
   *
   * @param loss the share of packets that was lost lately, 0 to 1
   */
  depth(loss: number): number {
    this.#on = loss > (this.#on ? RED_UNTIL : RED_FROM);
    if (!this.#on) return 0;
    return loss > DEEP_RED_FROM ? MAX_RED_DEPTH : 1;
  }
}
