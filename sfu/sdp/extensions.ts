import { allValues, type SdpDocument, type Section } from "./document.ts";
import { toInteger } from "./grammar.ts";

/** Names the section that a packet belongs to (RFC 9143 §15). */
export const MID_EXTENSION = "urn:ietf:params:rtp-hdrext:sdes:mid";

/**
 * Numbers all packets of a peer, whatever their source
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 §2).
 */
export const TRANSPORT_SEQUENCE_EXTENSION =
  "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/** Names the encoding that a packet is of (RFC 8852 §4.1). */
export const STREAM_ID_EXTENSION =
  "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

/** Names the encoding that a packet repairs (RFC 8852 §4.2). */
export const REPAIRED_ID_EXTENSION =
  "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";

/** Says of each packet of sound how loud it is (RFC 6464). */
export const AUDIO_LEVEL_EXTENSION =
  "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/** The id of {@linkcode AUDIO_LEVEL_EXTENSION} in our offers. */
export const AUDIO_LEVEL_ID = 1;

/** Tells to which layers a packet belongs (AV1 RTP payload format, appendix A). */
export const DEPENDENCY_EXTENSION =
  "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

/** The id of {@linkcode DEPENDENCY_EXTENSION} in our offers. */
export const DEPENDENCY_ID = 4;

/** The id of {@linkcode TRANSPORT_SEQUENCE_EXTENSION} in our offers. */
export const TRANSPORT_SEQUENCE_ID = 3;

/** The highest id of a one-byte header (RFC 8285 §4.2). */
const MAX_EXTENSION_ID = 14;

/**
 * Whether packets may have headers of one byte for their extensions or of two, as
 * they need (RFC 8285 §6). Without that, extensions of more than 16 bytes cannot
 * be sent.
 */
export function allowsMixedHeaders(
  document: SdpDocument,
  section: Section,
): boolean {
  return document.attributes.has(ALLOW_MIXED) ||
    section.attributes.has(ALLOW_MIXED);
}

/** The line that says so of a section. */
export function mixedHeadersLines(allowed: boolean | undefined): string[] {
  return allowed ? [`a=${ALLOW_MIXED}`] : [];
}

const ALLOW_MIXED = "extmap-allow-mixed";

/** The id of an extension, unless it is for one direction only, or not there. */
export function findExtensionId(
  section: Section,
  wanted: string,
): number | undefined {
  return findExtension(section, wanted, "");
}

/** The same of one that whoever wrote the section only sends. */
export function findSentExtensionId(
  section: Section,
  wanted: string,
): number | undefined {
  return findExtension(section, wanted, "/sendonly");
}

function findExtension(
  section: Section,
  wanted: string,
  direction: "" | "/sendonly",
): number | undefined {
  for (const value of allValues(section.attributes, "extmap")) {
    const [id = "", uri] = value.split(" ");
    if (uri !== wanted || !id.endsWith(direction)) continue;
    const digits = id.slice(0, id.length - direction.length);
    const number = toInteger(digits, MAX_EXTENSION_ID);
    if (number) return number;
  }
  return undefined;
}
