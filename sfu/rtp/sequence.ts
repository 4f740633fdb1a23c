/**
 * How far `a` is ahead of `b`, both 16-bit sequence numbers, around the wrap:
 * −32768 to 32767.
 */
export function seqDelta(a: number, b: number): number {
  return ((a - b) << 16) >> 16;
}

/** Whether the 16-bit sequence number `a` comes after `b`. */
export function seqNewer(a: number, b: number): boolean {
  return seqDelta(a, b) > 0;
}

/**
 * How far `a` is ahead of `b`, both 32-bit RTP timestamps, around the wrap:
 * −2³¹ to 2³¹ − 1.
 */
export function timestampDelta(a: number, b: number): number {
  return (a - b) | 0;
}

/**
 * The longest gap that counts as loss, in packets (RFC 3550 A.1). Lower takes
 * outages for restarts; higher takes restarts for outages.
 */
const MAX_DROPOUT = 3_000;

/**
 * How late a packet may come, in packets. Lower loses retransmissions; higher
 * takes longer to notice that a source started again a little behind.
 */
const MAX_MISORDER = 1_000;

const CYCLE = 0x10000;

/**
 * Turns the 16-bit sequence numbers of one source into extended ones, which
 * never wrap and so can be compared and subtracted as plain numbers. All of
 * this folder names packets by extended numbers; `extended & 0xffff` is what
 * was on the wire.
 *
 * A source that starts again elsewhere is believed at its second packet in a
 * row (RFC 3550 A.1). Its extended numbers then leap ahead by more than a
 * cycle, by which caches, maps and statistics tell that it is a new beginning.
 */
export class SequenceExtender {
  #highest = -1;
  #probation = -1;

  /** The highest extended number so far; −1 before the first packet. */
  get highest(): number {
    return this.#highest;
  }

  /**
   * The extended number of a packet that is sent again, or −1 if it is far from
   * all others. Never a new beginning: what probes may repeat very old packets.
   */
  extendRepair(sequenceNumber: number): number {
    if (this.#highest < 0) return -1;
    const delta = seqDelta(sequenceNumber, this.#highest & 0xffff);
    if (delta < -MAX_MISORDER || delta > MAX_MISORDER) return -1;
    const extended = this.#highest + delta;
    if (delta > 0) this.#highest = extended;
    return extended;
  }

  /**
   * The extended number of a packet, or −1 if the packet is to be dropped: it
   * is far from all others, and the first of its kind.
   */
  extend(sequenceNumber: number): number {
    if (this.#highest < 0) {
      // One cycle up, so that packets reordered at the start are not negative.
      return this.#highest = CYCLE + sequenceNumber;
    }
    const delta = seqDelta(sequenceNumber, this.#highest & 0xffff);
    if (delta >= -MAX_MISORDER && delta <= MAX_DROPOUT) {
      this.#probation = -1;
      const extended = this.#highest + delta;
      if (delta > 0) this.#highest = extended;
      return extended;
    }
    if (sequenceNumber !== this.#probation) {
      this.#probation = (sequenceNumber + 1) & 0xffff;
      return -1;
    }
    this.#probation = -1;
    const cycles = Math.floor(this.#highest / CYCLE);
    return this.#highest = (cycles + 2) * CYCLE + sequenceNumber;
  }
}

/**
 * A leap of extended numbers that only a new beginning explains; see
 * {@linkcode SequenceExtender}.
 */
export function isRestart(extended: number, highest: number): boolean {
  return extended - highest > MAX_DROPOUT;
}
