import type { Libc } from "./libc.ts";

/** Nobody needs more alignment than that. */
const ALIGNMENT = 16;

/**
 * Memory that C may see. Its address stays the same, and it stays alive for as
 * long as this object does: whoever hands an address out keeps the object. It is
 * one piece, because a piece of its own for each thing is soon forgotten.
 *
 * Only for machines that write the low byte first, as all do that have native
 * ports.
 */
export class NativeMemory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly words: Uint32Array;
  /** The address of the first byte. */
  readonly base: number;
  #used = 0;

  constructor(libc: Pick<Libc, "locate">, sizeBytes: number) {
    const buffer = new ArrayBuffer(Math.ceil(sizeBytes / 4) * 4);
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.base = addressOf(libc, buffer);
  }

  /**
   * The offset of that many bytes, all zero, that nobody else has.
   *
   * @throws {RangeError} if there are not that many left
   */
  allocate(sizeBytes: number): number {
    const offset = this.#used;
    if (offset + sizeBytes > this.bytes.length) {
      throw new RangeError(
        `Cannot allocate ${sizeBytes} bytes: memory is full`,
      );
    }
    this.#used = Math.ceil((offset + sizeBytes) / ALIGNMENT) * ALIGNMENT;
    return offset;
  }

  /** The address of what lies at an offset, for C. Makes an object. */
  address(offset: number): bigint {
    return BigInt(this.base + offset);
  }

  /** Writes 32 bits at an offset that 4 divides. */
  setU32(offset: number, value: number): void {
    this.words[offset >>> 2] = value;
  }

  /** Reads 32 bits at an offset that 4 divides. */
  u32(offset: number): number {
    return this.words[offset >>> 2]!;
  }

  /** Writes 64 bits, such as an address or a size, at an offset that 4 divides. */
  setU64(offset: number, value: number): void {
    this.words[offset >>> 2] = value;
    this.words[(offset >>> 2) + 1] = value / 0x1_0000_0000;
  }

  /** Writes the address of what lies at another offset. */
  setPointer(offset: number, target: number): void {
    this.setU64(offset, this.base + target);
  }
}

/**
 * Where a buffer's bytes are. Valid for as long as the buffer is neither
 * collected nor detached.
 */
export function addressOf(
  libc: Pick<Libc, "locate">,
  buffer: ArrayBufferLike,
): number {
  // Of a view, because Deno takes no other shared memory. One on a whole buffer
  // is never on V8's heap, however short.
  const view = new Uint8Array(buffer);
  return Number(libc.locate(view, view, 0n));
}
