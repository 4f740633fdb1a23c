/**
 * The pseudo-random function of TLS 1.2 with SHA-256 and what is made with it
 * (RFC 5246 §5, §6.3, §7.4.9, RFC 5705).
 *
 * @module
 */
import { createHash, createHmac } from "node:crypto";
import { concat } from "./bytes.ts";

/** What both sides of a finished handshake share. */
export interface SharedSecrets {
  readonly masterSecret: Uint8Array;
  /** 32 bytes. */
  readonly clientRandom: Uint8Array;
  /** 32 bytes. */
  readonly serverRandom: Uint8Array;
}

/** The keys of AES-128-GCM record protection (RFC 5288). */
export interface RecordKeys {
  readonly clientKey: Uint8Array;
  readonly serverKey: Uint8Array;
  /** The fixed 4 bytes of the nonce. */
  readonly clientSalt: Uint8Array;
  readonly serverSalt: Uint8Array;
}

const KEY_BYTES = 16;
const SALT_BYTES = 4;
const VERIFY_DATA_BYTES = 12;

/** P_SHA256 (RFC 5246 §5). */
export function prf(
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  sizeBytes: number,
): Uint8Array {
  const labelled = concat(new TextEncoder().encode(label), seed);
  const out = new Uint8Array(sizeBytes);
  let a: Uint8Array = labelled;
  for (let at = 0; at < sizeBytes; at += 32) {
    a = hmac(secret, a);
    const block = hmac(secret, concat(a, labelled));
    out.set(block.subarray(0, sizeBytes - at), at);
  }
  return out;
}

/** What the Finished of that side must hold (RFC 5246 §7.4.9). */
export function verifyData(
  masterSecret: Uint8Array,
  side: "client" | "server",
  transcript: Uint8Array,
): Uint8Array {
  const digest = createHash("sha256").update(transcript).digest();
  return prf(masterSecret, `${side} finished`, digest, VERIFY_DATA_BYTES);
}

/** The record keys (RFC 5246 §6.3). */
export function recordKeys(secrets: SharedSecrets): RecordKeys {
  const block = prf(
    secrets.masterSecret,
    "key expansion",
    concat(secrets.serverRandom, secrets.clientRandom),
    2 * KEY_BYTES + 2 * SALT_BYTES,
  );
  return {
    clientKey: block.subarray(0, 16),
    serverKey: block.subarray(16, 32),
    clientSalt: block.subarray(32, 36),
    serverSalt: block.subarray(36, 40),
  };
}

/** Keying material for another protocol, without context (RFC 5705 §4). */
export function exportKeyingMaterial(
  secrets: SharedSecrets,
  label: string,
  sizeBytes: number,
): Uint8Array {
  const seed = concat(secrets.clientRandom, secrets.serverRandom);
  return prf(secrets.masterSecret, label, seed, sizeBytes);
}

function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update(data).digest();
}
