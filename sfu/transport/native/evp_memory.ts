import type { Libc } from "./libc.ts";
import type { Libcrypto } from "./libcrypto.ts";
import { addressOf, NativeMemory } from "./native_memory.ts";

const SCRATCH_BYTES = 1_024;

/**
 * What all ciphers of one direction share: the library, memory for the arguments
 * of one packet, and where the buffer is that packets are written to or opened
 * in. One packet is done before the next begins, so that one of each is enough.
 */
export class EvpMemory {
  readonly libcrypto: Libcrypto;
  readonly scratch: NativeMemory;
  /** Where a packet's nonce is written: 16 bytes. */
  readonly nonce: Uint8Array;
  /** Other clear text or trailing bytes to be authenticated: 16 bytes. */
  readonly extra: Uint8Array;
  /** Where a whole HMAC is left, of which a tag is the first half: 20 bytes. */
  readonly digest: Uint8Array;
  readonly nonceAddress: number;
  readonly extraAddress: number;
  readonly digestAddress: number;
  /** Where OpenSSL writes how much it has written; nobody reads it. */
  readonly sizeAddress: number;
  readonly #libc: Libc;
  #buffer: ArrayBufferLike | undefined;
  #bufferAddress = 0;

  constructor(libc: Libc, libcrypto: Libcrypto) {
    this.#libc = libc;
    this.libcrypto = libcrypto;
    this.scratch = new NativeMemory(libc, SCRATCH_BYTES);
    const { bytes, base } = this.scratch;
    const [nonce, extra, digest, size] = [16, 16, 32, 16]
      .map((sizeBytes) => this.scratch.allocate(sizeBytes)) as [
        number,
        number,
        number,
        number,
      ];
    this.nonce = bytes.subarray(nonce, nonce + 16);
    this.extra = bytes.subarray(extra, extra + 16);
    this.digest = bytes.subarray(digest, digest + 20);
    this.nonceAddress = base + nonce;
    this.extraAddress = base + extra;
    this.digestAddress = base + digest;
    this.sizeAddress = base + size;
  }

  /**
   * The address of `sizeBytes` of a view from an offset on, for the next calls.
   * Packets are mostly written to one buffer, so that its address is kept, and
   * the buffer with it. Asking for the buffer also makes a short view stay where
   * it is. A detached buffer has no bytes, and so is refused.
   *
   * @throws {RangeError} if the view is shorter
   */
  locate(view: Uint8Array, offset: number, sizeBytes: number): number {
    const inside = offset >= 0 && sizeBytes >= 0 &&
      offset + sizeBytes <= view.length;
    if (!inside) {
      throw new RangeError(
        `Cannot use ${sizeBytes} bytes at ${offset} of ${view.length}`,
      );
    }
    const { buffer } = view;
    if (buffer !== this.#buffer) {
      this.#bufferAddress = addressOf(this.#libc, buffer);
      this.#buffer = buffer;
    }
    return this.#bufferAddress + view.byteOffset + offset;
  }
}

/** Says that a call did what cannot fail with what it was given. */
export function expectOne(result: number, what: string): void {
  if (result !== 1) throw new Error(`OpenSSL failed: ${what}`);
}

/** Says that a context is not freed: with one that is, C would end the process. */
export function expectOpen(context: number): void {
  if (context === 0) throw new Error("Cannot use a cipher: it is closed");
}
