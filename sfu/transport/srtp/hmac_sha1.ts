import { createHash, type Hash } from "node:crypto";

const BLOCK_BYTES = 64;

/**
 * HMAC-SHA1 (RFC 2104) under one key. The key is hashed once and its state
 * copied for each packet, which takes about half as long as `createHmac`.
 */
export class HmacSha1 {
  readonly #inner: Hash;
  readonly #outer: Hash;

  /**
   * Hashes the key.
   *
   * @param key of at most 64 bytes
   */
  constructor(key: Uint8Array) {
    this.#inner = createHash("sha1").update(padded(key, 0x36));
    this.#outer = createHash("sha1").update(padded(key, 0x5c));
  }

  /** The code of two pieces, one after the other: 20 bytes. */
  digest(first: Uint8Array, second: Uint8Array): Uint8Array {
    const inner = this.#inner.copy().update(first).update(second).digest();
    return this.#outer.copy().update(inner).digest();
  }
}

function padded(key: Uint8Array, filler: number): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES).fill(filler);
  for (let i = 0; i < key.length; i++) block[i] = key[i]! ^ filler;
  return block;
}
