import { createCipheriv } from "node:crypto";
import type { SrtpKeys, SrtpProfile } from "../ports.ts";

/** The keys that packets are protected with. */
export interface SessionKeys {
  /** For the cipher, 16 bytes. */
  readonly key: Uint8Array;
  /** For the cipher's nonces: 12 bytes for GCM, 14 for CM. */
  readonly salt: Uint8Array;
  /** For HMAC-SHA1, 20 bytes; GCM does not use it. */
  readonly authenticationKey: Uint8Array;
}

/** What session keys are for (RFC 3711 §4.3.1, §4.3.2): the first label of three. */
export const KeyPurpose = { rtp: 0, rtcp: 3 } as const;
/** One of the values of {@linkcode KeyPurpose}. */
export type KeyPurpose = typeof KeyPurpose[keyof typeof KeyPurpose];

const ENCRYPTION = 0;
const AUTHENTICATION = 1;
const SALT = 2;

/** Sizes of the master salt, and so of the session salts, in bytes. */
export const SALT_BYTES: Readonly<Record<SrtpProfile, number>> = {
  AEAD_AES_128_GCM: 12,
  SRTP_AES128_CM_HMAC_SHA1_80: 14,
};

const KEY_BYTES = 16;
const AUTHENTICATION_KEY_BYTES = 20;

/**
 * Derives the keys for RTP or RTCP from the master keys (RFC 3711 §4.3,
 * RFC 7714 §11), with a key derivation rate of 0.
 *
 * @throws {RangeError} if the master key or salt has not the profile's size
 */
export function deriveSessionKeys(
  keys: SrtpKeys,
  purpose: KeyPurpose,
): SessionKeys {
  const saltBytes = SALT_BYTES[keys.profile];
  const isValid = keys.masterKey.length === KEY_BYTES &&
    keys.masterSalt.length === saltBytes;
  if (!isValid) {
    throw new RangeError(
      `Cannot derive SRTP keys: ${keys.masterKey.length} bytes of key and ` +
        `${keys.masterSalt.length} of salt for ${keys.profile}`,
    );
  }
  return {
    key: deriveBytes(keys, purpose + ENCRYPTION, KEY_BYTES),
    authenticationKey: deriveBytes(
      keys,
      purpose + AUTHENTICATION,
      AUTHENTICATION_KEY_BYTES,
    ),
    salt: deriveBytes(keys, purpose + SALT, saltBytes),
  };
}

/**
 * The pseudo-random bytes of one label: AES in counter mode over zeros
 * (RFC 3711 §4.3.3). GCM's shorter salt is padded on the right (RFC 7714 §11).
 */
export function deriveBytes(
  keys: SrtpKeys,
  label: number,
  size: number,
): Uint8Array {
  const counter = new Uint8Array(16);
  counter.set(keys.masterSalt);
  counter[7] = counter[7]! ^ label;
  const cipher = createCipheriv("aes-128-ctr", keys.masterKey, counter);
  const bytes = cipher.update(new Uint8Array(size));
  cipher.final();
  return new Uint8Array(bytes);
}
