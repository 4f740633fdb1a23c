/**
 * AES-128-GCM record protection (RFC 5288, RFC 6347 §4.1.2).
 *
 * @module
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { concat } from "./bytes.ts";
import { type DtlsRecord, RECORD_HEADER_BYTES, viewOf } from "./records.ts";

const EXPLICIT_NONCE_BYTES = 8;
const TAG_BYTES = 16;

/**
 * The clear text of a protected record, or `undefined` if it is not authentic.
 *
 * @param salt the fixed 4 bytes of the nonce
 */
export function openRecord(
  record: DtlsRecord,
  key: Uint8Array,
  salt: Uint8Array,
): Uint8Array | undefined {
  const size = record.fragment.length - EXPLICIT_NONCE_BYTES - TAG_BYTES;
  if (size < 0) return undefined;
  const { fragment } = record;
  const nonce = concat(salt, fragment.subarray(0, EXPLICIT_NONCE_BYTES));
  try {
    const cipher = createDecipheriv("aes-128-gcm", key, nonce, {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(additionalData(record.bytes, size), {
      plaintextLength: size,
    });
    cipher.setAuthTag(fragment.subarray(EXPLICIT_NONCE_BYTES + size));
    const end = EXPLICIT_NONCE_BYTES + size;
    const clear = cipher.update(fragment.subarray(EXPLICIT_NONCE_BYTES, end));
    return concat(clear, cipher.final());
  } catch {
    return undefined; // the one way in which node:crypto says "not authentic"
  }
}

/**
 * A protected record with that header (type, version, epoch and sequence number;
 * its length is set) around a clear text.
 */
export function sealRecord(
  header: Uint8Array,
  clear: Uint8Array,
  key: Uint8Array,
  salt: Uint8Array,
): Uint8Array {
  // The epoch and sequence number never repeat, so they serve as the nonce.
  const explicit = header.slice(3, 11);
  const cipher = createCipheriv("aes-128-gcm", key, concat(salt, explicit), {
    authTagLength: TAG_BYTES,
  });
  cipher.setAAD(additionalData(header, clear.length), {
    plaintextLength: clear.length,
  });
  const sealed = concat(cipher.update(clear), cipher.final());
  const fragment = concat(explicit, sealed, cipher.getAuthTag());
  const record = concat(header.subarray(0, RECORD_HEADER_BYTES), fragment);
  viewOf(record).setUint16(11, fragment.length);
  return record;
}

/** RFC 5246 §6.2.3.3: epoch, sequence number, type, version, length. */
function additionalData(header: Uint8Array, sizeBytes: number): Uint8Array {
  const data = new Uint8Array(13);
  data.set(header.subarray(3, 11), 0);
  data.set(header.subarray(0, 3), 8);
  viewOf(data).setUint16(11, sizeBytes);
  return data;
}
