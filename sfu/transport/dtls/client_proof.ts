/**
 * What a DTLS client must prove: that its certificate is the one in its SDP,
 * and that it owns the certificate's key. werift only logs both.
 *
 * @module
 */
import { createHash, verify, X509Certificate } from "node:crypto";
import type { Fingerprint } from "../ports.ts";
import { readUint24, viewOf } from "./records.ts";

/** The hashes of RFC 8122 §5 that are still good; not SHA-1, not MD5. */
const HASHES: Readonly<Record<string, string>> = {
  "sha-256": "sha256",
  "sha-384": "sha384",
  "sha-512": "sha512",
};

/** RSA keys shorter than that, in bits, prove nothing. */
const MIN_RSA_BITS = 2_048;

/** The SHA-256 fingerprint of a certificate in DER. */
export function fingerprintOf(certificate: Uint8Array): Fingerprint {
  return { algorithm: "sha-256", value: digest("sha256", certificate) };
}

/**
 * The first certificate of a Certificate message (RFC 5246 §7.4.2), in DER;
 * `undefined` if there is none.
 */
export function decodeCertificate(body: Uint8Array): Uint8Array | undefined {
  if (body.length < 6) return undefined;
  const view = viewOf(body);
  const size = readUint24(view, 3);
  if (readUint24(view, 0) !== body.length - 3 || size === 0) return undefined;
  return 6 + size > body.length ? undefined : body.subarray(6, 6 + size);
}

/** Whether one of the fingerprints is the certificate's, by a good hash. */
export function matchesFingerprint(
  certificate: Uint8Array,
  expected: readonly Fingerprint[],
): boolean {
  return expected.some(({ algorithm, value }) => {
    const name = algorithm.toLowerCase();
    const hash = Object.hasOwn(HASHES, name) ? HASHES[name] : undefined;
    return hash !== undefined &&
      digest(hash, certificate) === value.toUpperCase();
  });
}

/**
 * Whether a CertificateVerify message (RFC 5246 §7.4.8) is signed with the
 * certificate's key over the transcript so far. Only what our CertificateRequest
 * offers is good: SHA-256 with ECDSA, or with RSA PKCS #1 v1.5.
 */
export function provesPossession(
  certificate: Uint8Array,
  transcript: Uint8Array,
  body: Uint8Array,
): boolean {
  if (body.length < 4) return false;
  const signature = body.subarray(4);
  if (viewOf(body).getUint16(2) !== signature.length) return false;
  const scheme = viewOf(body).getUint16(0);
  try {
    const { publicKey } = new X509Certificate(certificate);
    const type = publicKey.asymmetricKeyType;
    const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
    const fits = scheme === 0x0403
      ? type === "ec"
      : scheme === 0x0401 && type === "rsa" && bits >= MIN_RSA_BITS;
    return fits && verify("sha256", transcript, publicKey, signature);
  } catch {
    return false; // not a certificate, or a kind of key that is not known
  }
}

function digest(hash: string, bytes: Uint8Array): string {
  const hex = createHash(hash).update(bytes).digest("hex").toUpperCase();
  return hex.replace(/..(?!$)/g, "$&:");
}
