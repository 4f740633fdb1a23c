import { timingSafeEqual } from "node:crypto";
import type { Fingerprint, SrtpProfile } from "../ports.ts";
import { concat } from "./bytes.ts";
import type { Credentials } from "./certificate.ts";
import {
  decodeCertificate,
  matchesFingerprint,
  provesPossession,
} from "./client_proof.ts";
import {
  type RecordKeys,
  recordKeys,
  type SharedSecrets,
  verifyData,
} from "./prf.ts";
import { Reassembler } from "./reassembler.ts";
import { openRecord } from "./record_cipher.ts";
import {
  ContentType,
  decodeFragments,
  type DtlsRecord,
  encodeHandshakeRecord,
  encodeMessage,
  type HandshakeFragment,
  type HandshakeMessage,
  HandshakeType,
  RECORD_HEADER_BYTES,
} from "./records.ts";
import { WeriftServer } from "./werift_server.ts";

/** What a handshake with a proven client yields. */
export interface HandshakeResult {
  readonly secrets: SharedSecrets;
  readonly keys: RecordKeys;
  readonly profile: SrtpProfile;
  /** Our last datagrams, to be sent again if the client repeats its Finished. */
  readonly lastFlight: readonly Uint8Array[];
}

/** Told by a {@linkcode ServerHandshake} what happens. */
export interface HandshakeObserver {
  handleFlight(datagrams: readonly Uint8Array[]): void;
  handleDone(result: HandshakeResult): void;
  handleFailed(reason: string): void;
}

/**
 * Our datagrams in a handshake are no longer than that, in bytes: small enough
 * for any path that IPv6 allows.
 */
const MAX_DATAGRAM_BYTES = 1_200;

/** How many sealed records are kept that came before the messages they follow. */
const MAX_SEALED = 2;

/** The numbers of the client's messages, when a cookie is asked for. */
const Step = {
  hello: 0,
  helloWithCookie: 1,
  certificate: 2,
  keyExchange: 3,
  certificateVerify: 4,
  finished: 5,
} as const;

/**
 * One handshake in which the client must prove who it is: its certificate by
 * the fingerprint, the certificate's key by CertificateVerify, and that nobody
 * changed a message by Finished, before werift sends ours.
 *
 * What is not authentic is dropped as far as possible: only a message that is
 * the right one in its place, and wrong, makes the handshake fail.
 */
export class ServerHandshake {
  readonly #expected: readonly Fingerprint[];
  readonly #observer: HandshakeObserver;
  readonly #werift: WeriftServer;
  readonly #reassembler = new Reassembler();
  #transcript: Uint8Array[] = [];
  #clientRandom: Uint8Array = new Uint8Array(0);
  #certificate: Uint8Array = new Uint8Array(0);
  #keys: RecordKeys | undefined;
  #sealed: DtlsRecord[] = [];
  /** Our latest flight, and the client's message that it answers. */
  #flight: readonly Uint8Array[] = [];
  #answered = -1;
  #over = false;

  constructor(
    credentials: Credentials,
    expected: readonly Fingerprint[],
    observer: HandshakeObserver,
  ) {
    this.#expected = expected;
    this.#observer = observer;
    this.#werift = new WeriftServer(
      credentials,
      (records) => this.#finish(records),
      (error) => this.#fail(reasonOf(error)),
    );
  }

  /** Takes a record; false if it is of no use. */
  handleRecord(record: DtlsRecord): boolean {
    // A ChangeCipherSpec says nothing that the epoch does not say too. Alerts
    // are not authentic yet: a client that gave up is noticed by its silence.
    if (record.type === ContentType.changeCipherSpec) return true;
    if (record.type !== ContentType.handshake || this.#over) return false;
    if (record.epoch === 1) return this.#handleSealed(record);
    if (record.epoch !== 0) return false;
    let used = false;
    for (const fragment of decodeFragments(record.fragment)) {
      used = this.#handleFragment(fragment) || used;
    }
    return used;
  }

  /** No observer call follows. */
  close(): void {
    this.#over = true;
  }

  #handleFragment(fragment: HandshakeFragment): boolean {
    if (fragment.sequence < this.#reassembler.next) {
      // The client says it again, so it has not got our answer.
      const last = fragment.sequence === this.#answered &&
        fragment.offset === 0;
      if (last && !this.#over) this.#observer.handleFlight(this.#flight);
      return true;
    }
    if (!this.#reassembler.add(fragment)) return false;
    let message;
    while (!this.#over && (message = this.#reassembler.peek()) !== undefined) {
      if (!this.#handleMessage(message)) {
        this.#reassembler.drop();
        return false;
      }
      this.#reassembler.take();
    }
    this.#sealed.splice(0).forEach((record) => this.#handleSealed(record));
    return true;
  }

  /** Takes the next message; false if it is not one that can come next. */
  #handleMessage(message: HandshakeMessage): boolean {
    const { type, sequence } = message;
    switch (sequence) {
      case Step.hello:
        return type === HandshakeType.clientHello && this.#hello(message);
      case Step.helloWithCookie:
        return type === HandshakeType.clientHello && this.#secondHello(message);
      case Step.certificate:
        return type === HandshakeType.certificate &&
          this.#readCertificate(message);
      case Step.keyExchange:
        return type === HandshakeType.clientKeyExchange &&
          this.#exchangeKeys(message);
      case Step.certificateVerify:
        return type === HandshakeType.certificateVerify &&
          this.#verifyCertificate(message);
      default:
        return false; // Finished is never in clear text
    }
  }

  #hello(message: HandshakeMessage): boolean {
    this.#clientRandom = message.body.slice(2, 34);
    const answer = this.#feed(message);
    if (lastMessageType(answer) !== HandshakeType.helloVerifyRequest) {
      this.#fail("The DTLS client's hello cannot be answered");
    } else this.#send(answer, Step.hello);
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
      this.#send(answer, Step.helloWithCookie);
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

  /** A sealed record: in a handshake that can only be the client's Finished. */
  #handleSealed(record: DtlsRecord): boolean {
    if (this.#over) return false;
    const { secrets } = this.#werift;
    if (this.#reassembler.next < Step.finished || !secrets || !this.#keys) {
      if (this.#sealed.length >= MAX_SEALED) return false;
      this.#sealed.push(copyOf(record));
      return true;
    }
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
    const { secrets, srtpProfile } = this.#werift;
    if (this.#over || !secrets || !srtpProfile || !this.#keys) return;
    this.#over = true;
    const lastFlight = toDatagrams(records);
    this.#observer.handleFlight(lastFlight);
    this.#observer.handleDone({
      secrets,
      keys: this.#keys,
      profile: srtpProfile,
      lastFlight,
    });
  }

  #send(records: readonly Uint8Array[], answered: number): void {
    this.#flight = toDatagrams(records);
    this.#answered = answered;
    this.#observer.handleFlight(this.#flight);
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
    if (this.#over) return;
    this.#over = true;
    this.#observer.handleFailed(reason);
  }
}

/** As few datagrams as hold the records in order. */
function toDatagrams(records: readonly Uint8Array[]): Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  for (const record of records) {
    const last = datagrams.at(-1);
    if (last && last.length + record.length <= MAX_DATAGRAM_BYTES) {
      datagrams[datagrams.length - 1] = concat(last, record);
    } else datagrams.push(record);
  }
  return datagrams;
}

function lastMessageType(records: readonly Uint8Array[]): number | undefined {
  return records.at(-1)?.[RECORD_HEADER_BYTES];
}

function copyOf(record: DtlsRecord): DtlsRecord {
  const bytes = record.bytes.slice();
  return { ...record, bytes, fragment: bytes.subarray(RECORD_HEADER_BYTES) };
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `The DTLS handshake failed: ${text || "nothing in common"}`;
}
