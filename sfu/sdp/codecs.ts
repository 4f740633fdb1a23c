/** Names a codec as group descriptions do. */
export type CodecName = "vp8" | "opus";

/** What SDP needs to know of a codec. */
export interface Codec {
  readonly name: CodecName;
  readonly kind: "audio" | "video";
  /** The encoding name of `a=rtpmap`; compared without regard to case. */
  readonly encoding: string;
  readonly clockRate: number;
  /** 1 unless `a=rtpmap` says otherwise. */
  readonly channels: number;
  /**
   * The payload type towards viewers. It is the same in every offer of ours, so
   * that a viewer sees one number for one codec, whoever publishes.
   */
  readonly subscriberPayloadType: number;
  /** That of its retransmissions towards viewers (RFC 4588); none if absent. */
  readonly subscriberRtxPayloadType?: number;
  /** That of redundancy towards viewers (RFC 2198); none if absent. */
  readonly subscriberRedPayloadType?: number;
  /** RTCP feedback that we give and take, in the words of `a=rtcp-fb`. */
  readonly feedback: readonly string[];
}

/** In the words of `a=rtcp-fb`: feedback about all packets of a peer. */
export const TRANSPORT_FEEDBACK = "transport-cc";

const VIDEO_FEEDBACK = [
  "goog-remb",
  TRANSPORT_FEEDBACK,
  "nack",
  "nack pli",
  "ccm fir",
] as const;

/** The codecs that we forward. */
export const CODECS: Readonly<Record<CodecName, Codec>> = {
  vp8: {
    name: "vp8",
    kind: "video",
    encoding: "VP8",
    clockRate: 90_000,
    channels: 1,
    subscriberPayloadType: 96,
    subscriberRtxPayloadType: 97,
    feedback: VIDEO_FEEDBACK,
  },
  opus: {
    name: "opus",
    kind: "audio",
    encoding: "opus",
    clockRate: 48_000,
    channels: 2,
    subscriberPayloadType: 111,
    subscriberRedPayloadType: 63,
    feedback: [TRANSPORT_FEEDBACK],
  },
};
