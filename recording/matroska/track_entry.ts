import { concat, element, text, uint } from "./ebml.ts";

/** The codecs that files hold. */
export type RecordedCodec = "opus" | "vp8" | "vp9" | "av1" | "h264";

/** A picture's size in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** A track of a file. */
export type FileTrack =
  | { readonly kind: "audio"; readonly codec: "opus" }
  | {
    readonly kind: "video";
    readonly codec: Exclude<RecordedCodec, "opus">;
    /** Of the picture, in pixels; 0 if it is not known. */
    readonly size: PictureSize;
    /** What a decoder needs before the first picture, if it needs something. */
    readonly setup?: Uint8Array | undefined;
  };

const CODEC_IDS: Readonly<Record<RecordedCodec, string>> = {
  opus: "A_OPUS",
  vp8: "V_VP8",
  vp9: "V_VP9",
  av1: "V_AV1",
  h264: "V_MPEG4/ISO/AVC",
};

/** A decoder has to hear so much before what it plays is right (RFC 7845 §4.6). */
const SEEK_PRE_ROLL_NS = 80_000_000;

/**
 * What a file says of a track (RFC 9559 §5.1.4.1).
 *
 * @param number from 1
 */
export function trackEntry(track: FileTrack, number: number): Uint8Array {
  return element(
    0xae,
    uint(0xd7, number),
    uint(0x73c5, number),
    uint(0x83, track.kind === "video" ? 1 : 2),
    uint(0x9c, 0), // no lacing
    text(0x86, CODEC_IDS[track.codec]),
    ...(track.kind === "audio" ? audioParts() : videoParts(track)),
  );
}

function audioParts(): Uint8Array[] {
  const frequency = new Uint8Array(8);
  new DataView(frequency.buffer).setFloat64(0, 48_000);
  return [
    element(0x63a2, opusHead()),
    uint(0x56bb, SEEK_PRE_ROLL_NS),
    element(0xe1, element(0xb5, frequency), uint(0x9f, 2)),
  ];
}

function videoParts(
  { size, setup }: FileTrack & { kind: "video" },
): Uint8Array[] {
  const { width, height } = size;
  return [
    ...(setup === undefined ? [] : [element(0x63a2, setup)]),
    element(0xe0, uint(0xb0, width), uint(0xba, height)),
  ];
}

/** The identification header (RFC 7845 §5.1): what WebRTC sends is stereo. */
function opusHead(): Uint8Array {
  const magic = Uint8Array.from("OpusHead", (char) => char.charCodeAt(0));
  // Version, channels, pre-skip, rate, gain (all little-endian), mapping.
  const rest = [1, 2, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0];
  return concat([magic, new Uint8Array(rest)]);
}
