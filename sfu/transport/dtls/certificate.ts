import "reflect-metadata"; // which x509 wants to be there before it
import { X509Certificate } from "node:crypto";
import { X509CertificateGenerator } from "@peculiar/x509";

/** A certificate and its key, for DTLS. */
export interface Credentials {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** The key in DER, PKCS #8. */
  readonly keyDer: Uint8Array;
  /** The certificate in DER, of which SDP has the fingerprint. */
  readonly certificate: Uint8Array;
}

/** WebRTC checks no dates, only the fingerprint; this outlives any process. */
const VALID_YEARS = 10;

/**
 * Makes a self-signed ECDSA P-256 certificate, as browsers do (RFC 8827 §6.5).
 * Small enough for one DTLS fragment.
 */
export async function createCredentials(): Promise<Credentials> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, [
    "sign",
    "verify",
  ]);
  const notBefore = new Date();
  notBefore.setUTCDate(notBefore.getUTCDate() - 1);
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + VALID_YEARS);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: positiveSerial(),
    name: "CN=WebRTC",
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys,
  });
  const certificatePem = certificate.toString("pem");
  const keyDer = new Uint8Array(
    await crypto.subtle.exportKey("pkcs8", keys.privateKey),
  );
  return {
    certificatePem,
    keyPem: toPem("PRIVATE KEY", keyDer),
    keyDer,
    certificate: new Uint8Array(new X509Certificate(certificatePem).raw),
  };
}

/** 16 hex digits whose first bit is 0: Firefox refuses negative numbers. */
function positiveSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  bytes[0]! = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toHex();
}

function toPem(label: string, der: Uint8Array): string {
  const lines = der.toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${
    lines.join("\n")
  }\n-----END ${label}-----\n`;
}
