import { BitReader } from "../../sfu/rtp/bit_reader.ts";
import type { PictureSize } from "../matroska/track_entry.ts";

const SYNC_CODE = 0x498342;
const SRGB = 7;

/**
 * Reads how large a VP9 keyframe is (VP9 bitstream specification §6.2);
 * `undefined` if it is none.
 */
export function readVp9Size(frame: Uint8Array): PictureSize | undefined {
  const bits = new BitReader();
  bits.set(frame, 0, frame.length);
  if (bits.read(2) !== 2) return undefined;
  const profile = bits.read(1) | bits.read(1) << 1;
  if (profile === 3) bits.read(1);
  const showsExisting = bits.flag();
  const isInter = bits.flag();
  if (showsExisting || isInter) return undefined;
  bits.read(2); // shown, resilient
  if (bits.read(24) !== SYNC_CODE) return undefined;
  skipColours(bits, profile);
  const width = bits.read(16) + 1;
  const height = bits.read(16) + 1;
  return bits.isPastEnd ? undefined : { width, height };
}

function skipColours(bits: BitReader, profile: number): void {
  if (profile >= 2) bits.read(1);
  const space = bits.read(3);
  const hasSubsampling = (profile & 1) !== 0;
  if (space !== SRGB) bits.read(hasSubsampling ? 4 : 1);
  else if (hasSubsampling) bits.read(1);
}
