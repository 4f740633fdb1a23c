/**
 * The room for outgoing datagrams until they are taken, as in a queue: first
 * written, first sent, first free again. So a datagram is written only once and
 * its bytes stay put for as long as the system borrows them.
 *
 * @typeParam To what says where a datagram goes
 */
export class SendRing<To> {
  /** The bytes; views of it are valid until their datagram is dropped. */
  readonly arena: Uint8Array;
  readonly #offsets: Uint32Array;
  readonly #sizes: Uint32Array;
  readonly #targets: (To | undefined)[];
  /** The slot of the oldest queued datagram. */
  #first = 0;
  #count = 0;
  /** Where the next datagram may be written. */
  #tail = 0;

  /**
   * @param sizeBytes of the arena; must hold all that one batch leads to
   * @param capacity the most datagrams that may be queued
   */
  constructor(sizeBytes: number, capacity: number) {
    this.arena = new Uint8Array(sizeBytes);
    this.#offsets = new Uint32Array(capacity);
    this.#sizes = new Uint32Array(capacity);
    this.#targets = new Array(capacity).fill(undefined);
  }

  /** How many datagrams are queued. */
  get count(): number {
    return this.#count;
  }

  /** An offset with that much room behind it, or -1 if there is none now. */
  reserve(maxBytes: number): number {
    if (this.#count === this.#targets.length) return -1;
    const size = this.arena.length;
    if (this.#count === 0) {
      this.#tail = 0;
      return maxBytes <= size ? 0 : -1;
    }
    const head = this.#offsets[this.#first]!;
    if (this.#tail > head) {
      if (this.#tail + maxBytes <= size) return this.#tail;
      // Strictly less, so that a full ring is not mistaken for an empty one.
      return maxBytes < head ? 0 : -1;
    }
    return this.#tail + maxBytes < head ? this.#tail : -1;
  }

  /** Queues what was written at an offset that {@linkcode reserve} gave. */
  push(to: To, offset: number, sizeBytes: number): void {
    const slot = (this.#first + this.#count) % this.#targets.length;
    this.#offsets[slot] = offset;
    this.#sizes[slot] = sizeBytes;
    this.#targets[slot] = to;
    this.#count++;
    this.#tail = offset + sizeBytes;
  }

  /** Where the oldest datagram goes, or `undefined` if none is queued. */
  get target(): To | undefined {
    return this.#targets[this.#first];
  }

  /** The bytes of the oldest datagram. There must be one. */
  get datagram(): Uint8Array {
    const offset = this.#offsets[this.#first]!;
    return this.arena.subarray(offset, offset + this.#sizes[this.#first]!);
  }

  /** Frees the room of the oldest datagram: it is sent, or given up. */
  shift(): void {
    if (this.#count === 0) return;
    this.#targets[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#targets.length;
    this.#count--;
  }
}
