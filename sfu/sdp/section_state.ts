import { firstValue, type SdpDocument, type Section } from "./document.ts";

/** RTP profiles that mean SRTP keyed by DTLS, today's and older names. */
const PROTOCOLS: ReadonlySet<string> = new Set([
  "UDP/TLS/RTP/SAVPF",
  "UDP/TLS/RTP/SAVP",
  "TCP/DTLS/RTP/SAVPF",
  "TCP/DTLS/RTP/SAVP",
  "RTP/SAVPF",
  "RTP/SAVP",
]);

/** What the writer of an SDP does in a section. */
export interface Direction {
  readonly sends: boolean;
  readonly receives: boolean;
}

/** Reads the direction; `sendrecv` is the default (RFC 8866 §6.7). */
export function parseDirection(
  document: SdpDocument,
  section: Section,
): Direction {
  for (const { attributes } of [section, document]) {
    if (attributes.has("sendonly")) return { sends: true, receives: false };
    if (attributes.has("recvonly")) return { sends: false, receives: true };
    if (attributes.has("inactive")) return { sends: false, receives: false };
    if (attributes.has("sendrecv")) break;
  }
  return { sends: true, receives: true };
}

/**
 * Whether a section is in use at all, and of a profile that we speak. Port 0
 * means it is not, unless it is to be bundled only (RFC 9143 §6).
 */
export function isReceivable(section: Section): boolean {
  const inUse = section.port !== 0 ||
    firstValue(section.attributes, "bundle-only") !== undefined;
  return inUse && PROTOCOLS.has(section.protocol);
}
