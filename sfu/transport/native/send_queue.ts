import type { EndpointSlots } from "./endpoint_slots.ts";

/**
 * The most datagrams that are put in order at a time. Lower finds fewer that go
 * to the same endpoint; higher takes longer until the first is on its way.
 */
export const WINDOW = 1_024;

/** The most bytes of one message: with headers, no more than an IP packet's. */
const MAX_MESSAGE_BYTES = 65_000;

/** The limits of a {@linkcode SendQueue}. */
export interface SendQueueOptions {
  /** The room for the datagrams' bytes, from offset 0 of the memory on. */
  readonly roomBytes: number;
  /** The most datagrams that may be queued, up to 65,536. */
  readonly capacity: number;
  /** How many endpoint slots there are. */
  readonly maxEndpoints: number;
  /** The most datagrams of one message: up to 64, or 1 for none but single ones. */
  readonly maxSegments: number;
}

/**
 * Outgoing datagrams until they are sent: first a queue, with room for their
 * bytes in a ring, as `SendRing` is; then, a window of it at a time, messages of
 * one or more datagrams each.
 *
 * A batch leads to packets for many viewers in turn. Those for one endpoint are
 * brought together, so that the system can cut them out of one message (GSO) if
 * all but the last have the same size. Each endpoint still gets its own in order.
 */
export class SendQueue {
  /** Each message's number of datagrams, after {@linkcode plan}. */
  readonly sizes = new Uint16Array(WINDOW);
  /** The queue's positions of the planned datagrams, message by message. */
  readonly planned = new Uint16Array(WINDOW);
  readonly #slots: EndpointSlots;
  readonly #roomBytes: number;
  readonly #capacity: number;
  readonly #maxSegments: number;
  readonly #offsets: Uint32Array;
  readonly #lengths: Uint32Array;
  /** Where each goes; -1 once it is sent or given up. */
  readonly #targets: Int32Array;
  /** For each planned one, the next to the same endpoint, or -1. */
  readonly #next: Int32Array;
  /** By endpoint slot, the last one seen while planning, plus one. */
  readonly #last: Int32Array;
  /** The first to each endpoint. */
  readonly #heads = new Uint16Array(WINDOW);
  /**
   * By endpoint slot, at which of its uses the path did not take messages of
   * several datagrams.
   */
  readonly #single: Float64Array;
  #first = 0;
  #count = 0;
  #tail = 0;

  constructor(slots: EndpointSlots, options: SendQueueOptions) {
    const { roomBytes, capacity, maxEndpoints, maxSegments } = options;
    this.#slots = slots;
    this.#roomBytes = roomBytes;
    this.#capacity = capacity;
    this.#maxSegments = maxSegments;
    this.#offsets = new Uint32Array(capacity);
    this.#lengths = new Uint32Array(capacity);
    this.#targets = new Int32Array(capacity);
    this.#next = new Int32Array(capacity);
    this.#last = new Int32Array(maxEndpoints);
    this.#single = new Float64Array(maxEndpoints);
  }

  /** How many datagrams are queued, those among them that are gone already. */
  get count(): number {
    return this.#count;
  }

  /** An offset with that much room behind it, or -1 if there is none now. */
  reserve(maxBytes: number): number {
    if (this.#count === this.#capacity) return -1;
    if (this.#count === 0) {
      this.#tail = 0;
      return maxBytes <= this.#roomBytes ? 0 : -1;
    }
    const head = this.#offsets[this.#first]!;
    if (this.#tail > head) {
      if (this.#tail + maxBytes <= this.#roomBytes) return this.#tail;
      // Strictly less, so that a full ring is not mistaken for an empty one.
      return maxBytes < head ? 0 : -1;
    }
    return this.#tail + maxBytes < head ? this.#tail : -1;
  }

  /** Queues what was written at an offset that {@linkcode reserve} gave. */
  push(slot: number, offset: number, sizeBytes: number): void {
    const at = (this.#first + this.#count) % this.#capacity;
    this.#offsets[at] = offset;
    this.#lengths[at] = sizeBytes;
    this.#targets[at] = slot;
    this.#slots.hold(slot);
    this.#count++;
    this.#tail = offset + sizeBytes;
  }

  offset(position: number): number {
    return this.#offsets[position]!;
  }

  length(position: number): number {
    return this.#lengths[position]!;
  }

  /** The endpoint slot of a datagram that is not gone. */
  target(position: number): number {
    return this.#targets[position]!;
  }

  /**
   * Puts the oldest datagrams in order and parts them into messages.
   *
   * @returns how many messages there are
   */
  plan(): number {
    const heads = this.#chain();
    let messages = 0;
    let planned = 0;
    for (let h = 0; h < heads; h++) {
      let at = this.#heads[h]!;
      const slot = this.#targets[at]!;
      this.#last[slot] = 0;
      const most = this.#single[slot] === this.#slots.uses(slot)
        ? 1
        : this.#maxSegments;
      while (at >= 0) {
        const segment = this.#lengths[at]!;
        let bytes = 0;
        let size = 0;
        let length = segment;
        do {
          this.planned[planned++] = at;
          bytes += length;
          size++;
          // Only the last one of a message may be shorter.
          const wasShorter = length < segment;
          at = this.#next[at]!;
          if (at < 0 || wasShorter) break;
          length = this.#lengths[at]!;
        } while (
          size < most && length > 0 && length <= segment &&
          bytes + length <= MAX_MESSAGE_BYTES
        );
        this.sizes[messages++] = size;
      }
    }
    return messages;
  }

  /** A datagram is sent, or given up. */
  drop(position: number): void {
    const slot = this.#targets[position]!;
    this.#targets[position] = -1;
    this.#slots.release(slot);
  }

  /** Frees the room of the oldest datagrams, as far as they are gone. */
  sweep(): void {
    while (this.#count > 0 && this.#targets[this.#first] === -1) {
      this.#first = (this.#first + 1) % this.#capacity;
      this.#count--;
    }
  }

  /** From now on, an endpoint gets each datagram as a message of its own. */
  setSingle(slot: number): void {
    this.#single[slot] = this.#slots.uses(slot);
  }

  /** Links those to the same endpoint; returns how many endpoints there are. */
  #chain(): number {
    let heads = 0;
    const count = Math.min(this.#count, WINDOW);
    for (let i = 0; i < count; i++) {
      const at = (this.#first + i) % this.#capacity;
      const slot = this.#targets[at]!;
      if (slot === -1) continue;
      const last = this.#last[slot]! - 1;
      if (last < 0) this.#heads[heads++] = at;
      else this.#next[last] = at;
      this.#next[at] = -1;
      this.#last[slot] = at + 1;
    }
    return heads;
  }
}
