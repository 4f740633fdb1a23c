/** The largest frame that is kept, in bytes; of larger ones nothing is. */
const MAX_BYTES = 1 << 22;

/** Puts bytes together, in memory that is used again and again. */
export class ByteBuilder {
  #bytes = new Uint8Array(1 << 16);
  #size = 0;

  /** How many bytes there are. */
  get size(): number {
    return this.#size;
  }

  /** Adds `size` bytes from an offset; false if that is too much. */
  add(bytes: Uint8Array, offset: number, size: number): boolean {
    if (!this.#grow(size)) return false;
    this.#bytes.set(bytes.subarray(offset, offset + size), this.#size);
    this.#size += size;
    return true;
  }

  /** Adds one byte; false if that is too much. */
  push(byte: number): boolean {
    if (!this.#grow(1)) return false;
    this.#bytes[this.#size++] = byte;
    return true;
  }

  /** Forgets all. */
  clear(): void {
    this.#size = 0;
  }

  /** A copy of what there is. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }

  #grow(more: number): boolean {
    const needed = this.#size + more;
    if (needed > MAX_BYTES) return false;
    if (needed <= this.#bytes.length) return true;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = larger;
    return true;
  }
}
