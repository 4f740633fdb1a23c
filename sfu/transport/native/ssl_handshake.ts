import type { Instant } from "../../../lib/time.ts";
import { decodeCertificate, matchesFingerprint } from "../dtls/client_proof.ts";
import {
  exportedBytes,
  type Handshake,
  type HandshakeObserver,
} from "../dtls/handshake.ts";
import { HandshakeFront, toDatagrams } from "../dtls/handshake_front.ts";
import { recordKeys } from "../dtls/prf.ts";
import {
  ContentType,
  DTLS_1_2,
  type DtlsRecord,
  encodeHandshakeRecord,
  type HandshakeMessage,
  HandshakeType,
  RECORD_HEADER_BYTES,
  viewOf,
} from "../dtls/records.ts";
import type { Fingerprint } from "../ports.ts";
import type { SslContext } from "./ssl_context.ts";
import { type SslProgress, SslServer } from "./ssl_server.ts";

/** The client's messages; no cookie, because ICE knows it already. */
const MESSAGE_TYPES = [
  HandshakeType.clientHello,
  HandshakeType.certificate,
  HandshakeType.clientKeyExchange,
  HandshakeType.certificateVerify,
];

/**
 * One handshake by OpenSSL. It verifies what CertificateVerify and Finished
 * prove; the fingerprint is compared here, before it sees the certificate.
 */
export class SslHandshake implements Handshake {
  readonly #expected: readonly Fingerprint[];
  readonly #observer: HandshakeObserver;
  readonly #front: HandshakeFront;
  readonly #server: SslServer;
  #cipherChanged = false;

  /** To be closed, unless it is done or failed. */
  constructor(
    context: SslContext,
    expected: readonly Fingerprint[],
    observer: HandshakeObserver,
  ) {
    this.#expected = expected;
    this.#observer = observer;
    this.#front = new HandshakeFront(MESSAGE_TYPES, {
      handleMessage: (message) => this.#handleMessage(message),
      handleSealed: (record) => this.#handleSealed(record),
      handleFlight: (datagrams) => observer.handleFlight(datagrams),
    });
    this.#server = new SslServer(context);
  }

  handleRecord(record: DtlsRecord): boolean {
    return this.#front.handleRecord(record);
  }

  poll(now: Instant): void {
    this.#front.poll(now);
  }

  close(): void {
    this.#front.close();
    this.#server.close();
  }

  /** Takes the next message. One that is wrong makes the handshake fail. */
  #handleMessage(message: HandshakeMessage): boolean {
    if (message.type === HandshakeType.certificate) {
      const refusal = this.#refusalOf(message);
      if (refusal !== undefined) {
        this.#fail(refusal);
        return true;
      }
    }
    const progress = this.#server.feed(encodeHandshakeRecord(message));
    const what = message.type === HandshakeType.certificateVerify
      ? "The DTLS client does not own its certificate's key"
      : "The DTLS handshake failed";
    if (this.#hasFailed(progress, what)) return true;
    const records = this.#server.takeRecords();
    if (message.type === HandshakeType.clientHello) {
      if (this.#server.srtpProfile === undefined) {
        this.#fail("The DTLS client offers no SRTP profile that we have");
      } else this.#front.answer(message, records);
    } else if (records.length > 0) {
      // OpenSSL has a timer of its own, and repeats its flight when it is fed.
      this.#observer.handleFlight(toDatagrams(records));
    }
    return true;
  }

  /** What is wrong with the client's certificate, if anything is. */
  #refusalOf(message: HandshakeMessage): string | undefined {
    const certificate = decodeCertificate(message.body);
    if (certificate === undefined) {
      return "The DTLS client shows no certificate";
    }
    if (!matchesFingerprint(certificate, this.#expected)) {
      return "The DTLS client's certificate is not the one of its SDP";
    }
    return this.#server.trust(certificate)
      ? undefined
      : "The DTLS client's certificate cannot be read";
  }

  /** Records that are not authentic leave OpenSSL as it was. */
  #handleSealed(record: DtlsRecord): boolean {
    if (!this.#cipherChanged) {
      this.#cipherChanged = true;
      const progress = this.#server.feed(CHANGE_CIPHER_SPEC);
      if (this.#hasFailed(progress, "The DTLS handshake failed")) return true;
    }
    const progress = this.#server.feed(record.bytes);
    const what = "The DTLS client's Finished is wrong";
    if (this.#hasFailed(progress, what)) return true;
    const records = this.#server.takeRecords();
    if (progress.kind === "done") this.#finish(records);
    else if (records.length > 0) {
      this.#observer.handleFlight(toDatagrams(records));
    }
    return progress.kind === "done";
  }

  #finish(records: readonly Uint8Array[]): void {
    const { srtpProfile: profile } = this.#server;
    if (profile === undefined) return this.#fail("SRTP was not agreed on");
    // OpenSSL says so only now. Our last flight is not sent then.
    if (!this.#server.hasExtendedMasterSecret) {
      return this.#fail("The DTLS client has no extended master secret");
    }
    const keys = recordKeys(this.#server.secrets());
    const exported = this.#server.exportKeys(exportedBytes(profile));
    this.close();
    const lastFlight = toDatagrams(records);
    this.#observer.handleFlight(lastFlight);
    this.#observer.handleDone({ keys, profile, exported, lastFlight });
  }

  /** Whether OpenSSL has given up. Its alert is sent: the client need not wait. */
  #hasFailed(progress: SslProgress, what: string): boolean {
    if (progress.kind !== "failed") return false;
    const alert = this.#server.takeRecords();
    if (alert.length > 0) this.#observer.handleFlight(toDatagrams(alert));
    this.#fail(`${what}: ${progress.reason}`);
    return true;
  }

  #fail(reason: string): void {
    if (this.#front.over) return;
    this.close();
    this.#observer.handleFailed(reason);
  }
}

/**
 * The client's ChangeCipherSpec, as if it always came just before its Finished.
 * Numbered behind its messages.
 */
const CHANGE_CIPHER_SPEC = changeCipherSpec(MESSAGE_TYPES.length);

function changeCipherSpec(sequence: number): Uint8Array {
  const record = new Uint8Array(RECORD_HEADER_BYTES + 1);
  const view = viewOf(record);
  record[0] = ContentType.changeCipherSpec;
  view.setUint16(1, DTLS_1_2);
  view.setUint16(9, sequence);
  view.setUint16(11, 1);
  record[RECORD_HEADER_BYTES] = 1;
  return record;
}
