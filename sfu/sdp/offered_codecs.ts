import {
  type Codec,
  type CodecName,
  CODECS,
  type FormatName,
  STATIC_RTPMAPS,
} from "./codecs.ts";
import { allValues, type Section } from "./document.ts";
import { isPrintable, toInteger } from "./grammar.ts";
import { matchProfile, type ProfileMatch } from "./profiles.ts";

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
  readonly codec: FormatName;
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
 * Finds what we can use of a section's formats: in the order of `allowed`, and
 * of the same codec in the client's order of preference. Of a codec of which
 * there are profiles, the preferred ones are taken if there is any, otherwise
 * all that we have a number for (B.2).
 *
 * Retransmission and redundancy are formats of their own in SDP, but belong to
 * the codec that they carry; FEC is none of ours.
 *
 * @param allowed the codecs to look for, those that are preferred first
 */
export function parseCodecs(
  section: Section,
  allowed: readonly CodecName[],
): OfferedCodec[] {
  const formats = readFormats(section);
  const known = formats.flatMap((format) => {
    const match = matchFormat(format, allowed);
    return match === undefined || CODECS[match.format].kind !== section.media
      ? []
      : [{ ...format, match }];
  });
  const feedback = byPayloadType(section, "rtcp-fb");
  const forAll = allValues(section.attributes, "rtcp-fb")
    .flatMap((value) => value.startsWith("* ") ? value.slice(2) : []);
  return allowed
    .flatMap((name) => preferred(known, name))
    .slice(0, MAX_CODECS)
    .map(({ payloadType, fmtp, match }) => {
      const codec = CODECS[match.format];
      const offered = new Set([
        ...feedback.get(payloadType) ?? [],
        ...forAll,
      ]);
      return {
        codec: match.format,
        payloadType,
        fmtp,
        rtxPayloadType: findRtx(formats, codec, payloadType),
        redPayloadType: findRed(formats, codec, payloadType),
        feedback: codec.feedback.filter((one) => offered.has(one)),
      };
    });
}

/** A format of a section, by what SDP says of it. */
interface Format {
  readonly payloadType: number;
  readonly rtpmap: string;
  readonly fmtp: string | undefined;
}

function readFormats(section: Section): Format[] {
  const rtpmap = byPayloadType(section, "rtpmap");
  const fmtp = byPayloadType(section, "fmtp");
  return [...new Set(section.formats)].flatMap((format) => {
    const payloadType = toPayloadType(format);
    if (payloadType === undefined) return [];
    return [{
      payloadType,
      rtpmap: rtpmap.get(payloadType)?.[0] ??
        STATIC_RTPMAPS.get(payloadType) ?? "",
      fmtp: fmtp.get(payloadType)?.find(isFmtp),
    }];
  });
}

type KnownFormat = Format & { readonly match: ProfileMatch };

/** Of a codec's formats, those to take: the exact ones, else all. */
function preferred(
  known: readonly KnownFormat[],
  name: CodecName,
): readonly KnownFormat[] {
  const all = known.filter(({ match }) => CODECS[match.format].name === name);
  const exact = all.filter(({ match }) => match.isExact);
  return exact.length > 0 ? exact : all;
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

/** Finds the codec that an rtpmap such as `opus/48000/2` names (RFC 8866 §6.6). */
function matchFormat(
  { rtpmap, fmtp }: Format,
  allowed: readonly CodecName[],
): ProfileMatch | undefined {
  const [encoding = "", clockRate = "", channels = "1", ...rest] = rtpmap
    .split("/");
  if (rest.length > 0) return undefined;
  const name = allowed.find((name) => {
    const codec = CODECS[name];
    return codec.encoding.toLowerCase() === encoding.toLowerCase() &&
      clockRate === String(codec.clockRate) &&
      channels === String(codec.channels);
  });
  return name === undefined ? undefined : matchProfile(name, fmtp);
}

/** The retransmissions of a format: `apt` names it (RFC 4588 §8.6). */
function findRtx(
  carriers: readonly Format[],
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
  carriers: readonly Format[],
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
