/** Names a codec as group descriptions do. */
export type CodecName =
  | "vp8"
  | "vp9"
  | "av1"
  | "h264"
  | "opus"
  | "g722"
  | "pcmu"
  | "pcma";

/** A codec, and where decoders differ by it, the profile. */
export type FormatName =
  | Exclude<CodecName, "vp9" | "h264">
  | "vp9"
  | "vp9-profile-2"
  | "h264"
  | "h264-baseline";

/** What SDP needs to know of a codec in one profile. */
export interface Codec {
  /** The codec, whatever the profile. */
  readonly name: CodecName;
  readonly kind: "audio" | "video";
  /** The encoding name of `a=rtpmap`; compared without regard to case. */
  readonly encoding: string;
  readonly clockRate: number;
  /** 1 unless `a=rtpmap` says otherwise. */
  readonly channels: number;
  /**
   * The payload type in our offers to viewers. It is the same in every one, so
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

/** The formats that we forward, with the numbers of row B-5. */
export const CODECS: Readonly<Record<FormatName, Codec>> = {
  "vp8": video("vp8", "VP8", 96, 97),
  "vp9": video("vp9", "VP9", 98, 99),
  "vp9-profile-2": video("vp9", "VP9", 100, 101),
  "av1": video("av1", "AV1", 35, 36),
  "h264": video("h264", "H264", 108, 109),
  "h264-baseline": video("h264", "H264", 102, 103),
  "opus": {
    ...audio("opus", "opus", 111),
    clockRate: 48_000,
    channels: 2,
    subscriberRedPayloadType: 63,
  },
  "g722": audio("g722", "G722", 9),
  "pcmu": audio("pcmu", "PCMU", 0),
  "pcma": audio("pcma", "PCMA", 8),
};

/**
 * The formats of which `a=rtpmap` may be missing, by their payload types
 * (RFC 3551 §6): of ours.
 */
export const STATIC_RTPMAPS: ReadonlyMap<number, string> = new Map([
  [0, "PCMU/8000"],
  [8, "PCMA/8000"],
  [9, "G722/8000"],
]);

function video(
  name: CodecName,
  encoding: string,
  payloadType: number,
  rtxPayloadType: number,
): Codec {
  return {
    name,
    kind: "video",
    encoding,
    clockRate: 90_000,
    channels: 1,
    subscriberPayloadType: payloadType,
    subscriberRtxPayloadType: rtxPayloadType,
    feedback: VIDEO_FEEDBACK,
  };
}

function audio(name: CodecName, encoding: string, payloadType: number): Codec {
  return {
    name,
    kind: "audio",
    encoding,
    clockRate: 8_000,
    channels: 1,
    subscriberPayloadType: payloadType,
    feedback: [TRANSPORT_FEEDBACK],
  };
}
