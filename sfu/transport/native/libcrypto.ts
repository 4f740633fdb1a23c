import { type Functions, openLibrary } from "./libraries.ts";

const CIPHER = ["usize", "usize", "usize", "usize", "usize"] as const;
const UPDATE = ["usize", "usize", "usize", "usize", "i32"] as const;

/** See `libc.ts` for how addresses are passed. */
const SYMBOLS = {
  OPENSSL_init_crypto: { parameters: ["u64", "usize"], result: "i32" },
  EVP_CIPHER_CTX_new: { parameters: [], result: "usize" },
  EVP_CIPHER_CTX_free: { parameters: ["usize"], result: "void" },
  EVP_CIPHER_CTX_ctrl: {
    parameters: ["usize", "i32", "i32", "usize"],
    result: "i32",
  },
  EVP_aes_128_gcm: { parameters: [], result: "usize" },
  EVP_aes_128_ctr: { parameters: [], result: "usize" },
  EVP_EncryptInit_ex: { parameters: CIPHER, result: "i32" },
  EVP_EncryptUpdate: { parameters: UPDATE, result: "i32" },
  EVP_EncryptFinal_ex: {
    parameters: ["usize", "usize", "usize"],
    result: "i32",
  },
  EVP_DecryptInit_ex: { parameters: CIPHER, result: "i32" },
  EVP_DecryptUpdate: { parameters: UPDATE, result: "i32" },
  EVP_DecryptFinal_ex: {
    parameters: ["usize", "usize", "usize"],
    result: "i32",
  },
  EVP_MAC_fetch: { parameters: ["usize", "buffer", "usize"], result: "usize" },
  EVP_MAC_free: { parameters: ["usize"], result: "void" },
  EVP_MAC_CTX_new: { parameters: ["usize"], result: "usize" },
  EVP_MAC_CTX_free: { parameters: ["usize"], result: "void" },
  EVP_MAC_init: {
    parameters: ["usize", "usize", "usize", "usize"],
    result: "i32",
  },
  EVP_MAC_update: { parameters: ["usize", "usize", "usize"], result: "i32" },
  EVP_MAC_final: {
    parameters: ["usize", "usize", "usize", "usize"],
    result: "i32",
  },
} as const;

/** The functions of OpenSSL's libcrypto that the native ports call. */
export type Libcrypto = Functions<typeof SYMBOLS>;

/** `OPENSSL_INIT_NO_ATEXIT`. */
const NO_ATEXIT = 0x8_0000n;

/**
 * Opens OpenSSL 3's libcrypto. To be opened before anything else of OpenSSL.
 *
 * It is told not to free its state when the process ends: other threads may
 * still be in it then, and would end the process by a crash.
 *
 * @throws {LibraryError} if it cannot be had
 */
export function openLibcrypto(): Libcrypto {
  const libcrypto = openLibrary("libcrypto.so.3", SYMBOLS);
  libcrypto.OPENSSL_init_crypto(NO_ATEXIT, 0n);
  return libcrypto;
}

/** `EVP_CTRL_AEAD_GET_TAG` and `EVP_CTRL_AEAD_SET_TAG`. */
export const AeadControl = { getTag: 0x10, setTag: 0x11 } as const;
