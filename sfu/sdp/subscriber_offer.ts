import { type CodecName, CODECS } from "./codecs.ts";
import type { LocalSdp } from "./local_sdp.ts";
import type { Msid } from "./msid.ts";
import {
  codecLines,
  joinLines,
  sessionLines,
  transportLines,
} from "./write.ts";

/** One track of a subscription. Sections are never removed, only made inactive. */
export interface SubscriberSection {
  readonly mid: string;
  readonly kind: "audio" | "video";
  /** Whether we send it now. */
  readonly active: boolean;
  readonly codec: CodecName;
  /** The codec's `subscriberPayloadType`. */
  readonly payloadType: number;
  /** The publisher's. */
  readonly fmtp?: string | undefined;
  readonly ssrc: number;
  /** The publisher's, so that a viewer keeps its audio and video in step. */
  readonly cname: string;
  /** From `toSubscriberMsid`: neither part is empty. */
  readonly msid: Msid;
}

/**
 * Writes an offer to a viewer. Each section has one codec, with all feedback
 * that we understand, and no header extension: a viewer tells tracks apart by
 * their SSRCs.
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
  const formats = [payloadType];
  return [
    ...transportLines({ media, protocol, formats }, mid, local, "actpass"),
    ...section.active ? sourceLines(section) : ["a=inactive"],
    ...codecLines(codec, payloadType, fmtp, CODECS[codec].feedback),
  ];
}

function sourceLines({ ssrc, cname, msid }: SubscriberSection): string[] {
  const ids = `${msid.streamId} ${msid.trackId}`;
  return [
    "a=sendonly",
    `a=msid:${ids}`,
    `a=ssrc:${ssrc} cname:${cname}`,
    `a=ssrc:${ssrc} msid:${ids}`,
  ];
}
