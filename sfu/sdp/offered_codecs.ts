import { type Codec, type CodecName, CODECS } from "./codecs.ts";
import { allValues, type Section } from "./document.ts";
import { isPrintable, toInteger } from "./grammar.ts";

const MAX_PAYLOAD_TYPE = 127;
/** A browser's longest has some 80; what is longer is taken for none. */
const MAX_FMTP_CHARS = 512;

/**
 * How many formats of one section we take. Each is answered by several lines, so
 * that more would let a small offer make a large answer; browsers offer one or
 * two of each codec of ours.
 */
const MAX_CODECS = 8;

/** A codec of an offer that we forward, under the client's own number. */
export interface OfferedCodec {
  readonly codec: CodecName;
  readonly payloadType: number;
  readonly fmtp?: string | undefined;
  /** The number under which it is sent again (RFC 4588), if offered. */
  readonly rtxPayloadType?: number | undefined;
  /** The number under which it is sent with redundancy (RFC 2198), if offered. */
  readonly redPayloadType?: number | undefined;
  /** What both sides know. */
  readonly feedback: readonly string[];
}

/**
 * Finds what we can use of a section's formats, in the client's order of
 * preference. Retransmission and redundancy are formats of their own in SDP, but
 * belong to the codec that they carry; FEC is none of ours.
 *
 * @param allowed the codecs to look for
 */
export function parseCodecs(
  section: Section,
  allowed: readonly CodecName[],
): OfferedCodec[] {
  const rtpmap = byPayloadType(section, "rtpmap");
  const fmtp = byPayloadType(section, "fmtp");
  const feedback = byPayloadType(section, "rtcp-fb");
  const forAll = allValues(section.attributes, "rtcp-fb")
    .flatMap((value) => value.startsWith("* ") ? value.slice(2) : []);

  const carriers = section.formats.flatMap((format) => {
    const payloadType = toPayloadType(format);
    if (payloadType === undefined) return [];
    return [{
      payloadType,
      rtpmap: rtpmap.get(payloadType)?.[0] ?? "",
      fmtp: fmtp.get(payloadType)?.[0],
    }];
  });
  const usable = [...new Set(section.formats)].flatMap((format) => {
    const payloadType = toPayloadType(format);
    if (payloadType === undefined) return [];
    const codec = findCodec(rtpmap.get(payloadType)?.[0], allowed);
    if (codec?.kind !== section.media) return [];
    const offered = new Set([...feedback.get(payloadType) ?? [], ...forAll]);
    return [{
      codec: codec.name,
      payloadType,
      fmtp: fmtp.get(payloadType)?.find(isFmtp),
      rtxPayloadType: findRtx(carriers, codec, payloadType),
      redPayloadType: findRed(carriers, codec, payloadType),
      feedback: codec.feedback.filter((one) => offered.has(one)),
    }];
  });
  return usable.slice(0, MAX_CODECS);
}

/**
 * A payload type that can be told from RTCP on the same port: RFC 5761 §4
 * leaves 64 to 95 to RTCP.
 */
function toPayloadType(text: string): number | undefined {
  const value = toInteger(text, MAX_PAYLOAD_TYPE);
  return value !== undefined && (value < 64 || value > 95) ? value : undefined;
}

/** The values of attributes that begin with a payload type, without it. */
function byPayloadType(
  section: Section,
  name: string,
): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const value of allValues(section.attributes, name)) {
    const space = value.indexOf(" ");
    const payloadType = toPayloadType(value.slice(0, Math.max(space, 0)));
    if (payloadType === undefined) continue;
    const rest = value.slice(space + 1).trim();
    const values = found.get(payloadType);
    if (values) values.push(rest);
    else found.set(payloadType, [rest]);
  }
  return found;
}

/** The codec that an rtpmap such as `opus/48000/2` names (RFC 8866 §6.6). */
function findCodec(
  rtpmap: string | undefined,
  allowed: readonly CodecName[],
): Codec | undefined {
  const [encoding = "", clockRate = "", channels = "1", ...rest] =
    rtpmap?.split("/") ?? [];
  if (rest.length > 0) return undefined;
  return allowed.map((name) => CODECS[name]).find((codec) =>
    codec.encoding.toLowerCase() === encoding.toLowerCase() &&
    clockRate === String(codec.clockRate) &&
    channels === String(codec.channels)
  );
}

/** A format that may carry packets of another one. */
interface Carrier {
  readonly payloadType: number;
  readonly rtpmap: string;
  readonly fmtp: string | undefined;
}

/** The retransmissions of a format: `apt` names it (RFC 4588 §8.6). */
function findRtx(
  carriers: readonly Carrier[],
  { clockRate }: Codec,
  payloadType: number,
): number | undefined {
  return carriers.find(({ rtpmap, fmtp }) =>
    rtpmap.toLowerCase() === `rtx/${clockRate}` &&
    fmtp?.split(";").some((part) => part.trim() === `apt=${payloadType}`)
  )?.payloadType;
}

/** The redundancy of a format, which is all that it carries (RFC 2198 §5). */
function findRed(
  carriers: readonly Carrier[],
  { kind, clockRate, channels }: Codec,
  payloadType: number,
): number | undefined {
  if (kind !== "audio") return undefined;
  const only = new RegExp(`^${payloadType}(/${payloadType})*$`);
  return carriers.find(({ rtpmap, fmtp }) =>
    rtpmap.toLowerCase() === `red/${clockRate}/${channels}` &&
    fmtp !== undefined && only.test(fmtp)
  )?.payloadType;
}

function isFmtp(text: string): boolean {
  return isPrintable(text, MAX_FMTP_CHARS);
}
