import "reflect-metadata"; // which x509 wants to be there before it
import * as x509 from "@peculiar/x509";
import { isIP } from "node:net";

import type { Log } from "../lib/log.ts";

/** A certificate chain and its private key, both PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** What {@linkcode openCertificate} needs to know. */
export interface CertificateOptions {
  /** Where `cert.pem` and `key.pem` are, or are to be. */
  readonly directory: string;
  /** Host names and IP addresses that a new certificate is made for. */
  readonly names: readonly string[];
  readonly now: Date;
  readonly log: Log;
}

/** The files of a certificate cannot be used; the text says which and why. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
}

/**
 * How long a certificate of our own lasts, in days. Longer spares people a
 * warning a year; but clients on Apple's systems refuse more than 825 days for
 * any certificate, and 398 is the limit for public ones that tools check for.
 */
const VALIDITY_DAYS = 397;

/**
 * A certificate of our own is renewed at start if it has fewer days left than
 * this: servers run for long, and an expired one cannot be clicked away
 * everywhere. Higher shows people the warning more often.
 */
const RENEWAL_DAYS = 30;

const DAY_MS = 86_400_000;

/** Marks our own certificates: only these are ever replaced. */
const SUBJECT = "CN=Nereid self-signed certificate";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * Reads `cert.pem` and `key.pem`, or makes them if there are none.
 *
 * What is made is kept, so that browsers have to accept it once only; it is
 * replaced when it has nearly expired. A pair that somebody else has put there
 * is used as it is, even if expired.
 *
 * @throws {CertificateError} if only one of the two is there, or they are not
 * readable as certificate and key
 */
export async function openCertificate(
  options: CertificateOptions,
): Promise<CertificatePair> {
  const certPath = `${options.directory}/cert.pem`;
  const keyPath = `${options.directory}/key.pem`;
  const cert = await readIfThere(certPath);
  const key = await readIfThere(keyPath);
  if (cert === undefined && key === undefined) {
    return await makeAndKeep(certPath, keyPath, options);
  }
  if (cert === undefined || key === undefined) {
    const [there, missing] = cert === undefined
      ? [keyPath, certPath]
      : [certPath, keyPath];
    throw new CertificateError(
      `Cannot use ${there}: ${missing} is missing. Put it there, or move ${there} away to have a new pair made`,
    );
  }
  const state = judge(cert, certPath, options.now);
  if (state === "foreign-expired") {
    options.log.warn("Certificate has expired", { file: certPath });
  }
  if (state !== "renew") return { cert, key };
  options.log.info("Certificate renewed", { file: certPath });
  return await makeAndKeep(certPath, keyPath, options);
}

/**
 * Makes a self-signed certificate (ECDSA P-256) for the given names.
 *
 * @param names host names and IP addresses; those that are neither are left out
 */
export async function makeCertificate(
  names: readonly string[],
  now: Date,
): Promise<CertificatePair> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, [
    "sign",
    "verify",
  ]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerialNumber(),
    name: SUBJECT,
    // An hour of grace for clients whose clocks are slow.
    notBefore: new Date(now.getTime() - 3_600_000),
    notAfter: new Date(now.getTime() + VALIDITY_DAYS * DAY_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(toAlternativeNames(names)),
    ],
  });
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: certificate.toString("pem") + "\n",
    key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY") + "\n",
  };
}

function toAlternativeNames(names: readonly string[]): x509.JsonGeneralName[] {
  const hostName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9-]+)*$/i;
  return [...new Set(names)].flatMap((name): x509.JsonGeneralName[] => {
    if (isIP(name) !== 0) return [{ type: "ip", value: name }];
    return hostName.test(name) ? [{ type: "dns", value: name }] : [];
  });
}

/** 16 random bytes in hex, positive as RFC 5280 §4.1.2.2 demands. */
function randomSerialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `4${bytes.toHex().slice(1)}`;
}

/** Whether a certificate is to be used or replaced. */
function judge(
  pem: string,
  path: string,
  now: Date,
): "use" | "renew" | "foreign-expired" {
  let certificate: x509.X509Certificate;
  try {
    certificate = new x509.X509Certificate(pem);
  } catch (error) {
    throw new CertificateError(
      `Cannot use ${path}: it is not a certificate in PEM form`,
      { cause: error },
    );
  }
  const leftMs = certificate.notAfter.getTime() - now.getTime();
  const isOurs = certificate.subject === SUBJECT &&
    certificate.issuer === SUBJECT;
  if (isOurs) return leftMs < RENEWAL_DAYS * DAY_MS ? "renew" : "use";
  return leftMs < 0 ? "foreign-expired" : "use";
}

async function makeAndKeep(
  certPath: string,
  keyPath: string,
  { directory, names, now }: CertificateOptions,
): Promise<CertificatePair> {
  const pair = await makeCertificate(names, now);
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  await writePrivately(`${keyPath}.new`, pair.key);
  await writePrivately(`${certPath}.new`, pair.cert);
  // Both are complete before either gets its name, so that a crash in between
  // does not leave half a pair.
  await Deno.rename(`${keyPath}.new`, keyPath);
  await Deno.rename(`${certPath}.new`, certPath);
  return pair;
}

async function writePrivately(path: string, text: string): Promise<void> {
  // The mode counts only when a file is created, hence no overwriting.
  await Deno.remove(path).catch(ignoreNotFound);
  await Deno.writeTextFile(path, text, { createNew: true, mode: 0o600 });
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await Deno.readTextFile(path).catch(ignoreNotFound);
}

function ignoreNotFound(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
