/**
 * What the handshakes of all adapters have in common for whoever runs them.
 *
 * @module
 */
import type { Instant } from "../../../lib/time.ts";
import type { Fingerprint, SrtpProfile } from "../ports.ts";
import type { RecordKeys } from "./prf.ts";
import type { DtlsRecord } from "./records.ts";

/** What a handshake with a proven client yields. */
export interface HandshakeResult {
  readonly keys: RecordKeys;
  readonly profile: SrtpProfile;
  /** What {@linkcode SRTP_EXPORTER_LABEL} yields: {@linkcode exportedBytes}. */
  readonly exported: Uint8Array;
  /** Our last datagrams, to be sent again if the client repeats its Finished. */
  readonly lastFlight: readonly Uint8Array[];
}

/** Told by a {@linkcode Handshake} what happens. */
export interface HandshakeObserver {
  handleFlight(datagrams: readonly Uint8Array[]): void;
  handleDone(result: HandshakeResult): void;
  handleFailed(reason: string): void;
}

/** One handshake, from the client's first record on. */
export interface Handshake {
  /** Takes a record; false if it is of no use. */
  handleRecord(record: DtlsRecord): boolean;
  /** Repeats our flight if the client has been silent for too long. */
  poll(now: Instant): void;
  /** No observer call follows. Idempotent. */
  close(): void;
}

/** Begins a handshake with a client that has one of these fingerprints. */
export type StartHandshake = (
  expected: readonly Fingerprint[],
  observer: HandshakeObserver,
) => Handshake;

/** The exporter label of DTLS-SRTP (RFC 5764 §4.2). */
export const SRTP_EXPORTER_LABEL = "EXTRACTOR-dtls_srtp";

/** Of AES-128, for both profiles. */
const KEY_BYTES = 16;

/** How many bytes of keying material a profile takes: two keys, two salts. */
export function exportedBytes(profile: SrtpProfile): number {
  return 2 * (KEY_BYTES + saltBytes(profile));
}

/** Takes the material apart: both keys, then both salts, the client's first. */
export function toSrtpKeys({ profile, exported }: HandshakeResult) {
  const size = saltBytes(profile);
  const salts = 2 * KEY_BYTES;
  return {
    receiveKeys: {
      profile,
      masterKey: exported.slice(0, KEY_BYTES),
      masterSalt: exported.slice(salts, salts + size),
    },
    sendKeys: {
      profile,
      masterKey: exported.slice(KEY_BYTES, salts),
      masterSalt: exported.slice(salts + size, salts + 2 * size),
    },
  };
}

function saltBytes(profile: SrtpProfile): number {
  return profile === "AEAD_AES_128_GCM" ? 12 : 14;
}
