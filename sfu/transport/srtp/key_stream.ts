import { type Cipheriv, createCipheriv } from "node:crypto";

const BLOCK_BYTES = 16;

/** How many blocks are made at a time: a packet's worth. */
const CHUNK_BLOCKS = 96;

const CHUNK_BYTES = CHUNK_BLOCKS * BLOCK_BYTES;

/**
 * AES-128 in counter mode (RFC 3711 §4.1.1), from one block cipher that lasts as
 * long as the key. `node:crypto`'s own counter mode would need a new object for
 * each packet, which takes about twice as long.
 */
export class KeyStream {
  /** In electronic codebook mode: it is fed with counters only. */
  readonly #aes: Cipheriv;
  readonly #counters = new Uint8Array(CHUNK_BYTES);
  #closed = false;

  /**
   * Opens the block cipher; to be closed.
   *
   * @param key of 16 bytes
   */
  constructor(key: Uint8Array) {
    this.#aes = createCipheriv("aes-128-ecb", key, null);
    this.#aes.setAutoPadding(false);
  }

  /**
   * Encrypts or decrypts `size` bytes from one place to another, which may be the
   * same.
   *
   * @param start the first counter: 14 bytes, which 16 bits of zero follow
   */
  apply(
    start: Uint8Array,
    from: Uint8Array,
    fromOffset: number,
    to: Uint8Array,
    toOffset: number,
    size: number,
  ): void {
    for (let done = 0; done < size; done += CHUNK_BYTES) {
      const chunk = Math.min(size - done, CHUNK_BYTES);
      const mask = this.#blocks(start, done / BLOCK_BYTES, chunk);
      const source = fromOffset + done;
      const target = toOffset + done;
      for (let i = 0; i < chunk; i++) {
        to[target + i] = from[source + i]! ^ mask[i]!;
      }
    }
  }

  /** Ends the cipher object. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#aes.final();
  }

  /** At least `size` bytes of the stream, from block number `first` on. */
  #blocks(start: Uint8Array, first: number, size: number): Uint8Array {
    const counters = this.#counters;
    const bytes = Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    counters.set(start);
    // The same start in front of each counter, by doubling.
    for (let done = BLOCK_BYTES; done < bytes; done *= 2) {
      counters.copyWithin(done, 0, Math.min(done, bytes - done));
    }
    for (let at = 0, block = first; at < bytes; at += BLOCK_BYTES, block++) {
      counters[at + 14] = block >>> 8;
      counters[at + 15] = block;
    }
    return this.#aes.update(counters.subarray(0, bytes));
  }
}
