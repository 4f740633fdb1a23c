import { seqDelta } from "./sequence.ts";

/** How many changes of the shift are remembered (B-36). */
const MAX_INTERVALS = 128;

/** How many there is room for at first: most viewers get everything. */
const FIRST_INTERVALS = 4;

/** A jump by more starts the map anew (B-36). */
export const MAX_JUMP = 8_192;

/**
 * Maps the publisher's sequence numbers to a viewer's, who does not get all
 * packets and must not take what was left out for lost. Both are 16 bits; the
 * first numbers are mapped to themselves.
 *
 * Pictures that are left out altogether shift the picture ids too; where the
 * codec has none, give 0 always.
 */
export class SequenceMap {
  /** What the last successful `map` or `reverse` found. */
  mapped = 0;
  /** To be subtracted from the picture id of the packet mapped last. */
  pictureDelta = 0;

  // Interval i maps the extended numbers from #starts[i] up to the next start
  // by subtracting #shifts[i]; the numbers right before a start, as many as
  // the shift grows by, were left out. Rings, of which the last #count are in
  // use; the newest is at #last.
  #starts = new Float64Array(FIRST_INTERVALS);
  #shifts = new Float64Array(FIRST_INTERVALS);
  #pictureShifts = new Float64Array(FIRST_INTERVALS);
  #last = 0;
  #count = 0;
  /** Extended; it may be negative at first. */
  #newest = 0;
  #newestPicture = 0;

  /** Maps a packet that is forwarded. False if it was left out, or is too old. */
  map(sequenceNumber: number, pictureId: number): boolean {
    if (this.#count === 0) this.#begin(sequenceNumber, pictureId);
    const delta = seqDelta(sequenceNumber, this.#newest & 0xffff);
    if (delta > MAX_JUMP || delta < -MAX_JUMP) {
      this.#begin(sequenceNumber, pictureId);
      return this.#found(sequenceNumber, this.#last);
    }
    const extended = this.#newest + delta;
    if (delta > 0) {
      this.#newest = extended;
      this.#newestPicture = pictureId;
      // The common case: newer than all that was left out.
      return this.#found(extended - this.#shifts[this.#last]!, this.#last);
    }
    return this.#mapOld(extended);
  }

  /**
   * Leaves a packet out, and so gives those after it the numbers before theirs.
   * False if it is not newer than all others: then a viewer misses it, and it
   * has to be forwarded.
   */
  drop(sequenceNumber: number, pictureId: number): boolean {
    if (this.#count === 0) return false;
    const delta = seqDelta(sequenceNumber, this.#newest & 0xffff);
    if (delta < 1 || delta > MAX_JUMP) return false;
    const shift = this.#shifts[this.#last]! + 1;
    let pictureShift = this.#pictureShifts[this.#last]!;
    if (pictureId !== this.#newestPicture) pictureShift++;
    const dropped = this.#newest + delta;
    // Nothing was mapped since the last drop, or is missing: that interval is
    // empty.
    const isEmpty = this.#starts[this.#last] === dropped;
    this.#newest = dropped;
    this.#newestPicture = pictureId;
    if (!isEmpty) {
      const isFull = this.#count === this.#starts.length;
      if (isFull && this.#count < MAX_INTERVALS) this.#grow();
      const capacity = this.#starts.length;
      this.#last = (this.#last + 1) % capacity;
      this.#count = Math.min(this.#count + 1, capacity);
    }
    this.#starts[this.#last] = dropped + 1;
    this.#shifts[this.#last] = shift;
    this.#pictureShifts[this.#last] = pictureShift;
    return true;
  }

  /** Finds the publisher's number for a viewer's, of a packet already mapped. */
  reverse(sequenceNumber: number): boolean {
    if (this.#count === 0) return false;
    const newest = this.#newest - this.#shifts[this.#last]!;
    const extended = newest + seqDelta(sequenceNumber, newest & 0xffff);
    if (extended > newest) return false;
    for (let i = 0; i < this.#count; i++) {
      const index = this.#at(i);
      const original = extended + this.#shifts[index]!;
      if (original >= this.#starts[index]! || this.#isFirst(i)) {
        return this.#found(original, index);
      }
    }
    return false;
  }

  /** Forgets everything: the next number is mapped to itself. */
  clear(): void {
    this.#count = 0;
  }

  /** Up to the limit; until then the rings have not come round. */
  #grow(): void {
    const capacity = Math.min(2 * this.#starts.length, MAX_INTERVALS);
    this.#starts = grown(this.#starts, capacity);
    this.#shifts = grown(this.#shifts, capacity);
    this.#pictureShifts = grown(this.#pictureShifts, capacity);
  }

  #begin(sequenceNumber: number, pictureId: number): void {
    this.#last = 0;
    this.#count = 1;
    this.#starts[0] = sequenceNumber;
    this.#shifts[0] = 0;
    this.#pictureShifts[0] = 0;
    this.#newest = sequenceNumber;
    this.#newestPicture = pictureId;
  }

  #mapOld(extended: number): boolean {
    let leftOutFrom = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#count; i++) {
      const index = this.#at(i);
      if (extended >= this.#starts[index]! || this.#isFirst(i)) {
        if (extended >= leftOutFrom) return false;
        return this.#found(extended - this.#shifts[index]!, index);
      }
      if (i + 1 < this.#count) {
        const grown = this.#shifts[index]! - this.#shifts[this.#at(i + 1)]!;
        leftOutFrom = this.#starts[index]! - grown;
      }
    }
    return false;
  }

  /** The index of the i-th newest interval. */
  #at(i: number): number {
    const capacity = this.#starts.length;
    return (this.#last - i + capacity) % capacity;
  }

  /**
   * Whether the i-th newest interval is the one that the map began with, which
   * also holds the packets that were overtaken by the first.
   */
  #isFirst(i: number): boolean {
    return i === this.#count - 1 && this.#shifts[this.#at(i)] === 0;
  }

  #found(number: number, interval: number): boolean {
    this.mapped = number & 0xffff;
    this.pictureDelta = this.#pictureShifts[interval]! & 0x7fff;
    return true;
  }
}

function grown(
  values: Float64Array,
  capacity: number,
): Float64Array<ArrayBuffer> {
  const more = new Float64Array(capacity);
  more.set(values);
  return more;
}
