import type { Credentials } from "../dtls/certificate.ts";
import { MAX_DATAGRAM_BYTES } from "../dtls/handshake_front.ts";
import { DTLS_1_2 } from "../dtls/records.ts";
import type { Libc } from "./libc.ts";
import {
  EVP_PKEY_EC,
  type Libssl,
  SslControl,
  SslOption,
  VERIFY_CLIENT,
  VerifyFlag,
} from "./libssl.ts";
import { NativeMemory } from "./native_memory.ts";

/**
 * The one cipher suite, which all browsers have: so that after the handshake our
 * own record cipher can open alerts, and OpenSSL's state is let go.
 */
const CIPHERS = "ECDHE-ECDSA-AES128-GCM-SHA256";
/** Best first. */
const GROUPS = "X25519:P-256";
/** Of the client's proof; the same as with werift. */
const CLIENT_SIGNATURES = "ECDSA+SHA256:RSA+SHA256";
/** Best first. */
const SRTP_PROFILES = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";

/** More than any record or certificate that we hand over. */
const INPUT_BYTES = 16 * 1024;
/** More than our longest flight. */
const OUTPUT_BYTES = 16 * 1024;
/** Room for secrets, an address, and the text of an error. */
const SCRATCH_BYTES = 512;

/**
 * What all handshakes of one certificate share: OpenSSL's `SSL_CTX`, and memory
 * for the arguments of one call. One call is done before the next begins, so
 * that one of each is enough.
 */
export class SslContext {
  readonly libc: Libc;
  readonly libssl: Libssl;
  readonly memory: NativeMemory;
  /** Offsets in {@linkcode memory}. */
  readonly input: number;
  readonly output: number;
  readonly scratch: number;
  static readonly inputBytes = INPUT_BYTES;
  static readonly outputBytes = OUTPUT_BYTES;
  static readonly scratchBytes = SCRATCH_BYTES;
  #context: number;

  /** To be closed. */
  constructor(libc: Libc, libssl: Libssl, credentials: Credentials) {
    this.libc = libc;
    this.libssl = libssl;
    const sizes = [INPUT_BYTES, OUTPUT_BYTES, SCRATCH_BYTES] as const;
    const total = sizes.reduce((sum, size) => sum + size, 0);
    this.memory = new NativeMemory(libc, total);
    this.input = this.memory.allocate(INPUT_BYTES);
    this.output = this.memory.allocate(OUTPUT_BYTES);
    this.scratch = this.memory.allocate(SCRATCH_BYTES);
    this.#context = Number(libssl.SSL_CTX_new(libssl.DTLS_server_method()));
    if (this.#context === 0) throw this.failure("SSL_CTX_new");
    try {
      this.#configure(credentials);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * A new `SSL` that waits for a client, with empty memory BIOs. To be freed by
   * whoever gets it, and the BIOs with it.
   */
  open(): { ssl: number; input: number; output: number } {
    if (this.#context === 0) throw new Error("Cannot use DTLS: it is closed");
    const { libssl } = this;
    const ssl = Number(libssl.SSL_new(this.#context));
    if (ssl === 0) throw this.failure("SSL_new");
    const input = Number(libssl.BIO_new(libssl.BIO_s_mem()));
    const output = Number(libssl.BIO_new(libssl.BIO_s_mem()));
    if (input === 0 || output === 0) {
      libssl.BIO_free(input); // freeing 0 does nothing
      libssl.BIO_free(output);
      libssl.SSL_free(ssl);
      throw this.failure("BIO_new");
    }
    libssl.SSL_set_bio(ssl, input, output);
    libssl.SSL_set_accept_state(ssl);
    libssl.SSL_ctrl(ssl, SslControl.setMtu, MAX_DATAGRAM_BYTES, 0);
    return { ssl, input, output };
  }

  /** What OpenSSL says of the first thing that went wrong since it was clear. */
  reason(): string {
    const { base, bytes } = this.memory;
    const code = this.libssl.ERR_get_error();
    this.libssl.ERR_error_string_n(code, base + this.scratch, SCRATCH_BYTES);
    const text = bytes.subarray(this.scratch, this.scratch + SCRATCH_BYTES);
    const whole = new TextDecoder().decode(text.slice(0, text.indexOf(0)));
    this.libssl.ERR_clear_error();
    return whole.split(":").at(-1) || "it does not say why";
  }

  /** An error that says which call failed, and why. */
  failure(call: string): Error {
    return new Error(`OpenSSL failed: ${call}: ${this.reason()}`);
  }

  /** Handshakes that are under way go on. Idempotent. */
  close(): void {
    this.libssl.SSL_CTX_free(this.#context); // of 0 does nothing
    this.#context = 0;
  }

  #configure({ certificate, keyDer }: Credentials): void {
    const { libssl } = this;
    const context = this.#context;
    libssl.ERR_clear_error();
    this.#control(SslControl.setMinVersion, DTLS_1_2);
    this.#control(SslControl.setMaxVersion, DTLS_1_2);
    // No session is ever resumed: each connection proves its keys anew.
    libssl.SSL_CTX_ctrl(context, SslControl.setSessionCacheMode, 0, 0);
    const options = sumOf(SslOption);
    libssl.SSL_CTX_set_options(context, options);
    libssl.SSL_CTX_set_verify(context, VERIFY_CLIENT, 0);
    const flags = sumOf(VerifyFlag);
    const parameters = libssl.SSL_CTX_get0_param(context);
    const results = {
      X509_VERIFY_PARAM_set_flags: libssl
        .X509_VERIFY_PARAM_set_flags(parameters, flags),
      SSL_CTX_set_cipher_list: libssl
        .SSL_CTX_set_cipher_list(context, toCString(CIPHERS)),
      SSL_CTX_use_certificate_ASN1: libssl.SSL_CTX_use_certificate_ASN1(
        context,
        certificate.length,
        certificate.slice(),
      ),
      SSL_CTX_use_PrivateKey_ASN1: libssl.SSL_CTX_use_PrivateKey_ASN1(
        EVP_PKEY_EC,
        context,
        keyDer.slice(),
        keyDer.length,
      ),
      // The only one that returns 0 for success.
      SSL_CTX_set_tlsext_use_srtp: 1 - libssl
        .SSL_CTX_set_tlsext_use_srtp(context, toCString(SRTP_PROFILES)),
    };
    for (const [call, result] of Object.entries(results)) {
      if (result !== 1) throw this.failure(call);
    }
    this.#control(SslControl.setGroupsList, 0, GROUPS);
    this.#control(
      SslControl.setClientSignatureAlgorithms,
      0,
      CLIENT_SIGNATURES,
    );
  }

  #control(what: number, value: number, text?: string): void {
    let at = 0;
    if (text !== undefined) {
      this.memory.bytes.set(toCString(text), this.scratch);
      at = this.memory.base + this.scratch;
    }
    const { libssl } = this;
    const result = libssl.SSL_CTX_ctrl(this.#context, what, value, at);
    if (Number(result) !== 1) throw this.failure(`SSL_CTX_ctrl ${what}`);
  }
}

/** A text as C wants it: with a zero behind. */
export function toCString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

/** All bits of a set. */
function sumOf(bits: Readonly<Record<string, number>>): number {
  return Object.values(bits).reduce((sum, bit) => sum + bit, 0);
}
