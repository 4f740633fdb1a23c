import type { RemoteParameters } from "../transport/ports.ts";
import type { CodecName } from "./codecs.ts";
import {
  allValues,
  cannotUse,
  parseDocument,
  type SdpDocument,
  type Section,
  sectionName,
} from "./document.ts";
import { toInteger } from "./grammar.ts";
import { type Msid, parseMsid } from "./msid.ts";
import { type OfferedCodec, parseCodecs } from "./offered_codecs.ts";
import { parseRemoteTransport } from "./remote_transport.ts";
import { isReceivable, parseDirection } from "./section_state.ts";
import { parseSources } from "./sources.ts";

export type { OfferedCodec } from "./offered_codecs.ts";

/** The only RTP header extension that we agree to (RFC 9143 §15). */
export const MID_EXTENSION = "urn:ietf:params:rtp-hdrext:sdes:mid";
/** The highest id of a one-byte header (RFC 8285 §4.2). */
const MAX_EXTENSION_ID = 14;

/** A section whose track we receive. */
export interface AcceptedSection {
  readonly accepted: true;
  readonly answer: "recvonly";
  readonly mid: string;
  readonly kind: "audio" | "video";
  readonly protocol: string;
  /** At least one. */
  readonly codecs: readonly OfferedCodec[];
  /** Without those of retransmission and FEC; empty if the offer names none. */
  readonly ssrcs: readonly number[];
  readonly cname?: string | undefined;
  readonly msid?: Msid | undefined;
  /** The RTP header extension that carries the mid, if agreed. */
  readonly midExtensionId?: number | undefined;
}

/** A section that could be received but sends nothing now. */
export interface InactiveSection {
  readonly accepted: false;
  readonly answer: "inactive";
  readonly mid: string;
  readonly kind: "audio" | "video";
  readonly protocol: string;
  readonly codecs: readonly OfferedCodec[];
  readonly midExtensionId?: number | undefined;
}

/** A section that is no use to us, or that the client itself has given up. */
export interface RejectedSection {
  readonly accepted: false;
  readonly answer: "rejected";
  /** Empty if the section has none. */
  readonly mid: string;
  /** `audio`, `video`, `application`… */
  readonly media: string;
  readonly protocol: string;
  /** The first format of its `m=` line, as an answer must name one. */
  readonly format: string;
}

/** A section of an offer, and what we answer to it. */
export type OfferedSection =
  | AcceptedSection
  | InactiveSection
  | RejectedSection;

/** What a publisher offers. */
export interface PublisherOffer {
  readonly remote: RemoteParameters;
  /** All of them, in the offer's order. */
  readonly sections: readonly OfferedSection[];
  /**
   * The mids of the BUNDLE group that are not rejected, in the group's order;
   * empty if there is no group.
   */
  readonly bundle: readonly string[];
}

/**
 * Reads a publisher's offer (RFC 8829 §5.8).
 *
 * Sections that we cannot use, such as data channels, are rejected and the rest
 * goes on. The offer as a whole is refused if nothing is left, if what is left
 * is not on one transport, or if its packets could not be told apart.
 *
 * Simulcast is not answered, so a browser sends its first encoding only.
 *
 * @param codecs those that the group allows
 * @throws {SdpError} if we cannot answer it
 */
export function parsePublisherOffer(
  sdp: string,
  codecs: readonly CodecName[],
): PublisherOffer {
  const document = parseDocument(sdp, "offer");
  const sections = document.sections.map((section) =>
    parseOfferedSection(document, section, codecs)
  );
  const live = document.sections.filter((_, index) =>
    sections[index]?.answer !== "rejected"
  );
  if (live.length === 0) {
    const wanted = codecs.join(", ");
    throw cannotUse("offer", `no audio or video section with one of ${wanted}`);
  }
  requireDistinct(sections);
  return { ...parseRemoteTransport(document, live), sections };
}

function parseOfferedSection(
  document: SdpDocument,
  section: Section,
  allowed: readonly CodecName[],
): OfferedSection {
  const { mid, media, protocol } = section;
  const codecs = parseCodecs(section, allowed);
  const isAv = media === "audio" || media === "video";
  if (!isAv || codecs.length === 0 || !isReceivable(section)) {
    const format = section.formats[0] ?? "0";
    return {
      accepted: false,
      answer: "rejected",
      mid,
      media,
      protocol,
      format,
    };
  }
  if (mid === "") throw cannotUse("offer", `no mid in ${sectionName(section)}`);

  const common = { mid, kind: media, protocol, codecs } as const;
  const midExtensionId = media === "video" ? parseMidId(section) : undefined;
  if (!parseDirection(document, section).sends) {
    return { accepted: false, answer: "inactive", ...common, midExtensionId };
  }
  return {
    accepted: true,
    answer: "recvonly",
    ...common,
    ...parseSources(section),
    msid: parseMsid(section),
    midExtensionId,
  };
}

/** The id of the mid extension, unless it is offered in one direction only. */
function parseMidId(section: Section): number | undefined {
  for (const value of allValues(section.attributes, "extmap")) {
    const [id = "", uri] = value.split(" ");
    const number = toInteger(id, MAX_EXTENSION_ID);
    if (uri === MID_EXTENSION && number) return number;
  }
  return undefined;
}

/**
 * Refuses what would make packets ambiguous: one SSRC for two tracks, one
 * payload type for two codecs (RFC 9143 §9.1), two ids for one extension.
 */
function requireDistinct(sections: readonly OfferedSection[]): void {
  const ssrcs = new Set<number>();
  const codecs = new Map<number, string>();
  let midId: number | undefined;
  for (const section of sections) {
    if (section.answer === "rejected") continue;
    for (const ssrc of section.accepted ? section.ssrcs : []) {
      if (ssrcs.has(ssrc)) {
        throw cannotUse("offer", `SSRC ${ssrc} is in two sections`);
      }
      ssrcs.add(ssrc);
    }
    for (const { payloadType, codec } of section.codecs) {
      if ((codecs.get(payloadType) ?? codec) !== codec) {
        throw cannotUse("offer", `payload type ${payloadType} is used twice`);
      }
      codecs.set(payloadType, codec);
    }
    if (section.midExtensionId === undefined) continue;
    if ((midId ??= section.midExtensionId) !== section.midExtensionId) {
      throw cannotUse("offer", "the mid extension has two ids");
    }
  }
}
