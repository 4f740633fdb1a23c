import type { PictureSize, RecordedCodec } from "../matroska/track_entry.ts";
import { readAv1Header } from "./av1_header.ts";
import { readH264Header } from "./h264_header.ts";
import { readVp8Size } from "./vp8_header.ts";
import { readVp9Size } from "./vp9_header.ts";

/** What a keyframe says, as far as a file's beginning has to say it, too. */
export interface KeyframeHeader {
  readonly size: PictureSize;
  /** What a decoder needs before the first picture, if it needs something. */
  readonly setup?: Uint8Array | undefined;
}

/** Reads a whole keyframe, as files have it; `undefined` if it is none. */
export function readKeyframeHeader(
  codec: Exclude<RecordedCodec, "opus">,
  frame: Uint8Array,
): KeyframeHeader | undefined {
  switch (codec) {
    case "vp8":
      return withoutSetup(readVp8Size(frame));
    case "vp9":
      return withoutSetup(readVp9Size(frame));
    case "av1":
      return readAv1Header(frame);
    case "h264":
      return readH264Header(frame);
  }
}

function withoutSetup(
  size: PictureSize | undefined,
): KeyframeHeader | undefined {
  return size === undefined ? undefined : { size };
}
