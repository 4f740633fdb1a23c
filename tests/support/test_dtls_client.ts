import { Buffer } from "node:buffer";
import type { AddressInfo } from "node:net";
import { DtlsClient } from "werift";
import { fingerprintOf } from "../../sfu/transport/dtls/client_proof.ts";
import type { Credentials } from "../../sfu/transport/dtls/certificate.ts";
import { type RecordKeys, recordKeys } from "../../sfu/transport/dtls/prf.ts";
import { sealRecord } from "../../sfu/transport/dtls/record_cipher.ts";
import type {
  DtlsResult,
  Fingerprint,
  SrtpProfile,
} from "../../sfu/transport/ports.ts";

/** How long the client waits before it repeats a flight. */
const RETRANSMIT_MS = 100;

/** Ends werift's sending loop before it sets a timer that nobody can stop. */
class FlightSent extends Error {}

/** What a {@linkcode TestDtlsClient} is made of. */
export interface TestDtlsClientOptions {
  readonly credentials: Credentials;
  readonly send: (datagram: Uint8Array) => void;
  /** Profiles to offer, best first; both unless given. */
  readonly profiles?: readonly SrtpProfile[];
  /**
   * Adds that many bytes to the ClientHello, as large as a browser's. With more
   * than 1,100 werift sends fragments, and then gets its own transcript wrong.
   */
  readonly padding?: number;
  /**
   * How long to wait before a flight is repeated; 100 ms unless given, never by
   * itself if 0.
   */
  readonly retransmitMs?: number;
  /** Leaves the extended master secret out (RFC 7627). */
  readonly oldMasterSecret?: boolean;
  /** A rogue that sends a Finished over another transcript. */
  readonly badFinished?: boolean;
}

/**
 * A DTLS client as a browser has it, for tests: werift's, with a retransmission
 * timer that ends with it.
 */
export class TestDtlsClient {
  /** Settles when the server's Finished is there; keys as seen from here. */
  readonly connected: Promise<DtlsResult>;
  readonly #werift: DtlsClient;
  readonly #send: (datagram: Uint8Array) => void;
  readonly #retransmitMs: number;
  #flight: Uint8Array[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #keys: RecordKeys | undefined;
  #sealed = 0;
  #onData: (data: Buffer) => void = () => {};

  constructor(options: TestDtlsClientOptions) {
    this.#send = options.send;
    this.#retransmitMs = options.retransmitMs ?? RETRANSMIT_MS;
    const profiles = options.profiles ??
      ["AEAD_AES_128_GCM", "SRTP_AES128_CM_HMAC_SHA1_80"];
    this.#werift = new DtlsClient({
      transport: this.#transport(),
      cert: options.credentials.certificatePem,
      key: options.credentials.keyPem,
      signatureHash: { hash: 4, signature: 3 },
      srtpProfiles: profiles.map((p) => p === "AEAD_AES_128_GCM" ? 7 : 1),
      extendedMasterSecret: !options.oldMasterSecret,
      certificateRequest: true,
    });
    if (options.padding !== undefined) {
      const data = Buffer.alloc(options.padding);
      this.#werift.extensions.push({ type: 21, data });
    }
    if (options.badFinished) {
      this.#werift.cipher.verifyData = () => Buffer.alloc(12, 7);
    }
    this.connected = new Promise((resolve) => {
      this.#werift.onConnect.subscribe(() => resolve(this.#handleConnected()));
    });
    // werift's complaints about what a test does on purpose.
    this.#werift.onError.subscribe(() => {});
  }

  /** Of the server's certificate, once the handshake is that far. */
  get serverFingerprint(): Fingerprint | undefined {
    const certificate = this.#werift.remoteCertificate;
    return certificate && fingerprintOf(certificate);
  }

  start(): void {
    if (this.#retransmitMs > 0) {
      this.#timer = setInterval(() => this.repeat(), this.#retransmitMs);
    }
    this.#werift.connect().catch(() => {});
  }

  /** Sends the latest flight again. */
  repeat(): void {
    for (const datagram of this.#flight) this.#send(datagram);
  }

  handleDatagram(datagram: Uint8Array): void {
    this.#onData(Buffer.from(datagram));
  }

  /** A sealed alert, such as close_notify: level 1, description 0. */
  sealAlert(level: number, description: number): Uint8Array {
    if (!this.#keys) throw new Error("Cannot seal an alert: not connected");
    const header = Uint8Array.of(21, 254, 253, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2);
    header[10] = 10 + this.#sealed++;
    const { clientKey, clientSalt } = this.#keys;
    const alert = Uint8Array.of(level, description);
    return sealRecord(header, alert, clientKey, clientSalt);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #handleConnected(): DtlsResult {
    clearInterval(this.#timer);
    const gcm = this.#werift.srtp.srtpProfile === 7;
    const profile = gcm ? "AEAD_AES_128_GCM" : "SRTP_AES128_CM_HMAC_SHA1_80";
    const { localKey, localSalt, remoteKey, remoteSalt } = this.#werift
      .extractSessionKeys(16, gcm ? 12 : 14);
    const { masterSecret, localRandom, remoteRandom } = this.#werift.cipher;
    this.#keys = recordKeys({
      masterSecret,
      clientRandom: localRandom.serialize(),
      serverRandom: remoteRandom.serialize(),
    });
    return {
      sendKeys: toKeys(profile, localKey, localSalt),
      receiveKeys: toKeys(profile, remoteKey, remoteSalt),
    };
  }

  #transport() {
    const address: AddressInfo = { address: "::", family: "IPv6", port: 0 };
    const client = (receive: (data: Buffer) => void) => this.#onData = receive;
    return {
      type: "udp",
      address,
      closed: false,
      get onData(): (data: Buffer) => void {
        return () => {};
      },
      set onData(receive: (data: Buffer) => void) {
        client(receive);
      },
      send: (data: Buffer) => this.#sendRecord(new Uint8Array(data)),
      close: () => Promise.resolve(),
    };
  }

  #sendRecord(record: Uint8Array): Promise<void> {
    const isHandshake = record[0] === 22;
    const isHello = isHandshake && record[4] === 0 && record[13] === 1;
    // Each of these begins a flight; a hello and a Finished also end one.
    if (isHello || (isHandshake && record[13] === 11)) this.#flight = [];
    this.#flight.push(record);
    this.#send(record);
    if (isHello || (isHandshake && record[4] === 1)) {
      throw new FlightSent("The flight is sent");
    }
    return Promise.resolve();
  }
}

function toKeys(profile: SrtpProfile, key: Uint8Array, salt: Uint8Array) {
  return {
    profile,
    masterKey: new Uint8Array(key),
    masterSalt: new Uint8Array(salt),
  };
}
