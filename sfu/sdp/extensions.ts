import { allValues, type Section } from "./document.ts";
import { toInteger } from "./grammar.ts";

/** Names the section that a packet belongs to (RFC 9143 §15). */
export const MID_EXTENSION = "urn:ietf:params:rtp-hdrext:sdes:mid";

/**
 * Numbers all packets of a peer, whatever their source
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 §2).
 */
export const TRANSPORT_SEQUENCE_EXTENSION =
  "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/** The id of {@linkcode TRANSPORT_SEQUENCE_EXTENSION} in our offers. */
export const TRANSPORT_SEQUENCE_ID = 3;

/** The highest id of a one-byte header (RFC 8285 §4.2). */
const MAX_EXTENSION_ID = 14;

/** The id of an extension, unless it is for one direction only, or not there. */
export function findExtensionId(
  section: Section,
  wanted: string,
): number | undefined {
  for (const value of allValues(section.attributes, "extmap")) {
    const [id = "", uri] = value.split(" ");
    const number = toInteger(id, MAX_EXTENSION_ID);
    if (uri === wanted && number) return number;
  }
  return undefined;
}
