import { Cell, type EvpMemory, expectOne, NULL } from "./evp_memory.ts";

const KEY_BYTES = 20;
const DIGEST_BYTES = 20n;

/** `struct ossl_param_st` on 64-bit machines: where its members are. */
const PARAMETER_BYTES = 40;
const TYPE = 8;
const DATA = 16;
const DATA_BYTES = 24;
const UTF8_STRING = 4;

/** HMAC-SHA1 by OpenSSL: one for all contexts of one direction. */
export class EvpHmac {
  readonly #memory: EvpMemory;
  readonly #algorithm: bigint;
  readonly #parameters: number;
  readonly #key: number;

  /** Fetches the algorithm, which stays as long as the process. */
  constructor(memory: EvpMemory) {
    const { scratch, libcrypto } = memory;
    this.#memory = memory;
    const name = new TextEncoder().encode("HMAC\0");
    this.#algorithm = libcrypto.EVP_MAC_fetch(NULL, name, NULL);
    if (this.#algorithm === NULL) throw new Error("OpenSSL has no HMAC");
    this.#key = scratch.allocate(KEY_BYTES);
    // The digest's name, and after it a parameter of zeros, which ends the list.
    this.#parameters = scratch.allocate(2 * PARAMETER_BYTES);
    const parameterName = this.#writeText("digest");
    scratch.setPointer(this.#parameters, parameterName);
    scratch.setU32(this.#parameters + TYPE, UTF8_STRING);
    scratch.setPointer(this.#parameters + DATA, this.#writeText("SHA1"));
    scratch.setU64(this.#parameters + DATA_BYTES, "SHA1".length);
  }

  /**
   * Opens a context with a key of 20 bytes; to be freed.
   *
   * @throws {RangeError} if the key has another size
   */
  open(key: Uint8Array): bigint {
    if (key.length !== KEY_BYTES) {
      throw new RangeError(`Cannot use an HMAC key of ${key.length} bytes`);
    }
    const { scratch, libcrypto } = this.#memory;
    const context = libcrypto.EVP_MAC_CTX_new(this.#algorithm);
    if (context === NULL) throw new Error("OpenSSL failed: no memory");
    scratch.bytes.set(key, this.#key);
    const keyAt = scratch.address(this.#key);
    const parametersAt = scratch.address(this.#parameters);
    const result = libcrypto
      .EVP_MAC_init(context, keyAt, BigInt(KEY_BYTES), parametersAt);
    scratch.bytes.fill(0, this.#key, this.#key + KEY_BYTES);
    expectOne(result, "setting an HMAC key");
    return context;
  }

  /**
   * Leaves the HMAC of the bytes that `Cell.whole` points at, and of extra ones,
   * in the memory.
   */
  digest(context: bigint, sizeBytes: number, extraBytes: 0 | 4): void {
    const { libcrypto, digestAddress, sizeAddress, cells } = this.#memory;
    this.#memory.setSize(sizeBytes);
    let result = libcrypto.EVP_MAC_init(context, NULL, 0n, NULL);
    result &= libcrypto
      .EVP_MAC_update(context, cells[Cell.whole]!, cells[Cell.size]!);
    if (extraBytes > 0) {
      result &= libcrypto.EVP_MAC_update(context, cells[Cell.extra]!, 4n);
    }
    result &= libcrypto
      .EVP_MAC_final(context, digestAddress, sizeAddress, DIGEST_BYTES);
    expectOne(result, "HMAC");
  }

  free(context: bigint): void {
    this.#memory.libcrypto.EVP_MAC_CTX_free(context);
  }

  /** Leaves text for C; returns its offset. */
  #writeText(text: string): number {
    const { scratch } = this.#memory;
    const bytes = new TextEncoder().encode(`${text}\0`);
    const offset = scratch.allocate(bytes.length);
    scratch.bytes.set(bytes, offset);
    return offset;
  }
}
