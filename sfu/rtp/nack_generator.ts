import { after, type Instant, instantAt } from "../../lib/time.ts";
import { isRestart } from "./sequence.ts";

/**
 * The most packets that may be missing at a time. Lower gives up sooner into a
 * keyframe, which costs about as much as 50 packets; higher asks for more.
 */
export const MAX_MISSING = 256;

/**
 * How long a packet is waited for before it is asked for, in milliseconds, and
 * how many later ones may come meanwhile. Lower repairs sooner; higher asks
 * less often for what was only reordered.
 */
const REORDER_MS = 10;
const REORDER_PACKETS = 4;

/** How often a packet is asked for. Higher survives more loss on the way back. */
const MAX_TRIES = 10;

/**
 * How long a packet is waited for, in milliseconds. Past this a viewer's picture
 * stands still for longer than a keyframe takes.
 */
const MAX_AGE_MS = 1_000;

/** What is assumed until repairs show how long they take, in milliseconds. */
const INITIAL_RTT_MS = 100;

/** Between two requests for one packet, at least, in milliseconds. */
const MIN_RETRY_MS = 20;

/**
 * Which packets of one source to ask for again (RFC 4585 §6.2.1), and when, by
 * extended sequence number (see `SequenceExtender`).
 *
 * A packet that cannot be had any more makes the source {@linkcode hopeless}:
 * only a keyframe helps.
 */
export class NackGenerator {
  /** Packets that were asked for, each counted once, and those that came. */
  asked = 0;
  repaired = 0;

  // Parallel arrays, in the order of the numbers, of which #count are in use.
  readonly #missing = new Float64Array(MAX_MISSING);
  readonly #noticedAt = new Float64Array(MAX_MISSING);
  readonly #askedAt = new Float64Array(MAX_MISSING);
  readonly #tries = new Uint8Array(MAX_MISSING);
  #count = 0;
  #highest = -1;
  #rttMs = INITIAL_RTT_MS;
  #hopeless = false;

  /** How many packets are being waited for. */
  get missing(): number {
    return this.#count;
  }

  /** The round-trip time to the sender, learnt from repairs. */
  get rttMs(): number {
    return this.#rttMs;
  }

  /**
   * Whether packets have been given up since the last keyframe: ask for a
   * keyframe. Stays true until one starts.
   */
  get hopeless(): boolean {
    return this.#hopeless;
  }

  /** Notes a packet. */
  receive(extended: number, now: Instant, startsKeyframe: boolean): void {
    if (extended <= this.#highest) {
      this.#repaired(extended, now);
    } else if (this.#highest < 0 || isRestart(extended, this.#highest)) {
      this.#hopeless = this.#highest >= 0;
      this.#count = 0;
      this.#highest = extended;
    } else {
      this.#noteGap(this.#highest + 1, extended, now);
      this.#highest = extended;
    }
    if (startsKeyframe) this.#forgetBefore(extended);
  }

  /**
   * Writes to `out` what to ask for now, as 16-bit numbers in sending order, and
   * returns how many. Whatever does not fit is due at the next poll.
   */
  poll(now: Instant, out: Uint16Array): number {
    this.#giveUp(now);
    let size = 0;
    for (let i = 0; i < this.#count && size < out.length; i++) {
      if (this.#dueAt(i) > now) continue;
      if (this.#tries[i] === 0) this.asked++;
      this.#askedAt[i] = now;
      this.#tries[i] = this.#tries[i]! + 1;
      out[size++] = this.#missing[i]! & 0xffff;
    }
    return size;
  }

  /** When to poll next; `undefined` if nothing is missing. */
  nextPoll(now: Instant): Instant | undefined {
    let due = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#count; i++) {
      due = Math.min(due, this.#dueAt(i), this.#noticedAt[i]! + MAX_AGE_MS);
    }
    return due === Number.POSITIVE_INFINITY
      ? undefined
      : after(now, Math.max(0, due - now));
  }

  #dueAt(index: number): Instant {
    if (this.#tries[index] !== 0) {
      // A quarter more than a round trip, so that a repair that takes a little
      // longer than the last ones is not asked for twice.
      const interval = Math.max(MIN_RETRY_MS, this.#rttMs * 1.25);
      return instantAt(this.#askedAt[index]! + interval);
    }
    const overtaken = this.#highest - this.#missing[index]! >= REORDER_PACKETS;
    return instantAt(this.#noticedAt[index]! + (overtaken ? 0 : REORDER_MS));
  }

  #noteGap(from: number, to: number, now: Instant): void {
    if (to - from + this.#count > MAX_MISSING) {
      this.#count = 0;
      this.#hopeless = true;
      return;
    }
    for (let extended = from; extended < to; extended++) {
      this.#missing[this.#count] = extended;
      this.#noticedAt[this.#count] = now;
      this.#tries[this.#count] = 0;
      this.#count++;
    }
  }

  #repaired(extended: number, now: Instant): void {
    let index = 0;
    while (index < this.#count && this.#missing[index] !== extended) index++;
    if (index === this.#count) return;
    if (this.#tries[index]! > 0) this.repaired++;
    // After two requests nobody knows which one was answered.
    if (this.#tries[index] === 1) {
      const sample = now - this.#askedAt[index]!;
      this.#rttMs += (sample - this.#rttMs) / 8;
    }
    this.#remove(index, 1);
  }

  /** What a keyframe does not build on need not be repaired. */
  #forgetBefore(extended: number): void {
    let older = 0;
    while (older < this.#count && this.#missing[older]! < extended) older++;
    this.#remove(0, older);
    this.#hopeless = false;
  }

  #giveUp(now: Instant): void {
    for (let i = this.#count - 1; i >= 0; i--) {
      const tooOld = now - this.#noticedAt[i]! >= MAX_AGE_MS;
      const unheard = this.#tries[i]! >= MAX_TRIES && this.#dueAt(i) <= now;
      if (!tooOld && !unheard) continue;
      this.#remove(i, 1);
      this.#hopeless = true;
    }
  }

  #remove(index: number, count: number): void {
    if (count === 0) return;
    this.#missing.copyWithin(index, index + count, this.#count);
    this.#noticedAt.copyWithin(index, index + count, this.#count);
    this.#askedAt.copyWithin(index, index + count, this.#count);
    this.#tries.copyWithin(index, index + count, this.#count);
    this.#count -= count;
  }
}
