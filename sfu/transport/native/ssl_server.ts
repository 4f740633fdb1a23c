import { SRTP_EXPORTER_LABEL } from "../dtls/handshake.ts";
import type { SharedSecrets } from "../dtls/prf.ts";
import { RECORD_HEADER_BYTES, viewOf } from "../dtls/records.ts";
import type { SrtpProfile } from "../ports.ts";
import { SSL_ERROR_WANT_READ, SslControl } from "./libssl.ts";
import { SslContext, toCString } from "./ssl_context.ts";

/** `SRTP_PROTECTION_PROFILE`: the address of a name, then a number. */
const PROFILE_BYTES = 16;
const PROFILE_ID_OFFSET = 8;
/** RFC 5246 §8.1, §7.4.1.2. */
const MASTER_SECRET_BYTES = 48;
const RANDOM_BYTES = 32;

/** How far a handshake is. */
export type SslProgress =
  | { readonly kind: "under-way" }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly reason: string };

/**
 * One handshake of OpenSSL's, fed one record at a time: `BIO_read` would return
 * what several writes left as one piece.
 */
export class SslServer {
  readonly #context: SslContext;
  /** 0 once it is freed. */
  #ssl: number;
  readonly #input: number;
  readonly #output: number;

  /** To be closed. */
  constructor(context: SslContext) {
    this.#context = context;
    const { ssl, input, output } = context.open();
    this.#ssl = ssl;
    this.#input = input;
    this.#output = output;
  }

  /**
   * Takes that certificate, and no other, for one that can be verified: whoever
   * calls has compared its fingerprint. OpenSSL then demands the proof that the
   * client owns its key.
   *
   * @returns false if it is no certificate
   */
  trust(certificate: Uint8Array): boolean {
    const { libssl, memory, input, scratch } = this.#context;
    this.#expectOpen();
    if (certificate.length > SslContext.inputBytes) return false;
    memory.bytes.set(certificate, input);
    memory.setPointer(scratch, input);
    const at = memory.base + scratch;
    const parsed = libssl.d2i_X509(0, at, certificate.length);
    const store = libssl.X509_STORE_new();
    // The store counts its own use of the certificate.
    const good = Number(parsed) !== 0 && Number(store) !== 0 &&
      libssl.X509_STORE_add_cert(store, parsed) === 1;
    libssl.X509_free(parsed); // freeing 0 does nothing
    if (good) {
      const { setVerifyStore } = SslControl;
      libssl.SSL_ctrl(this.#ssl, setVerifyStore, 0, Number(store));
    } else libssl.X509_STORE_free(store);
    libssl.ERR_clear_error();
    return good;
  }

  /**
   * Feeds one record.
   *
   * @throws {RangeError} if it is longer than a record of a handshake
   */
  feed(record: Uint8Array): SslProgress {
    const { libssl, memory, input } = this.#context;
    this.#expectOpen();
    if (record.length > SslContext.inputBytes) {
      throw new RangeError(`Cannot use a record of ${record.length} bytes`);
    }
    memory.bytes.set(record, input);
    libssl.ERR_clear_error();
    const written = libssl
      .BIO_write(this.#input, memory.base + input, record.length);
    if (written !== record.length) throw this.#context.failure("BIO_write");
    const result = libssl.SSL_do_handshake(this.#ssl);
    if (result === 1) return { kind: "done" };
    if (libssl.SSL_get_error(this.#ssl, result) === SSL_ERROR_WANT_READ) {
      return { kind: "under-way" };
    }
    return { kind: "failed", reason: this.#context.reason() };
  }

  /** The records that OpenSSL wants to send; they are taken. */
  takeRecords(): Uint8Array[] {
    const { libssl, memory, output } = this.#context;
    this.#expectOpen();
    const { outputBytes } = SslContext;
    const size = libssl
      .BIO_read(this.#output, memory.base + output, outputBytes);
    if (size <= 0) return [];
    return splitRecords(memory.bytes.slice(output, output + size));
  }

  /** What was agreed on; `undefined` if the client has none of ours. */
  get srtpProfile(): SrtpProfile | undefined {
    const { libc, libssl, memory, scratch } = this.#context;
    this.#expectOpen();
    const profile = libssl.SSL_get_selected_srtp_profile(this.#ssl);
    if (profile === 0n) return undefined;
    libc.memcpy(memory.address(scratch), profile, BigInt(PROFILE_BYTES));
    switch (memory.u32(scratch + PROFILE_ID_OFFSET)) {
      case 7:
        return "AEAD_AES_128_GCM";
      case 1:
        return "SRTP_AES128_CM_HMAC_SHA1_80";
      default:
        return undefined;
    }
  }

  /** Whether the client has the extended master secret (RFC 7627). */
  get hasExtendedMasterSecret(): boolean {
    const { libssl } = this.#context;
    this.#expectOpen();
    const { getExtendedMasterSecret } = SslControl;
    return Number(libssl.SSL_ctrl(this.#ssl, getExtendedMasterSecret, 0, 0)) ===
      1;
  }

  /** What both sides share after a handshake. */
  secrets(): SharedSecrets {
    const { libssl } = this.#context;
    this.#expectOpen();
    const session = libssl.SSL_get_session(this.#ssl);
    if (Number(session) === 0) throw this.#context.failure("SSL_get_session");
    return {
      masterSecret: this.#copy(
        MASTER_SECRET_BYTES,
        (at, size) => libssl.SSL_SESSION_get_master_key(session, at, size),
      ),
      clientRandom: this.#copy(
        RANDOM_BYTES,
        (at, size) => libssl.SSL_get_client_random(this.#ssl, at, size),
      ),
      serverRandom: this.#copy(
        RANDOM_BYTES,
        (at, size) => libssl.SSL_get_server_random(this.#ssl, at, size),
      ),
    };
  }

  /** Keying material for SRTP (RFC 5705, RFC 5764 §4.2). */
  exportKeys(sizeBytes: number): Uint8Array {
    const { libssl } = this.#context;
    this.#expectOpen();
    const label = toCString(SRTP_EXPORTER_LABEL);
    return this.#copy(sizeBytes, (at, size) => {
      const result = libssl.SSL_export_keying_material(
        this.#ssl,
        at,
        size,
        label,
        label.length - 1,
        0,
        0,
        0,
      );
      return result === 1 ? size : 0;
    });
  }

  /** Idempotent. */
  close(): void {
    this.#context.libssl.SSL_free(this.#ssl); // of 0 does nothing
    this.#ssl = 0;
  }

  /** What a call writes; wiped where it wrote it, for it is secret. */
  #copy(
    sizeBytes: number,
    write: (at: number, sizeBytes: number) => number | bigint,
  ): Uint8Array {
    const { memory, scratch } = this.#context;
    if (sizeBytes > SslContext.scratchBytes) {
      throw new RangeError(`Cannot copy ${sizeBytes} bytes of secrets`);
    }
    const written = Number(write(memory.base + scratch, sizeBytes));
    if (written !== sizeBytes) throw this.#context.failure("a secret");
    const bytes = memory.bytes.slice(scratch, scratch + sizeBytes);
    memory.bytes.fill(0, scratch, scratch + sizeBytes);
    return bytes;
  }

  /** With what is freed, C would end the process. */
  #expectOpen(): void {
    if (this.#ssl === 0) throw new Error("Cannot use a handshake: it is over");
  }
}

/** Takes apart what OpenSSL has written, one record behind the other. */
function splitRecords(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  let at = 0;
  while (at + RECORD_HEADER_BYTES <= bytes.length) {
    const size = RECORD_HEADER_BYTES + viewOf(bytes).getUint16(at + 11);
    records.push(bytes.subarray(at, at + size));
    at += size;
  }
  return records;
}
