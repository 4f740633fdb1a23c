import { BitReader } from "../../sfu/rtp/bit_reader.ts";
import { readLeb128 } from "./leb128.ts";
import type { KeyframeHeader } from "./keyframe_header.ts";

const SEQUENCE_HEADER = 1;

/**
 * Reads the sequence header of an AV1 keyframe, whose units have sizes: how
 * large pictures are, and the record that a decoder wants first (AV1 in ISOBMFF
 * §2.3). `undefined` if there is none, or one that no browser writes.
 */
export function readAv1Header(frame: Uint8Array): KeyframeHeader | undefined {
  const unit = findSequence(frame);
  if (unit === undefined) return undefined;
  const { whole, content } = unit;
  const bits = new BitReader();
  bits.set(content, 0, content.length);
  const profile = bits.read(3);
  bits.read(1); // still_picture
  // reduced_still_picture_header, timing_info_present_flag
  if (bits.flag() || bits.flag()) return undefined;
  const hasDelay = bits.flag();
  const points = bits.read(5) + 1;
  let level = 0;
  let tier = 0;
  for (let point = 0; point < points; point++) {
    bits.read(12);
    const thisLevel = bits.read(5);
    const thisTier = thisLevel > 7 ? bits.read(1) : 0;
    if (hasDelay && bits.flag()) bits.read(4);
    if (point > 0) continue;
    level = thisLevel;
    tier = thisTier;
  }
  const widthBits = bits.read(4) + 1;
  const heightBits = bits.read(4) + 1;
  const width = bits.read(widthBits) + 1;
  const height = bits.read(heightBits) + 1;
  if (bits.isPastEnd) return undefined;
  // Eight bits, 4:2:0: what WebRTC sends in profile 0.
  const subsampling = profile === 0 ? 0x0c : 0;
  const setup = new Uint8Array([
    0x81,
    profile << 5 | level,
    tier << 7 | subsampling,
    0,
    ...whole,
  ]);
  return { size: { width, height }, setup };
}

interface Unit {
  readonly whole: Uint8Array;
  readonly content: Uint8Array;
}

function findSequence(frame: Uint8Array): Unit | undefined {
  let at = 0;
  while (at < frame.length) {
    const head = frame[at]!;
    const size = at + ((head & 4) !== 0 ? 2 : 1);
    const { value, bytes } = readLeb128(frame, size, frame.length);
    if ((head & 2) === 0 || bytes === 0) return undefined;
    const start = size + bytes;
    const end = start + value;
    if (end > frame.length) return undefined;
    if ((head >> 3 & 0x0f) === SEQUENCE_HEADER) {
      return {
        whole: frame.subarray(at, end),
        content: frame.subarray(start, end),
      };
    }
    at = end;
  }
  return undefined;
}
