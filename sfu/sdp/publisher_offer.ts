import type { RemoteParameters } from "../transport/ports.ts";
import { type CodecName, TRANSPORT_FEEDBACK } from "./codecs.ts";
import {
  cannotUse,
  parseDocument,
  type SdpDocument,
  type Section,
  sectionName,
} from "./document.ts";
import {
  allowsMixedHeaders,
  AUDIO_LEVEL_EXTENSION,
  DEPENDENCY_EXTENSION,
  findExtensionId,
  findSentExtensionId,
  MID_EXTENSION,
  REPAIRED_ID_EXTENSION,
  STREAM_ID_EXTENSION,
  TRANSPORT_SEQUENCE_EXTENSION,
} from "./extensions.ts";
import { type Msid, parseMsid } from "./msid.ts";
import { type OfferedCodec, parseCodecs } from "./offered_codecs.ts";
import { parseRemoteTransport } from "./remote_transport.ts";
import { isReceivable, parseDirection } from "./section_state.ts";
import { type OfferedEncoding, parseSimulcast } from "./simulcast.ts";
import { parseSources } from "./sources.ts";

export type { OfferedCodec } from "./offered_codecs.ts";

/** The RTP header extensions of a section that we agree to, by their ids. */
export interface AgreedExtensions {
  /** That which carries the mid. */
  readonly midExtensionId?: number | undefined;
  /** That which names the encoding. */
  readonly streamIdExtensionId?: number | undefined;
  /** That which names the encoding that is repaired. */
  readonly repairedIdExtensionId?: number | undefined;
  /** That which tells the layers of AV1. */
  readonly dependencyExtensionId?: number | undefined;
  /** Of these, those that the client only sends. */
  readonly oneWayExtensionIds?: readonly number[];
  /** That which numbers the packets of all sections together. */
  readonly transportSequenceId?: number | undefined;
  /** That which tells how loud a packet of sound is. */
  readonly audioLevelId?: number | undefined;
  /** Whether those of more than 16 bytes can be sent, as some of layers are. */
  readonly mixedHeaders?: boolean;
}

/** A section whose track we receive. */
export interface AcceptedSection extends AgreedExtensions {
  readonly accepted: true;
  readonly answer: "recvonly";
  readonly mid: string;
  readonly kind: "audio" | "video";
  readonly protocol: string;
  /** At least one. */
  readonly codecs: readonly OfferedCodec[];
  /** With simulcast, at least two; without, none. */
  readonly simulcast: readonly OfferedEncoding[];
  /** Without those of retransmission and FEC; empty if the offer names none. */
  readonly ssrcs: readonly number[];
  /** What is sent again has a source of its own, by the source it repairs. */
  readonly rtxSsrcs: ReadonlyMap<number, number>;
  readonly cname?: string | undefined;
  readonly msid?: Msid | undefined;
}

/** A section that could be received but sends nothing now. */
export interface InactiveSection extends AgreedExtensions {
  readonly accepted: false;
  readonly answer: "inactive";
  readonly mid: string;
  readonly kind: "audio" | "video";
  readonly protocol: string;
  readonly codecs: readonly OfferedCodec[];
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
 * Simulcast is taken where packets name their encoding in a header extension.
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
  const offered = parseCodecs(section, allowed);
  const extensions = parseExtensions(document, section, offered);
  // Feedback on all packets of a peer needs the numbers to name them by.
  const codecs = extensions.transportSequenceId !== undefined
    ? offered
    : offered.map((codec) => ({
      ...codec,
      feedback: codec.feedback.filter((one) => one !== TRANSPORT_FEEDBACK),
    }));
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
  if (!parseDirection(document, section).sends) {
    return { accepted: false, answer: "inactive", ...common, ...extensions };
  }
  return {
    accepted: true,
    answer: "recvonly",
    ...common,
    ...parseSources(section),
    simulcast: extensions.streamIdExtensionId === undefined
      ? []
      : parseSimulcast(section),
    msid: parseMsid(section),
    ...extensions,
  };
}

/** Numbers are of use only to a sender who reads the feedback on them. */
function parseExtensions(
  document: SdpDocument,
  section: Section,
  codecs: readonly OfferedCodec[],
): AgreedExtensions {
  const reads = codecs.some(({ feedback }) =>
    feedback.includes(TRANSPORT_FEEDBACK)
  );
  const forVideo = (uri: string) =>
    section.media === "video" ? findExtensionId(section, uri) : undefined;
  // Firefox only sends names of encodings.
  const oneWay = (uri: string) =>
    section.media === "video" ? findSentExtensionId(section, uri) : undefined;
  const streamId = oneWay(STREAM_ID_EXTENSION);
  const repairedId = oneWay(REPAIRED_ID_EXTENSION);
  const oneWayIds = [streamId, repairedId].filter((id) => id !== undefined);
  return {
    midExtensionId: forVideo(MID_EXTENSION),
    streamIdExtensionId: forVideo(STREAM_ID_EXTENSION) ?? streamId,
    repairedIdExtensionId: forVideo(REPAIRED_ID_EXTENSION) ?? repairedId,
    dependencyExtensionId: codecs.some(({ codec }) => codec === "av1")
      ? forVideo(DEPENDENCY_EXTENSION)
      : undefined,
    ...oneWayIds.length > 0 ? { oneWayExtensionIds: oneWayIds } : {},
    audioLevelId: section.media === "audio"
      ? findExtensionId(section, AUDIO_LEVEL_EXTENSION)
      : undefined,
    transportSequenceId: reads
      ? findExtensionId(section, TRANSPORT_SEQUENCE_EXTENSION)
      : undefined,
    ...allowsMixedHeaders(document, section) ? { mixedHeaders: true } : {},
  };
}

/**
 * Refuses what would make packets ambiguous: one SSRC for two tracks, one
 * payload type for two codecs (RFC 9143 §9.1), two ids for one extension.
 */
function requireDistinct(sections: readonly OfferedSection[]): void {
  const ssrcs = new Set<number>();
  const codecs = new Map<number, string>();
  const ids = new Map<string, number>();
  for (const section of sections) {
    if (section.answer === "rejected") continue;
    for (const ssrc of section.accepted ? section.ssrcs : []) {
      if (ssrcs.has(ssrc)) {
        throw cannotUse("offer", `SSRC ${ssrc} is in two sections`);
      }
      ssrcs.add(ssrc);
    }
    for (const [payloadType, use] of section.codecs.flatMap(usesOf)) {
      if ((codecs.get(payloadType) ?? use) !== use) {
        throw cannotUse("offer", `payload type ${payloadType} is used twice`);
      }
      codecs.set(payloadType, use);
    }
    for (const [key, what] of Object.entries(EXTENSIONS)) {
      const id = section[key as keyof typeof EXTENSIONS];
      if (id === undefined) continue;
      if ((ids.get(key) ?? id) !== id) {
        throw cannotUse("offer", `the ${what} extension has two ids`);
      }
      ids.set(key, id);
    }
  }
}

/** What to call the extensions, for people. */
const EXTENSIONS = {
  midExtensionId: "mid",
  streamIdExtensionId: "stream id",
  repairedIdExtensionId: "repaired stream id",
  dependencyExtensionId: "dependency descriptor",
  transportSequenceId: "transport sequence",
} as const;

/** What a codec's payload types stand for. */
function usesOf(codec: OfferedCodec): [number, string][] {
  const { payloadType, rtxPayloadType, redPayloadType } = codec;
  const uses: [number, string][] = [[payloadType, codec.codec]];
  if (rtxPayloadType !== undefined) {
    uses.push([rtxPayloadType, `rtx of ${payloadType}`]);
  }
  if (redPayloadType !== undefined) {
    uses.push([redPayloadType, `red of ${codec.codec}`]);
  }
  return uses;
}
