import type { Instant } from "../../../lib/time.ts";
import { instantAt } from "../../../lib/time.ts";
import { seqDelta } from "../sequence.ts";

/**
 * How many packets are remembered at most until feedback on them comes; a power
 * of two. Lower forgets sooner than feedback comes, on fast and long paths; higher
 * costs viewers on such paths more memory.
 */
const MAX_REMEMBERED = 1_024;

/** The same at first: as many as most viewers have under way. */
const FIRST_REMEMBERED = 128;

/**
 * What a peer has sent under transport-wide sequence numbers, until feedback
 * tells what became of it. A packet that is found is named by its *slot*, which
 * is good until the next `add`.
 */
export class SentPackets {
  // Made with the first packet, as not all peers number theirs; larger ones when a
  // packet would be forgotten of which nothing is known.
  #sentAt = new Float64Array(0);
  #flushes = new Float64Array(0);
  #sizes = new Uint16Array(0);
  #probes = new Uint32Array(0);
  #waiting = new Uint8Array(0);
  /** Of the next packet; counted without end. */
  #next = 0;

  /**
   * Notes a packet.
   *
   * @param sizeBytes on the wire
   * @param flush with which it will leave; see `SendClock`
   * @param probe the number of the probe that it is part of, or 0
   * @returns the number that it has to carry, of 16 bits
   */
  add(sizeBytes: number, probe: number, flush: number, now: Instant): number {
    const { length } = this.#waiting;
    const isFull = length === 0 ||
      this.#waiting[this.#next & (length - 1)] === 1;
    if (isFull && length < MAX_REMEMBERED) this.#grow();
    const slot = this.#next & (this.#waiting.length - 1);
    this.#sentAt[slot] = now;
    this.#flushes[slot] = flush;
    this.#sizes[slot] = sizeBytes;
    this.#probes[slot] = probe;
    this.#waiting[slot] = 1;
    return this.#next++ & 0xffff;
  }

  /** The slot of a packet that nothing is known of yet, or −1. */
  find(sequenceNumber: number): number {
    if (this.#next === 0) return -1;
    const newest = this.#next - 1;
    const extended = newest + seqDelta(sequenceNumber, newest & 0xffff);
    const age = newest - extended;
    const { length } = this.#waiting;
    if (extended < 0 || age < 0 || age >= length) return -1;
    const slot = extended & (length - 1);
    return this.#waiting[slot] === 1 ? slot : -1;
  }

  /** With which flush it left. */
  flush(slot: number): number {
    return this.#flushes[slot]!;
  }

  /** When it was written. */
  writtenAt(slot: number): Instant {
    return instantAt(this.#sentAt[slot]!);
  }

  /** On the wire, in bytes. */
  sizeBytes(slot: number): number {
    return this.#sizes[slot]!;
  }

  /** The probe that it is part of, or 0. */
  probe(slot: number): number {
    return this.#probes[slot]!;
  }

  /** Its arrival is known: it is not found any more. */
  forget(slot: number): void {
    this.#waiting[slot] = 0;
  }

  #grow(): void {
    const { length } = this.#waiting;
    const more = length === 0 ? FIRST_REMEMBERED : 2 * length;
    const sentAt = new Float64Array(more);
    const flushes = new Float64Array(more);
    const sizes = new Uint16Array(more);
    const probes = new Uint32Array(more);
    const waiting = new Uint8Array(more);
    for (let at = Math.max(0, this.#next - length); at < this.#next; at++) {
      const from = at & (length - 1);
      const to = at & (more - 1);
      sentAt[to] = this.#sentAt[from]!;
      flushes[to] = this.#flushes[from]!;
      sizes[to] = this.#sizes[from]!;
      probes[to] = this.#probes[from]!;
      waiting[to] = this.#waiting[from]!;
    }
    this.#sentAt = sentAt;
    this.#flushes = flushes;
    this.#sizes = sizes;
    this.#probes = probes;
    this.#waiting = waiting;
  }
}
