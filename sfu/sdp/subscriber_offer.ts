import { CODECS, type FormatName } from "./codecs.ts";
import type { LocalSdp } from "./local_sdp.ts";
import type { Msid } from "./msid.ts";
import {
  AUDIO_LEVEL_EXTENSION,
  AUDIO_LEVEL_ID,
  DEPENDENCY_EXTENSION,
  DEPENDENCY_ID,
  mixedHeadersLines,
  TRANSPORT_SEQUENCE_EXTENSION,
  TRANSPORT_SEQUENCE_ID,
} from "./extensions.ts";
import {
  codecLines,
  extensionLines,
  joinLines,
  redLines,
  rtxLines,
  sessionLines,
  transportLines,
} from "./write.ts";

/** One track of a subscription. Sections are never removed, only made inactive. */
export interface SubscriberSection {
  readonly mid: string;
  readonly kind: "audio" | "video";
  /** Whether we send it now. */
  readonly active: boolean;
  readonly codec: FormatName;
  /** The codec's `subscriberPayloadType`. */
  readonly payloadType: number;
  /** The publisher's. */
  readonly fmtp?: string | undefined;
  readonly ssrc: number;
  /** Under which it is sent again; of no use to codecs without retransmission. */
  readonly rtxSsrc: number;
  /** The publisher's, so that a viewer keeps its audio and video in step. */
  readonly cname: string;
  /** From `toSubscriberMsid`: neither part is empty. */
  readonly msid: Msid;
}

/**
 * Writes an offer to a viewer. Each section has one codec, with all feedback
 * that we understand, and what repairs its loss: retransmissions of pictures,
 * redundancy for sound. A viewer tells tracks apart by their SSRCs.
 */
export function writeSubscriberOffer(
  sections: readonly SubscriberSection[],
  local: LocalSdp,
): string {
  return joinLines([
    ...sessionLines(local, sections.map(({ mid }) => mid)),
    ...sections.flatMap((section) => sectionLines(section, local)),
  ]);
}

function sectionLines(section: SubscriberSection, local: LocalSdp): string[] {
  const { mid, kind: media, codec, payloadType, fmtp } = section;
  const protocol = "UDP/TLS/RTP/SAVPF";
  const { feedback, subscriberRtxPayloadType, subscriberRedPayloadType } =
    CODECS[codec];
  const formats = [
    payloadType,
    subscriberRtxPayloadType,
    subscriberRedPayloadType,
  ].filter((format) => format !== undefined);
  return [
    ...transportLines({ media, protocol, formats }, mid, local, "actpass"),
    ...section.active ? sourceLines(section) : ["a=inactive"],
    ...extensionLines(TRANSPORT_SEQUENCE_ID, TRANSPORT_SEQUENCE_EXTENSION),
    ...media === "audio"
      ? extensionLines(AUDIO_LEVEL_ID, AUDIO_LEVEL_EXTENSION)
      : [],
    ...codec === "av1"
      ? [
        ...mixedHeadersLines(true),
        ...extensionLines(DEPENDENCY_ID, DEPENDENCY_EXTENSION),
      ]
      : [],
    ...codecLines(codec, payloadType, fmtp, feedback),
    ...rtxLines(codec, payloadType, subscriberRtxPayloadType),
    ...redLines(codec, payloadType, subscriberRedPayloadType),
  ];
}

function sourceLines(section: SubscriberSection): string[] {
  const { ssrc, rtxSsrc, codec, cname, msid } = section;
  const ids = `${msid.streamId} ${msid.trackId}`;
  const hasRtx = CODECS[codec].subscriberRtxPayloadType !== undefined;
  return [
    "a=sendonly",
    `a=msid:${ids}`,
    ...hasRtx ? [`a=ssrc-group:FID ${ssrc} ${rtxSsrc}`] : [],
    ...(hasRtx ? [ssrc, rtxSsrc] : [ssrc]).flatMap((source) => [
      `a=ssrc:${source} cname:${cname}`,
      `a=ssrc:${source} msid:${ids}`,
    ]),
  ];
}
