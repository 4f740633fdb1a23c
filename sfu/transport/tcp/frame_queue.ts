import { LENGTH_BYTES } from "./frame_reader.ts";

/**
 * Frames (RFC 4571) that wait to be sent over one connection: a ring of bytes
 * that is written once and sent as it lies.
 */
export class FrameQueue {
  readonly #ring: Uint8Array;
  #first = 0;
  #count = 0;

  /** Makes room for so many bytes, lengths included. */
  constructor(sizeBytes: number) {
    this.#ring = new Uint8Array(sizeBytes);
  }

  /** How many bytes wait. */
  get count(): number {
    return this.#count;
  }

  /** Adds a frame; false if there is no room for it now. */
  push(from: Uint8Array, offset: number, sizeBytes: number): boolean {
    const ring = this.#ring;
    if (this.#count + LENGTH_BYTES + sizeBytes > ring.length) return false;
    let at = (this.#first + this.#count) % ring.length;
    ring[at] = sizeBytes >> 8;
    at = at + 1 === ring.length ? 0 : at + 1;
    ring[at] = sizeBytes & 0xff;
    at = at + 1 === ring.length ? 0 : at + 1;
    const head = Math.min(sizeBytes, ring.length - at);
    ring.set(from.subarray(offset, offset + head), at);
    ring.set(from.subarray(offset + head, offset + sizeBytes), 0);
    this.#count += LENGTH_BYTES + sizeBytes;
    return true;
  }

  /** The oldest bytes, as many as lie together; they stay until dropped. */
  get head(): Uint8Array {
    const end = Math.min(this.#first + this.#count, this.#ring.length);
    return this.#ring.subarray(this.#first, end);
  }

  /** So many of the oldest bytes are sent. */
  drop(sizeBytes: number): void {
    this.#first = (this.#first + sizeBytes) % this.#ring.length;
    this.#count -= sizeBytes;
  }
}
