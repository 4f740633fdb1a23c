const NO_BYTES = new Uint8Array(0);

/** Reads bits, the highest of each byte first: made once, and set to a place. */
export class BitReader {
  #bytes: Uint8Array = NO_BYTES;
  #at = 0;
  #end = 0;

  /** Reads on from here. */
  set(bytes: Uint8Array, offset: number, size: number): void {
    this.#bytes = bytes;
    this.#at = offset * 8;
    this.#end = Math.min(offset + size, bytes.length) * 8;
  }

  /** Whether more was read than there is; what was read then is 0. */
  get isPastEnd(): boolean {
    return this.#at > this.#end;
  }

  /** Reads at most 24 bits. */
  read(bits: number): number {
    let value = 0;
    for (let bit = 0; bit < bits; bit++, this.#at++) {
      const byte = this.#at < this.#end ? this.#bytes[this.#at >> 3]! : 0;
      value = value << 1 | byte >> (7 - (this.#at & 7)) & 1;
    }
    return value;
  }

  /** Reads one bit. */
  flag(): boolean {
    return this.read(1) === 1;
  }

  /** Reads a number below `count` (AV1 §4.10.7, `ns(n)`). */
  below(count: number): number {
    const width = 32 - Math.clz32(count);
    const short = (1 << width) - count;
    const value = this.read(width - 1);
    return value < short ? value : (value << 1) - short + this.read(1);
  }
}
