import { seqDelta } from "../../rtp/sequence.ts";

/** Packet indices are 48 bits: rollover counter and sequence number. */
const INDEX_LIMIT = 2 ** 48;

/**
 * The index of a packet (RFC 3711 §3.3.1): of all indices that end in its
 * sequence number the one nearest to `highest`, so up to 32,767 lost packets
 * across a wrap do no harm, and a repeated number gets the rollover counter that
 * it had. Negative if that would be before the first packet of all.
 *
 * @param highest the highest index so far
 */
export function nearestIndex(highest: number, sequenceNumber: number): number {
  return highest + seqDelta(sequenceNumber, highest & 0xffff);
}

/**
 * Follows the indices of what one source sends. The first packet has rollover
 * counter 0.
 */
export class SendIndex {
  #highest = -1;

  /** The index of a packet to be sent, for the first time or again. */
  next(sequenceNumber: number): number {
    if (this.#highest < 0) return this.#highest = sequenceNumber;
    const index = nearestIndex(this.#highest, sequenceNumber);
    if (index > this.#highest) this.#highest = index;
    // Before the first of all: RFC 3711 §3.3.1 counts modulo 2³² there. Another
    // counter would use up the nonce of a later packet.
    return index < 0 ? index + INDEX_LIMIT : index;
  }
}
