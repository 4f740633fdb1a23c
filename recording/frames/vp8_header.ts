import type { PictureSize } from "../matroska/track_entry.ts";

/** Reads how large a VP8 keyframe is (RFC 6386 §9.1); `undefined` if it is none. */
export function readVp8Size(frame: Uint8Array): PictureSize | undefined {
  if (frame.length < 10 || (frame[0]! & 1) !== 0) return undefined;
  const isKey = frame[3] === 0x9d && frame[4] === 0x01 && frame[5] === 0x2a;
  if (!isKey) return undefined;
  return {
    width: (frame[6]! | frame[7]! << 8) & 0x3fff,
    height: (frame[8]! | frame[9]! << 8) & 0x3fff,
  };
}
