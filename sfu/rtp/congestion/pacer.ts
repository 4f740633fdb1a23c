import type { Instant } from "../../../lib/time.ts";

/**
 * How much faster than the estimate a burst leaves. Lower fills the queues of
 * narrow paths less; higher delays large pictures less.
 */
const FACTOR = 2.5;

/** What may leave at once, in milliseconds of that rate: what time polls take. */
const ALLOWANCE_MS = 10;

/**
 * The longest that a packet is to wait, in milliseconds; then bursts leave
 * faster. Higher spares narrow paths more; lower is quicker to show.
 */
const MAX_DELAY_MS = 100;

/** How many packets may wait; a power of two. Those before them leave if more come. */
const CAPACITY = 256;

/**
 * From which estimate on nothing waits, in bit/s: bursts do not hurt such a
 * path, and pacing costs time of ours.
 */
const FAST_BPS = 10_000_000;

/** What sends the packets that have waited. */
export interface PacedTrack {
  /**
   * Sends a packet of the cache, if it still is to be.
   *
   * @param generation what the track said when the packet was put here
   */
  release(extended: number, generation: number, now: Instant): void;
}

/**
 * Lets bursts of pictures leave no faster than a viewer's path bears: a leaky
 * bucket for all flows of the viewer, of packets in their order. They are named,
 * not kept: the only copy is in their publisher's cache. Sound and repairs do
 * not wait, but count. Nothing is allocated per packet, and nothing at all
 * before the first packet has to wait.
 */
export class Pacer {
  /** In bytes per millisecond; 0 while nothing is paced. */
  #rate = 0;
  #debtBytes = 0;
  #paidAt = 0;
  #tracks: (PacedTrack | undefined)[] = [];
  #numbers = new Float64Array(0);
  #generations = new Uint32Array(0);
  #sizes = new Uint16Array(0);
  #pushedAt = new Float64Array(0);
  #first = 0;
  #count = 0;
  #queuedBytes = 0;

  /** How many packets wait. */
  get waiting(): number {
    return this.#count;
  }

  /** The path is thought to carry so much, in bit/s; to be called now and then. */
  setEstimate(estimateBps: number): void {
    this.#rate = estimateBps < FAST_BPS ? estimateBps * FACTOR / 8_000 : 0;
  }

  /** Whether a packet of a picture has to wait, and is to be given to `push`. */
  mustWait(now: Instant): boolean {
    if (this.#count > 0) return true;
    if (this.#rate === 0) return false;
    this.#pay(now, this.#rate);
    return this.#debtBytes > this.#rate * ALLOWANCE_MS;
  }

  /** Notes what is sent, at once or after waiting. */
  sent(sizeBytes: number, now: Instant): void {
    if (this.#rate === 0) return;
    this.#pay(now, this.#rate);
    this.#debtBytes += sizeBytes;
  }

  /** Has a packet wait. */
  push(
    track: PacedTrack,
    extended: number,
    generation: number,
    sizeBytes: number,
    now: Instant,
  ): void {
    if (this.#numbers.length === 0) this.#allocate();
    if (this.#count === CAPACITY) this.#release(now);
    const slot = (this.#first + this.#count++) & (CAPACITY - 1);
    this.#tracks[slot] = track;
    this.#numbers[slot] = extended;
    this.#generations[slot] = generation;
    this.#sizes[slot] = sizeBytes;
    this.#pushedAt[slot] = now;
    this.#queuedBytes += sizeBytes;
  }

  /** Sends what need not wait any more; to be called every 10 ms or so. */
  poll(now: Instant): void {
    if (this.#count === 0) return;
    if (this.#rate === 0) {
      while (this.#count > 0) this.#release(now);
      return;
    }
    const leftMs = MAX_DELAY_MS - (now - this.#pushedAt[this.#first]!);
    const rate = Math.max(
      this.#rate,
      this.#queuedBytes / Math.max(leftMs, ALLOWANCE_MS),
    );
    this.#pay(now, rate);
    while (this.#count > 0 && this.#debtBytes <= rate * ALLOWANCE_MS) {
      // The track tells what it sends, but not what it leaves out.
      this.#release(now);
    }
  }

  #release(now: Instant): void {
    const slot = this.#first;
    this.#first = (slot + 1) & (CAPACITY - 1);
    this.#count--;
    this.#queuedBytes -= this.#sizes[slot]!;
    const track = this.#tracks[slot];
    this.#tracks[slot] = undefined;
    track?.release(this.#numbers[slot]!, this.#generations[slot]!, now);
  }

  #pay(now: Instant, rate: number): void {
    const elapsedMs = Math.max(0, now - this.#paidAt);
    this.#paidAt = now;
    this.#debtBytes = Math.max(0, this.#debtBytes - elapsedMs * rate);
  }

  #allocate(): void {
    this.#tracks = new Array(CAPACITY).fill(undefined);
    this.#numbers = new Float64Array(CAPACITY);
    this.#generations = new Uint32Array(CAPACITY);
    this.#sizes = new Uint16Array(CAPACITY);
    this.#pushedAt = new Float64Array(CAPACITY);
  }
}
