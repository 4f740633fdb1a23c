import { BitReader } from "../../sfu/rtp/bit_reader.ts";
import { readU32 } from "../../sfu/rtp/bytes.ts";
import type { KeyframeHeader } from "./keyframe_header.ts";

const SEQUENCE = 7;
const PICTURE = 8;

/** Profiles that tell more about colours (ITU-T H.264 §7.3.2.1.1). */
const HIGH_PROFILES: ReadonlySet<number> = new Set([100, 110, 122, 244, 44]);

/**
 * Reads the parameters of an H.264 keyframe, whose units have their sizes before
 * them: its size, and the record that a decoder wants first (ISO/IEC 14496-15
 * §5.3.3). `undefined` if it has none.
 */
export function readH264Header(frame: Uint8Array): KeyframeHeader | undefined {
  const units = unitsOf(frame);
  const sequence = units.find((unit) => (unit[0]! & 0x1f) === SEQUENCE);
  const picture = units.find((unit) => (unit[0]! & 0x1f) === PICTURE);
  if (sequence === undefined || picture === undefined) return undefined;
  if (sequence.length < 4) return undefined;
  const size = readSize(sequence);
  if (size === undefined) return undefined;
  const setup = new Uint8Array([
    1,
    ...sequence.subarray(1, 4),
    0xff, // sizes have four bytes
    0xe1, // one sequence
    sequence.length >> 8,
    sequence.length,
    ...sequence,
    1, // one picture
    picture.length >> 8,
    picture.length,
    ...picture,
  ]);
  return { size, setup };
}

function unitsOf(frame: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let at = 0;
  while (at + 4 < frame.length) {
    const size = readU32(frame, at);
    units.push(frame.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
  return units;
}

/** Reads a sequence parameter set (ITU-T H.264 §7.3.2.1.1). */
function readSize(unit: Uint8Array): KeyframeHeader["size"] | undefined {
  const bits = new BitReader();
  const raw = withoutEmulation(unit.subarray(4));
  bits.set(raw, 0, raw.length);
  golomb(bits); // seq_parameter_set_id
  if (HIGH_PROFILES.has(unit[1]!) && !skipColours(bits)) return undefined;
  golomb(bits); // log2_max_frame_num_minus4
  if (!skipOrder(bits)) return undefined;
  golomb(bits); // max_num_ref_frames
  bits.read(1);
  const columns = golomb(bits) + 1;
  const rows = golomb(bits) + 1;
  const isProgressive = bits.flag();
  if (!isProgressive) bits.read(1);
  bits.read(1);
  const crop = bits.flag()
    ? [golomb(bits), golomb(bits), golomb(bits), golomb(bits)]
    : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const lines = isProgressive ? 1 : 2;
  const width = columns * 16 - (left + right) * 2;
  const height = (rows * 16 - (top + bottom) * 2) * lines;
  const isSane = !bits.isPastEnd && width > 0 && height > 0 &&
    width <= 0xffff && height <= 0xffff;
  return isSane ? { width, height } : undefined;
}

/** False for what no browser sends: colours other than 4:2:0, or matrices. */
function skipColours(bits: BitReader): boolean {
  if (golomb(bits) !== 1) return false;
  golomb(bits);
  golomb(bits);
  bits.read(1);
  return !bits.flag();
}

/** How pictures are ordered; false for the one way that nobody uses. */
function skipOrder(bits: BitReader): boolean {
  const type = golomb(bits);
  if (type === 0) golomb(bits);
  return type !== 1;
}

/** Reads `ue(v)` (ITU-T H.264 §9.1), of at most 24 bits. */
function golomb(bits: BitReader): number {
  let zeros = 0;
  while (zeros < 24 && !bits.isPastEnd && !bits.flag()) zeros++;
  return (1 << zeros) - 1 + bits.read(zeros);
}

/** Without the bytes that keep start codes from appearing (§7.4.1). */
function withoutEmulation(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, at) =>
    !(byte === 3 && at >= 2 && bytes[at - 1] === 0 && bytes[at - 2] === 0)
  );
}
