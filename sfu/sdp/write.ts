import { CODECS, type FormatName } from "./codecs.ts";
import type { AnnouncedAddress } from "../transport/ports.ts";
import type { LocalSdp } from "./local_sdp.ts";

/**
 * Joins lines to an SDP.
 *
 * @throws {Error} if one would be two: a bug of ours, as nothing that is echoed
 *   may contain a line's end
 */
export function joinLines(lines: readonly string[]): string {
  const bad = lines.find((line) => /[\r\n\0]/.test(line));
  if (bad !== undefined) {
    throw new Error(`Cannot write SDP: line break in ${JSON.stringify(bad)}`);
  }
  return lines.map((line) => `${line}\r\n`).join("");
}

/** The lines above the first section. */
export function sessionLines(
  local: LocalSdp,
  bundle: readonly string[],
): string[] {
  const { sessionId, sessionVersion } = local;
  return [
    "v=0",
    `o=- ${sessionId} ${sessionVersion} IN IP4 0.0.0.0`,
    "s=-",
    "t=0 0",
    ...bundle.length > 0 ? [`a=group:BUNDLE ${bundle.join(" ")}`] : [],
    "a=ice-lite",
  ];
}

/** The first lines of a section in use, with ICE and DTLS. */
export function transportLines(
  section: { media: string; protocol: string; formats: readonly number[] },
  mid: string,
  local: LocalSdp,
  setup: "passive" | "actpass",
): string[] {
  const { ice, fingerprint, candidates } = local;
  const { media, protocol, formats } = section;
  // RFC 8840 §4.1.1: port 9 of no address, while there is nothing to announce.
  const [main = { host: "0.0.0.0", port: 9 }] = candidates;
  return [
    `m=${media} ${main.port} ${protocol} ${formats.join(" ")}`,
    `c=IN ${main.host.includes(":") ? "IP6" : "IP4"} ${main.host}`,
    `a=mid:${mid}`,
    ...candidates.map(candidateLine),
    "a=end-of-candidates",
    `a=ice-ufrag:${ice.iceUfrag}`,
    `a=ice-pwd:${ice.icePwd}`,
    "a=ice-options:ice2",
    `a=fingerprint:${fingerprint.algorithm} ${fingerprint.value}`,
    `a=setup:${setup}`,
    "a=rtcp-mux",
  ];
}

/** The lines that describe a codec under a payload type. */
export function codecLines(
  name: FormatName,
  payloadType: number,
  fmtp: string | undefined,
  feedback: readonly string[],
): string[] {
  const { encoding, clockRate, channels } = CODECS[name];
  const suffix = channels > 1 ? `/${channels}` : "";
  return [
    `a=rtpmap:${payloadType} ${encoding}/${clockRate}${suffix}`,
    ...fmtp ? [`a=fmtp:${payloadType} ${fmtp}`] : [],
    ...feedback.map((one) => `a=rtcp-fb:${payloadType} ${one}`),
  ];
}

/** The lines that describe a codec's retransmissions (RFC 4588 §8.6), if any. */
export function rtxLines(
  name: FormatName,
  payloadType: number,
  rtxPayloadType: number | undefined,
): string[] {
  return rtxPayloadType === undefined ? [] : [
    `a=rtpmap:${rtxPayloadType} rtx/${CODECS[name].clockRate}`,
    `a=fmtp:${rtxPayloadType} apt=${payloadType}`,
  ];
}

/** The lines that describe a codec's redundancy (RFC 2198 §5), if any. */
export function redLines(
  name: FormatName,
  payloadType: number,
  redPayloadType: number | undefined,
): string[] {
  const { clockRate, channels } = CODECS[name];
  return redPayloadType === undefined ? [] : [
    `a=rtpmap:${redPayloadType} red/${clockRate}/${channels}`,
    `a=fmtp:${redPayloadType} ${payloadType}/${payloadType}`,
  ];
}

/** The line that agrees to a header extension (RFC 8285 §5), if it has an id. */
export function extensionLines(id: number | undefined, uri: string): string[] {
  return id === undefined ? [] : [`a=extmap:${id} ${uri}`];
}

/**
 * A host candidate for UDP (RFC 8839 §5.1) or TCP (RFC 6544 §4.5). Earlier
 * addresses are preferred, and UDP to TCP; each has a foundation of its own, as
 * each has its own base.
 */
function candidateLine(
  { host, port, transport }: AnnouncedAddress,
  index: number,
): string {
  const isTcp = transport === "tcp";
  const typePreference = isTcp ? 90 : 126;
  // RFC 6544 §4.2: 2^13 times 4, which passive host candidates have.
  const localPreference = (isTcp ? 4 * 2 ** 13 + 8_191 : 65_535) - index;
  // RFC 8445 §5.1.2.1, for component 1. A product, as `<<` would turn negative.
  const priority = typePreference * 2 ** 24 + localPreference * 2 ** 8 + 255;
  const kind = isTcp ? "typ host tcptype passive" : "typ host";
  const name = `${index + 1} 1 ${transport ?? "udp"}`;
  return `a=candidate:${name} ${priority} ${host} ${port} ${kind}`;
}
