import type { Fingerprint, RemoteParameters } from "../transport/ports.ts";
import {
  allValues,
  cannotUse,
  firstValue,
  type SdpDocument,
  type Section,
  sectionName,
} from "./document.ts";

/** Hash functions that we check certificates with, and their sizes in bytes. */
const HASHES: ReadonlyMap<string, number> = new Map([
  ["sha-256", 32],
  ["sha-384", 48],
  ["sha-512", 64],
]);
const MAX_FINGERPRINTS = 8;

/** `ice-char` (RFC 8839 §5.4). */
const ICE_CHARS = /^[A-Za-z0-9+/]+$/;
const MAX_ICE_CHARS = 256;
const MIN_UFRAG_CHARS = 4;
const MIN_PASSWORD_CHARS = 22;

/** The one transport of a document, and the sections that share it. */
export interface RemoteTransport {
  readonly remote: RemoteParameters;
  /** The mids of `live`, in the order of the BUNDLE group; empty without one. */
  readonly bundle: readonly string[];
}

/**
 * Reads ICE and DTLS parameters of the transport that `live` sections share.
 *
 * A peer of ours has one transport. So either there is one live section, or
 * one BUNDLE group (RFC 9143) holds them all; then the parameters stand in the
 * first live section in the group's order, or at session level.
 *
 * @param live those that are not rejected; at least one
 * @throws {SdpError} if there are several transports or something is missing
 */
export function parseRemoteTransport(
  document: SdpDocument,
  live: readonly Section[],
): RemoteTransport {
  const { subject } = document;
  if (document.attributes.has("ice-lite")) {
    throw cannotUse(subject, "it is of an ICE-lite agent, as we are one");
  }
  const bundle = findBundle(document, live);
  const section = findCarrier(document, live, bundle);
  requireMux(document, section);
  requireActive(document, section);
  return {
    remote: {
      iceUfrag: parseIce(document, section, "ice-ufrag"),
      icePwd: parseIce(document, section, "ice-pwd"),
      fingerprints: parseFingerprints(document, section),
    },
    bundle: bundle.filter((mid) => live.some((other) => other.mid === mid)),
  };
}

/** The BUNDLE group of the live sections; empty if one stands alone. */
function findBundle(
  document: SdpDocument,
  live: readonly Section[],
): readonly string[] {
  const known = new Set(document.sections.map(({ mid }) => mid));
  known.delete("");
  const groups = allValues(document.attributes, "group")
    .map((value) => value.split(" "))
    .filter(([semantics]) => semantics === "BUNDLE")
    .map(([, ...mids]) => [...new Set(mids)].filter((mid) => known.has(mid)));
  const [first, ...others] = live;
  const bundle = groups.find((mids) => first && mids.includes(first.mid)) ?? [];
  const outside = others.find(({ mid }) => !bundle.includes(mid));
  if (first && outside) {
    const reason = `${sectionName(outside)} is not bundled with ` +
      `${sectionName(first)}, and a peer has one transport`;
    throw cannotUse(document.subject, reason);
  }
  return bundle;
}

/** The section whose transport attributes count (RFC 9143 §7.2, §7.3). */
function findCarrier(
  document: SdpDocument,
  live: readonly Section[],
  bundle: readonly string[],
): Section {
  const byMid = (sections: readonly Section[]) =>
    bundle.flatMap((mid) => sections.find((one) => one.mid === mid) ?? []);
  const hasIce = ({ attributes }: Section) => attributes.has("ice-ufrag");
  const carrier = byMid(live).find(hasIce) ??
    byMid(document.sections).find(hasIce) ?? live[0];
  if (!carrier) throw cannotUse(document.subject, "no section is left");
  return carrier;
}

/** The value in the section, else that of the whole session. */
function inheritedValue(
  document: SdpDocument,
  section: Section,
  name: string,
): string | undefined {
  return firstValue(section.attributes, name) ??
    firstValue(document.attributes, name);
}

function requireMux(document: SdpDocument, section: Section): void {
  const { attributes } = section;
  if (attributes.has("rtcp-mux") || attributes.has("rtcp-mux-only")) return;
  // A section of data channels may carry the transport, and has no RTCP.
  if (section.media === "application") return;
  throw cannotUse(document.subject, `no rtcp-mux in ${sectionName(section)}`);
}

/**
 * We are always the DTLS server. Without `a=setup` an offer means `active` and
 * an answer `passive` (RFC 4145 §4), so that only the former will do.
 */
function requireActive(document: SdpDocument, section: Section): void {
  const { subject } = document;
  const setup = inheritedValue(document, section, "setup") ??
    (subject === "offer" ? "active" : "passive");
  const good = setup === "active" ||
    (subject === "offer" && setup === "actpass");
  if (good) return;
  throw cannotUse(
    subject,
    `the client must be the DTLS client in ${sectionName(section)}`,
  );
}

function parseIce(
  document: SdpDocument,
  section: Section,
  name: "ice-ufrag" | "ice-pwd",
): string {
  const [words, minChars] = name === "ice-ufrag"
    ? ["ICE user fragment", MIN_UFRAG_CHARS]
    : ["ICE password", MIN_PASSWORD_CHARS];
  const value = inheritedValue(document, section, name);
  const { subject } = document;
  if (value === undefined) {
    throw cannotUse(subject, `no ${words} in ${sectionName(section)}`);
  }
  const valid = value.length >= minChars && value.length <= MAX_ICE_CHARS &&
    ICE_CHARS.test(value);
  if (!valid) {
    throw cannotUse(subject, `malformed ${words} in ${sectionName(section)}`);
  }
  return value;
}

/** Those whose hash we know; the others are left out (RFC 8122 §5). */
function parseFingerprints(
  document: SdpDocument,
  section: Section,
): Fingerprint[] {
  const own = allValues(section.attributes, "fingerprint");
  const lines = own.length > 0
    ? own
    : allValues(document.attributes, "fingerprint");
  const { subject } = document;
  if (lines.length === 0) {
    throw cannotUse(subject, `no fingerprint in ${sectionName(section)}`);
  }
  if (lines.length > MAX_FINGERPRINTS) {
    throw cannotUse(subject, `more than ${MAX_FINGERPRINTS} fingerprints`);
  }
  const fingerprints = lines.flatMap((line) => {
    const [algorithm = "", value = "", ...rest] = line.split(" ");
    const sizeBytes = HASHES.get(algorithm.toLowerCase());
    if (sizeBytes === undefined) return [];
    if (!isHexOf(sizeBytes, value) || rest.length > 0) {
      throw cannotUse(
        subject,
        `malformed fingerprint in ${sectionName(section)}`,
      );
    }
    return [{
      algorithm: algorithm.toLowerCase(),
      value: value.toUpperCase(),
    }];
  });
  if (fingerprints.length === 0) {
    const known = [...HASHES.keys()].join(", ");
    throw cannotUse(subject, `no fingerprint by one of ${known}`);
  }
  return fingerprints;
}

function isHexOf(sizeBytes: number, value: string): boolean {
  return value.length === sizeBytes * 3 - 1 &&
    /^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*$/.test(value);
}
