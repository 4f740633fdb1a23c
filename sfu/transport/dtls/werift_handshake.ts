import { timingSafeEqual } from "node:crypto";
import type { Instant } from "../../../lib/time.ts";
import type { Fingerprint } from "../ports.ts";
import { concat } from "./bytes.ts";
import type { Credentials } from "./certificate.ts";
import {
  decodeCertificate,
  matchesFingerprint,
  provesPossession,
} from "./client_proof.ts";
import {
  exportedBytes,
  type Handshake,
  type HandshakeObserver,
  SRTP_EXPORTER_LABEL,
} from "./handshake.ts";
import { HandshakeFront, toDatagrams } from "./handshake_front.ts";
import {
  exportKeyingMaterial,
  type RecordKeys,
  recordKeys,
  verifyData,
} from "./prf.ts";
import { openRecord } from "./record_cipher.ts";
import {
  decodeFragments,
  type DtlsRecord,
  encodeHandshakeRecord,
  encodeMessage,
  type HandshakeMessage,
  HandshakeType,
  RECORD_HEADER_BYTES,
} from "./records.ts";
import { WeriftServer } from "./werift_server.ts";

/** The client's messages, with the second hello that werift's cookie demands. */
const MESSAGE_TYPES = [
  HandshakeType.clientHello,
  HandshakeType.clientHello,
  HandshakeType.certificate,
  HandshakeType.clientKeyExchange,
  HandshakeType.certificateVerify,
];

/**
 * One handshake by werift in which the client must prove who it is: its
 * certificate by the fingerprint, the certificate's key by CertificateVerify,
 * and that nobody changed a message by Finished, before werift sends ours.
 */
export class WeriftHandshake implements Handshake {
  readonly #expected: readonly Fingerprint[];
  readonly #observer: HandshakeObserver;
  readonly #werift: WeriftServer;
  readonly #front: HandshakeFront;
  #transcript: Uint8Array[] = [];
  #clientRandom: Uint8Array = new Uint8Array(0);
  #certificate: Uint8Array = new Uint8Array(0);
  #keys: RecordKeys | undefined;

  constructor(
    credentials: Credentials,
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
    this.#werift = new WeriftServer(
      credentials,
      (records) => this.#finish(records),
      (error) => this.#fail(reasonOf(error)),
    );
  }

  handleRecord(record: DtlsRecord): boolean {
    return this.#front.handleRecord(record);
  }

  poll(now: Instant): void {
    this.#front.poll(now);
  }

  close(): void {
    this.#front.close();
  }

  /** Takes the next message; false if it is not one that can come next. */
  #handleMessage(message: HandshakeMessage): boolean {
    switch (message.type) {
      case HandshakeType.clientHello:
        return message.sequence === 0
          ? this.#hello(message)
          : this.#secondHello(message);
      case HandshakeType.certificate:
        return this.#readCertificate(message);
      case HandshakeType.clientKeyExchange:
        return this.#exchangeKeys(message);
      default:
        return this.#verifyCertificate(message);
    }
  }

  #hello(message: HandshakeMessage): boolean {
    this.#clientRandom = message.body.slice(2, 34);
    const answer = this.#feed(message);
    if (lastMessageType(answer) !== HandshakeType.helloVerifyRequest) {
      this.#fail("The DTLS client's hello cannot be answered");
    } else this.#front.answer(message, answer);
    return true;
  }

  #secondHello(message: HandshakeMessage): boolean {
    const random = message.body.subarray(2, 34);
    if (!isEqual(random, this.#clientRandom)) return false;
    const answer = this.#feed(message);
    if (lastMessageType(answer) !== HandshakeType.serverHelloDone) {
      this.#fail("The DTLS client's second hello does not follow the first");
    } else if (this.#werift.srtpProfile === undefined) {
      this.#fail("The DTLS client offers no SRTP profile that we have");
    } else if (!this.#werift.hasExtendedMasterSecret) {
      this.#fail("The DTLS client has no extended master secret");
    } else {
      const own = answer.map((record) => record.slice(RECORD_HEADER_BYTES));
      this.#transcript = [encodeMessage(message), ...own];
      this.#front.answer(message, answer);
    }
    return true;
  }

  #readCertificate(message: HandshakeMessage): boolean {
    const certificate = decodeCertificate(message.body);
    if (certificate === undefined) {
      this.#fail("The DTLS client shows no certificate");
    } else if (!matchesFingerprint(certificate, this.#expected)) {
      this.#fail("The DTLS client's certificate is not the one of its SDP");
    } else {
      this.#certificate = certificate.slice();
      this.#feed(message);
      this.#transcript.push(encodeMessage(message));
    }
    return true;
  }

  #exchangeKeys(message: HandshakeMessage): boolean {
    this.#feed(message);
    this.#transcript.push(encodeMessage(message));
    const { secrets } = this.#werift;
    if (secrets === undefined) this.#fail("The DTLS client's key is unusable");
    else this.#keys = recordKeys(secrets);
    return true;
  }

  #verifyCertificate(message: HandshakeMessage): boolean {
    const transcript = concat(...this.#transcript);
    if (!provesPossession(this.#certificate, transcript, message.body)) {
      this.#fail("The DTLS client does not own its certificate's key");
    } else {
      this.#feed(message);
      this.#transcript.push(encodeMessage(message));
    }
    return true;
  }

  #handleSealed(record: DtlsRecord): boolean {
    const { secrets } = this.#werift;
    if (!secrets || !this.#keys) return false;
    const { clientKey, clientSalt } = this.#keys;
    const clear = openRecord(record, clientKey, clientSalt);
    const finished = clear && decodeFragments(clear)[0];
    if (finished?.type !== HandshakeType.finished) return false;
    const transcript = concat(...this.#transcript);
    const expected = verifyData(secrets.masterSecret, "client", transcript);
    if (!isEqual(finished.body, expected)) {
      this.#fail("The DTLS client's Finished is wrong");
    } else this.#feedRecord(record.bytes);
    return true;
  }

  /** werift has sealed our Finished. */
  #finish(records: readonly Uint8Array[]): void {
    const { secrets, srtpProfile: profile } = this.#werift;
    if (this.#front.over || !secrets || !profile || !this.#keys) return;
    this.#front.close();
    const lastFlight = toDatagrams(records);
    this.#observer.handleFlight(lastFlight);
    const size = exportedBytes(profile);
    this.#observer.handleDone({
      keys: this.#keys,
      profile,
      exported: exportKeyingMaterial(secrets, SRTP_EXPORTER_LABEL, size),
      lastFlight,
    });
  }

  #feed(message: HandshakeMessage): Uint8Array[] {
    return this.#feedRecord(encodeHandshakeRecord(message));
  }

  #feedRecord(record: Uint8Array): Uint8Array[] {
    try {
      return this.#werift.feed(record);
    } catch (error) {
      this.#fail(reasonOf(error));
      return [];
    }
  }

  #fail(reason: string): void {
    if (this.#front.over) return;
    this.#front.close();
    this.#observer.handleFailed(reason);
  }
}

function lastMessageType(records: readonly Uint8Array[]): number | undefined {
  return records.at(-1)?.[RECORD_HEADER_BYTES];
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `The DTLS handshake failed: ${text || "nothing in common"}`;
}
