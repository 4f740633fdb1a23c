import { Buffer } from "node:buffer";
import type { AddressInfo } from "node:net";
import { DtlsServer } from "werift";
import type { SrtpProfile } from "../ports.ts";
import type { Credentials } from "./certificate.ts";
import type { SharedSecrets } from "./prf.ts";
import {
  ContentType,
  HandshakeType,
  RECORD_HEADER_BYTES,
  viewOf,
} from "./records.ts";

/** SHA-256 with ECDSA in werift's numbers (RFC 5246 §7.4.1.4.1). */
const ECDSA_SHA256 = { hash: 4, signature: 3 } as const;
/** AEAD_AES_128_GCM first: werift takes the first that the client has too. */
const SRTP_PROFILES = [7, 1] as const;

/** Ends a flight of werift's before its retransmission timer starts. */
class FlightSent extends Error {}

/**
 * werift's `DtlsServer`, driven one message at a time.
 *
 * Of werift we want what it does well: reading the client's hello, the key
 * exchange, and the server's flights. It must not see anything else, for it
 * breaks on reordered fragments, closes on unknown records, starts anew on any
 * clear-text ClientHello, and waits in timers that cannot be stopped. So it is
 * fed whole messages in order, each once, and when a flight of its own is out
 * its `send` throws: that ends werift's sending loop where it would set a timer
 * for retransmission. The client's own timer does for both (RFC 6347 §4.2.4: a
 * repeated flight of the client's is answered with ours).
 */
export class WeriftServer {
  readonly #server: DtlsServer;
  readonly #transport: CapturingTransport;

  /**
   * @param onLastFlight gets the records that answer the client's Finished
   * @param onError told if werift fails on what it was fed
   */
  constructor(
    credentials: Credentials,
    onLastFlight: (records: Uint8Array[]) => void,
    onError: (error: unknown) => void,
  ) {
    this.#transport = new CapturingTransport(onLastFlight);
    this.#server = new DtlsServer({
      transport: this.#transport,
      cert: credentials.certificatePem,
      key: credentials.keyPem,
      signatureHash: ECDSA_SHA256,
      srtpProfiles: [...SRTP_PROFILES],
      extendedMasterSecret: true,
      certificateRequest: true,
    });
    this.#server.onError.subscribe((error: unknown) => {
      if (!(error instanceof FlightSent)) onError(error);
    });
  }

  /**
   * Feeds one record with one whole message; returns the records with which
   * werift answers at once. It answers the client's Finished a little later.
   *
   * @throws {Error} of any kind, if werift does
   */
  feed(record: Uint8Array): Uint8Array[] {
    const before = this.#transport.records.length;
    this.#transport.onData(Buffer.from(record));
    return this.#transport.records.slice(before);
  }

  /** What both sides share, once the client's key exchange is fed. */
  get secrets(): SharedSecrets | undefined {
    const { masterSecret, remoteRandom, localRandom } = this.#server.cipher;
    if (masterSecret === undefined) return undefined;
    return {
      masterSecret,
      clientRandom: remoteRandom.serialize(),
      serverRandom: localRandom.serialize(),
    };
  }

  /** What was agreed on; `undefined` if the client has none of ours. */
  get srtpProfile(): SrtpProfile | undefined {
    switch (this.#server.srtp.srtpProfile) {
      case 7:
        return "AEAD_AES_128_GCM";
      case 1:
        return "SRTP_AES128_CM_HMAC_SHA1_80";
      default:
        return undefined;
    }
  }

  /** Whether the client asked for the extended master secret (RFC 7627). */
  get hasExtendedMasterSecret(): boolean {
    return this.#server.dtls.remoteExtendedMasterSecret;
  }
}

/** Keeps what werift sends. */
class CapturingTransport {
  readonly type = "udp";
  readonly address: AddressInfo = { address: "::", family: "IPv6", port: 0 };
  readonly closed = false;
  readonly records: Uint8Array[] = [];
  /** Set by werift. */
  onData: (data: Buffer) => void = () => {};
  readonly #onLastFlight: (records: Uint8Array[]) => void;

  constructor(onLastFlight: (records: Uint8Array[]) => void) {
    this.#onLastFlight = onLastFlight;
  }

  readonly send = (data: Buffer): Promise<void> => {
    const record = new Uint8Array(data);
    this.records.push(record);
    if (record[0] !== ContentType.handshake) return Promise.resolve();
    if (viewOf(record).getUint16(3) === 1) {
      // Our Finished, the only thing that werift seals: before it, our
      // ChangeCipherSpec.
      this.#onLastFlight(this.records.slice(-2));
    } else if (record[RECORD_HEADER_BYTES] === HandshakeType.serverHelloDone) {
      throw new FlightSent("The flight is sent");
    }
    return Promise.resolve();
  };

  readonly close = (): Promise<void> => Promise.resolve();
}
