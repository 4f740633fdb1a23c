import { type EvpMemory, expectOne, NULL } from "./evp_memory.ts";
import type { Libcrypto } from "./libcrypto.ts";

/** What a packet cipher does: a direction never changes. */
export type Direction = "seal" | "open";

const KEY_BYTES = 16;

/**
 * Opens a cipher context with a key; to be freed.
 *
 * @throws {RangeError} if the key has not 16 bytes
 */
export function openCipherContext(
  memory: EvpMemory,
  algorithm: "gcm" | "ctr",
  direction: Direction,
  key: Uint8Array,
): bigint {
  if (key.length !== KEY_BYTES) {
    throw new RangeError(`Cannot use a key of ${key.length} bytes`);
  }
  const { libcrypto, nonce, nonceAddress } = memory;
  const context = libcrypto.EVP_CIPHER_CTX_new();
  if (context === NULL) throw new Error("OpenSSL failed: no memory");
  const cipher = algorithm === "gcm"
    ? libcrypto.EVP_aes_128_gcm()
    : libcrypto.EVP_aes_128_ctr();
  nonce.set(key);
  const result = initialize(libcrypto, direction)(
    context,
    cipher,
    NULL,
    nonceAddress,
    NULL,
  );
  nonce.fill(0);
  expectOne(result, "setting a key");
  return context;
}

function initialize(libcrypto: Libcrypto, direction: Direction) {
  return direction === "seal"
    ? libcrypto.EVP_EncryptInit_ex
    : libcrypto.EVP_DecryptInit_ex;
}
