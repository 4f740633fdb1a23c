/**
 * DTLS 1.2 by werift's `DtlsServer`, with the proofs that it leaves out.
 *
 * @module
 */
import type {
  DtlsObserver,
  DtlsProvider,
  DtlsResult,
  DtlsSession,
  Fingerprint,
} from "../ports.ts";
import { createCredentials, type Credentials } from "./certificate.ts";
import { fingerprintOf } from "./client_proof.ts";
import { exportKeyingMaterial, type RecordKeys } from "./prf.ts";
import { openRecord } from "./record_cipher.ts";
import { ContentType, decodeRecords, type DtlsRecord } from "./records.ts";
import { type HandshakeResult, ServerHandshake } from "./server_handshake.ts";

/** Of AES-128, for both profiles. */
const KEY_BYTES = 16;
/** RFC 5246 §7.2. */
const ALERT_FATAL = 2;
const ALERT_CLOSE_NOTIFY = 0;

/** Makes a certificate of our own and DTLS sessions that present it. */
export async function openWeriftDtls(): Promise<DtlsProvider> {
  return new WeriftDtlsProvider(await createCredentials());
}

class WeriftDtlsProvider implements DtlsProvider {
  readonly fingerprint: Fingerprint;
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
    this.fingerprint = fingerprintOf(credentials.certificate);
  }

  createSession(
    expected: readonly Fingerprint[],
    observer: DtlsObserver,
  ): DtlsSession {
    return new WeriftDtlsSession(this.#credentials, expected, observer);
  }

  /** Nothing of the system is held. */
  close(): void {}
}

type State =
  | { readonly kind: "handshaking"; readonly handshake: ServerHandshake }
  | {
    readonly kind: "connected";
    readonly keys: RecordKeys;
    readonly lastFlight: readonly Uint8Array[];
  }
  | { readonly kind: "closed" };

/**
 * After the handshake only authentic records count: a repeated Finished, which
 * is answered, and alerts. werift and its state are let go by then.
 */
class WeriftDtlsSession implements DtlsSession {
  readonly #observer: DtlsObserver;
  #state: State;

  constructor(
    credentials: Credentials,
    expected: readonly Fingerprint[],
    observer: DtlsObserver,
  ) {
    this.#observer = observer;
    const handshake = new ServerHandshake(credentials, expected, {
      handleFlight: (datagrams) => this.#send(datagrams),
      handleDone: (result) => this.#connect(result),
      handleFailed: (reason) => this.#fail(reason),
    });
    this.#state = { kind: "handshaking", handshake };
  }

  handleDatagram(datagram: Uint8Array): boolean {
    let used = false;
    for (const record of decodeRecords(datagram)) {
      used = this.#handleRecord(record) || used;
    }
    return used;
  }

  close(): void {
    if (this.#state.kind === "handshaking") this.#state.handshake.close();
    this.#state = { kind: "closed" };
  }

  #handleRecord(record: DtlsRecord): boolean {
    switch (this.#state.kind) {
      case "handshaking":
        return this.#state.handshake.handleRecord(record);
      case "connected": {
        const { keys, lastFlight } = this.#state;
        if (record.epoch !== 1) return false;
        const clear = openRecord(record, keys.clientKey, keys.clientSalt);
        if (clear === undefined) return false;
        if (record.type === ContentType.handshake) this.#send(lastFlight);
        else if (record.type === ContentType.alert) this.#handleAlert(clear);
        return true;
      }
      case "closed":
        return false;
    }
  }

  #handleAlert(alert: Uint8Array): void {
    const [level, description] = alert;
    if (description === ALERT_CLOSE_NOTIFY) {
      this.close();
      this.#observer.handleDtlsClosed();
    } else if (level === ALERT_FATAL) {
      this.#fail(`The DTLS client ended with alert ${description}`);
    }
  }

  #connect(result: HandshakeResult): void {
    const { keys, lastFlight } = result;
    this.#state = { kind: "connected", keys, lastFlight };
    this.#observer.handleDtlsConnected(srtpKeys(result));
  }

  #fail(reason: string): void {
    this.close();
    this.#observer.handleDtlsFailed(reason);
  }

  #send(datagrams: readonly Uint8Array[]): void {
    for (const datagram of datagrams) this.#observer.handleDtlsOutput(datagram);
  }
}

/** RFC 5764 §4.2: both keys, then both salts, the client's first. */
function srtpKeys(result: HandshakeResult): DtlsResult {
  const { secrets, profile } = result;
  const saltBytes = profile === "AEAD_AES_128_GCM" ? 12 : 14;
  const size = 2 * (KEY_BYTES + saltBytes);
  const material = exportKeyingMaterial(secrets, "EXTRACTOR-dtls_srtp", size);
  const salts = 2 * KEY_BYTES;
  return {
    receiveKeys: {
      profile,
      masterKey: material.slice(0, KEY_BYTES),
      masterSalt: material.slice(salts, salts + saltBytes),
    },
    sendKeys: {
      profile,
      masterKey: material.slice(KEY_BYTES, salts),
      masterSalt: material.slice(salts + saltBytes, size),
    },
  };
}
