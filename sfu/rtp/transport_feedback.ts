import type { Instant } from "../../lib/time.ts";
import { readU16, readU24, readU8, writeU16, writeU24 } from "./bytes.ts";
import { seqDelta } from "./sequence.ts";

/** Arrivals are told in units of a quarter of a millisecond. */
export const TICKS_PER_MS = 4;

/** The reference time of a message counts in units of 64 ms. */
const REFERENCE_TICKS = 256;

/** Of the fields before the chunks, after the eight bytes of SSRCs. */
const FIXED_SIZE = 8;

/**
 * The most packets that one message tells of, ours or another's. Their chunks
 * and times fit into one datagram; a message that claims more is refused, as
 * some bytes could claim tens of thousands.
 */
export const MAX_STATUSES = 500;

/** What a message says of a packet. */
const Status = { missing: 0, smallDelta: 1, largeDelta: 2 } as const;

const MAX_RUN = 0x1fff;
/** How many symbols of two bits fit into a chunk. */
const VECTOR_SIZE = 7;

/** Arrivals that are remembered; a power of two. */
const REMEMBERED = 2_048;

/** How far back a late packet may be told of again, in packets. */
const MAX_LATE = 256;

/**
 * When the packets of one sender arrived, by their transport-wide sequence
 * numbers, and the feedback on them
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3).
 */
export class ArrivalLog {
  /** In ticks; −1 for what has not come. */
  readonly #arrivals = new Float64Array(REMEMBERED).fill(-1);
  /** Statuses of the message that is being written. */
  readonly #statuses = new Uint8Array(MAX_STATUSES);
  /** The first number that no feedback has told of; −1 before the first packet. */
  #next = -1;
  #newest = -1;
  #messages = 0;

  /** Whether there is something that no feedback has told of. */
  get pending(): boolean {
    return this.#next >= 0 && this.#next <= this.#newest;
  }

  /** Notes a packet. */
  receive(sequenceNumber: number, now: Instant): void {
    if (this.#newest < 0) {
      // One cycle up, so that what was overtaken by the first is not negative.
      this.#newest = this.#next = 0x10000 + sequenceNumber;
    }
    const delta = seqDelta(sequenceNumber, this.#newest & 0xffff);
    if (delta < -MAX_LATE) return;
    const extended = this.#newest + delta;
    if (delta >= REMEMBERED) {
      this.#arrivals.fill(-1);
      this.#next = extended;
    } else {
      for (let i = this.#newest + 1; i < extended; i++) {
        this.#arrivals[i % REMEMBERED] = -1;
      }
    }
    this.#newest = Math.max(this.#newest, extended);
    // Told of as lost before: what comes after it is told again, which is cheap.
    this.#next = Math.min(this.#next, extended);
    this.#next = Math.max(this.#next, this.#newest - REMEMBERED + 1);
    this.#arrivals[extended % REMEMBERED] = Math.round(now * TICKS_PER_MS);
  }

  /**
   * Writes what a feedback message says after its SSRCs, for up to
   * {@linkcode MAX_STATUSES} packets, and returns its size in bytes: a multiple
   * of four, of at most 1,300; 0 if there is nothing to tell.
   */
  write(out: Uint8Array, offset: number): number {
    if (!this.pending) return 0;
    const base = this.#firstArrival();
    const reference = this.#reference(base);
    const count = this.#classify(base, reference * REFERENCE_TICKS);
    writeU16(out, offset, base & 0xffff);
    writeU16(out, offset + 2, count);
    writeU24(out, offset + 4, reference);
    out[offset + 7] = this.#messages++;
    let end = this.#writeChunks(out, offset + FIXED_SIZE, count);
    end = this.#writeDeltas(
      out,
      end,
      base,
      count,
      reference * REFERENCE_TICKS,
    );
    while ((end - offset) % 4 !== 0) out[end++] = 0;
    this.#next = base + count;
    return end - offset;
  }

  #arrival(extended: number): number {
    return this.#arrivals[extended % REMEMBERED]!;
  }

  /** A message may begin with packets that are missing, but not be without any. */
  #firstArrival(): number {
    // What is far behind the first that came cannot be told in one message.
    let first = this.#next;
    while (this.#arrival(first) < 0) first++;
    return Math.max(this.#next, first - MAX_STATUSES / 2);
  }

  #reference(base: number): number {
    let first = base;
    while (this.#arrival(first) < 0) first++;
    return Math.floor(this.#arrival(first) / REFERENCE_TICKS);
  }

  /** Finds the status of each packet; the message ends where a time is too far. */
  #classify(base: number, referenceTicks: number): number {
    let last = referenceTicks;
    let count = 0;
    let received = 0;
    for (; count < MAX_STATUSES && base + count <= this.#newest; count++) {
      const arrival = this.#arrival(base + count);
      if (arrival < 0) {
        this.#statuses[count] = Status.missing;
        continue;
      }
      const delta = arrival - last;
      if (delta < -0x8000 || delta > 0x7fff) break;
      this.#statuses[count] = delta >= 0 && delta <= 0xff
        ? Status.smallDelta
        : Status.largeDelta;
      last = arrival;
      received = count + 1;
    }
    // What is missing at the end may only be late: the next message tells.
    return Math.max(received, 1);
  }

  #writeChunks(out: Uint8Array, offset: number, count: number): number {
    let at = offset;
    for (let i = 0; i < count;) {
      const status = this.#statuses[i]!;
      let run = 1;
      while (i + run < count && this.#statuses[i + run] === status) run++;
      if (run >= VECTOR_SIZE || i + run === count) {
        run = Math.min(run, MAX_RUN);
        writeU16(out, at, status << 13 | run);
        i += run;
      } else {
        let bits = 0xc000;
        for (let j = 0; j < VECTOR_SIZE && i + j < count; j++) {
          bits |= this.#statuses[i + j]! << 2 * (VECTOR_SIZE - 1 - j);
        }
        writeU16(out, at, bits);
        i += VECTOR_SIZE;
      }
      at += 2;
    }
    return at;
  }

  #writeDeltas(
    out: Uint8Array,
    offset: number,
    base: number,
    count: number,
    referenceTicks: number,
  ): number {
    let at = offset;
    let last = referenceTicks;
    for (let i = 0; i < count; i++) {
      const status = this.#statuses[i]!;
      if (status === Status.missing) continue;
      const arrival = this.#arrival(base + i);
      if (status === Status.smallDelta) {
        out[at++] = arrival - last;
      } else {
        writeU16(out, at, arrival - last);
        at += 2;
      }
      last = arrival;
    }
    return at;
  }
}

/** Gets what {@linkcode readTransportFeedback} finds, in the order of sending. */
export interface TransportFeedbackVisitor {
  /**
   * What became of one packet.
   *
   * @param arrivalTicks on the receiver's clock, modulo 2³²; 0 if not received
   */
  packetStatus?(
    sequenceNumber: number,
    received: boolean,
    arrivalTicks: number,
  ): void;
  /** The message is over. */
  transportFeedback?(): void;
}

/**
 * Reads what a feedback message says after its SSRCs, from `offset` to `end`.
 * False if it contradicts itself or tells of more than
 * {@linkcode MAX_STATUSES} packets; then nothing has been visited.
 */
export function readTransportFeedback(
  bytes: Uint8Array,
  offset: number,
  end: number,
  visitor: TransportFeedbackVisitor,
): boolean {
  if (offset + FIXED_SIZE > end) return false;
  const base = readU16(bytes, offset);
  const count = readU16(bytes, offset + 2);
  const referenceTicks = readU24(bytes, offset + 4) * REFERENCE_TICKS;
  if (count > MAX_STATUSES) return false;
  const chunks = offset + FIXED_SIZE;
  const deltas = findDeltas(bytes, chunks, end, count);
  if (deltas < 0 || !fits(bytes, chunks, deltas, end, count)) return false;
  let at = deltas;
  let ticks = referenceTicks;
  let chunk = chunks;
  for (let i = 0; i < count; chunk += 2) {
    const word = readU16(bytes, chunk);
    const size = Math.min(chunkSize(word), count - i);
    for (let j = 0; j < size; j++, i++) {
      const sequenceNumber = (base + i) & 0xffff;
      const status = statusAt(word, j);
      if (status === Status.smallDelta) {
        ticks += readU8(bytes, at++);
      } else if (status === Status.largeDelta) {
        ticks += readU16(bytes, at) << 16 >> 16; // Sign-extends 16 bits.
        at += 2;
      } else {
        visitor.packetStatus?.(sequenceNumber, false, 0);
        continue;
      }
      visitor.packetStatus?.(sequenceNumber, true, ticks >>> 0);
    }
  }
  visitor.transportFeedback?.();
  return true;
}

/** Where the times begin, after the chunks; −1 if the chunks do not fit. */
function findDeltas(
  bytes: Uint8Array,
  chunks: number,
  end: number,
  count: number,
): number {
  let at = chunks;
  for (let told = 0; told < count; at += 2) {
    if (at + 2 > end) return -1;
    const size = chunkSize(readU16(bytes, at));
    if (size === 0) return -1;
    told += size;
  }
  return at;
}

/** Whether all the times that the chunks promise are there. */
function fits(
  bytes: Uint8Array,
  chunks: number,
  deltas: number,
  end: number,
  count: number,
): boolean {
  let size = 0;
  let chunk = chunks;
  for (let i = 0; i < count; chunk += 2) {
    const word = readU16(bytes, chunk);
    const statuses = Math.min(chunkSize(word), count - i);
    for (let j = 0; j < statuses; j++) size += deltaSize(statusAt(word, j));
    i += statuses;
  }
  return deltas + size <= end;
}

/** How many packets a chunk tells of: a run, 14 of one bit or 7 of two. */
function chunkSize(word: number): number {
  if ((word & 0x8000) === 0) return word & MAX_RUN;
  return (word & 0x4000) === 0 ? 14 : VECTOR_SIZE;
}

function statusAt(word: number, index: number): number {
  if ((word & 0x8000) === 0) return word >> 13 & 3;
  return (word & 0x4000) === 0
    ? word >> (13 - index) & 1
    : word >> 2 * (VECTOR_SIZE - 1 - index) & 3;
}

function deltaSize(status: number): number {
  // The fourth status is reserved; it has no time.
  return status === Status.smallDelta
    ? 1
    : status === Status.largeDelta
    ? 2
    : 0;
}
