import { openLibcrypto } from "./libcrypto.ts";
import { allowNumbers, openLibrary, type SlowFunctions } from "./libraries.ts";

/** See `libc.ts` for how addresses are passed. A C `long` has 64 bits. */
const SSL_SYMBOLS = {
  DTLS_server_method: { parameters: [], result: "usize" },
  SSL_CTX_new: { parameters: ["usize"], result: "usize" },
  SSL_CTX_free: { parameters: ["usize"], result: "void" },
  SSL_CTX_ctrl: {
    parameters: ["usize", "i32", "i64", "usize"],
    result: "i64",
  },
  SSL_CTX_set_options: { parameters: ["usize", "u64"], result: "u64" },
  SSL_CTX_set_verify: { parameters: ["usize", "i32", "usize"], result: "void" },
  SSL_CTX_get0_param: { parameters: ["usize"], result: "usize" },
  SSL_CTX_set_cipher_list: { parameters: ["usize", "buffer"], result: "i32" },
  SSL_CTX_set_tlsext_use_srtp: {
    parameters: ["usize", "buffer"],
    result: "i32",
  },
  SSL_CTX_use_certificate_ASN1: {
    parameters: ["usize", "i32", "buffer"],
    result: "i32",
  },
  SSL_CTX_use_PrivateKey_ASN1: {
    parameters: ["i32", "usize", "buffer", "i64"],
    result: "i32",
  },
  SSL_new: { parameters: ["usize"], result: "usize" },
  SSL_free: { parameters: ["usize"], result: "void" },
  SSL_ctrl: { parameters: ["usize", "i32", "i64", "usize"], result: "i64" },
  SSL_set_bio: { parameters: ["usize", "usize", "usize"], result: "void" },
  SSL_set_accept_state: { parameters: ["usize"], result: "void" },
  SSL_do_handshake: { parameters: ["usize"], result: "i32" },
  SSL_get_error: { parameters: ["usize", "i32"], result: "i32" },
  SSL_get_selected_srtp_profile: { parameters: ["usize"], result: "usize" },
  SSL_export_keying_material: {
    parameters: [
      "usize",
      "usize",
      "usize",
      "buffer",
      "usize",
      "usize",
      "usize",
      "i32",
    ],
    result: "i32",
  },
  SSL_get_session: { parameters: ["usize"], result: "usize" },
  SSL_SESSION_get_master_key: {
    parameters: ["usize", "usize", "usize"],
    result: "usize",
  },
  SSL_get_client_random: {
    parameters: ["usize", "usize", "usize"],
    result: "usize",
  },
  SSL_get_server_random: {
    parameters: ["usize", "usize", "usize"],
    result: "usize",
  },
} as const;

/** What of libcrypto only DTLS needs. */
const CRYPTO_SYMBOLS = {
  BIO_s_mem: { parameters: [], result: "usize" },
  BIO_new: { parameters: ["usize"], result: "usize" },
  BIO_free: { parameters: ["usize"], result: "i32" },
  BIO_write: { parameters: ["usize", "usize", "i32"], result: "i32" },
  BIO_read: { parameters: ["usize", "usize", "i32"], result: "i32" },
  ERR_clear_error: { parameters: [], result: "void" },
  ERR_get_error: { parameters: [], result: "u64" },
  ERR_error_string_n: {
    parameters: ["u64", "usize", "usize"],
    result: "void",
  },
  d2i_X509: { parameters: ["usize", "usize", "i64"], result: "usize" },
  X509_free: { parameters: ["usize"], result: "void" },
  X509_STORE_new: { parameters: [], result: "usize" },
  X509_STORE_free: { parameters: ["usize"], result: "void" },
  X509_STORE_add_cert: { parameters: ["usize", "usize"], result: "i32" },
  X509_VERIFY_PARAM_set_flags: {
    parameters: ["usize", "u64"],
    result: "i32",
  },
} as const;

/** The functions of OpenSSL that DTLS calls. */
export type Libssl =
  & SlowFunctions<typeof SSL_SYMBOLS>
  & SlowFunctions<typeof CRYPTO_SYMBOLS>;

/**
 * Opens OpenSSL 3's libssl, with what DTLS needs of libcrypto.
 *
 * @throws {LibraryError} if one of them cannot be had
 */
export function openLibssl(): Libssl {
  openLibcrypto();
  return {
    ...allowNumbers(openLibrary("libssl.so.3", SSL_SYMBOLS)),
    ...allowNumbers(openLibrary("libcrypto.so.3", CRYPTO_SYMBOLS)),
  };
}

/** What `SSL_ctrl` and `SSL_CTX_ctrl` do, by their numbers in OpenSSL 3. */
export const SslControl = {
  setMtu: 17,
  setSessionCacheMode: 44,
  setGroupsList: 92,
  setClientSignatureAlgorithms: 102,
  /** Takes the store over if the number beside it is 0. */
  setVerifyStore: 106,
  getExtendedMasterSecret: 122,
  setMinVersion: 123,
  setMaxVersion: 124,
} as const;

/** Bits of `SSL_CTX_set_options`. */
export const SslOption = {
  noQueryMtu: 0x1000,
  noTicket: 0x4000,
  noCompression: 0x2_0000,
  cipherServerPreference: 0x40_0000,
  noRenegotiation: 0x4000_0000,
} as const;

/** Of `SSL_CTX_set_verify`: ask for the client's certificate, and insist. */
export const VERIFY_CLIENT = 1 | 2;

/** Of `SSL_get_error`: nothing is wrong, but more has to come. */
export const SSL_ERROR_WANT_READ = 2;

/** Of an elliptic curve's key. */
export const EVP_PKEY_EC = 408;

/** Bits of `X509_VERIFY_PARAM_set_flags`. */
export const VerifyFlag = {
  /** Extensions that OpenSSL does not know are no obstacle. */
  ignoreCritical: 0x10,
  /** What is trusted need not be its own issuer. */
  partialChain: 0x8_0000,
  /** WebRTC goes by the fingerprint, not by dates. */
  noCheckTime: 0x20_0000,
} as const;
