import { readU16, readU8 } from "./bytes.ts";
import type { PictureReader } from "./picture_reader.ts";

const SEQUENCE_PARAMETERS = 7;
const STAP_A = 24;
const STAP_B = 25;
const MTAP_16 = 26;
const MTAP_24 = 27;
const FU_A = 28;
const FU_B = 29;

/**
 * Finds where keyframes of H.264 start (RFC 6184): with the parameters of a
 * sequence, in a packet of their own, among others in one packet, or in the
 * first of several. There are no layers and no numbers of pictures.
 */
export class H264Reader implements PictureReader {
  payloadOffset = 0;
  startsKeyframe = false;
  /** Known of keyframes only: what else starts one has no mark of its own. */
  startsFrame = false;
  readonly endsFrame = false;
  readonly temporalLayer = 0;
  readonly spatialLayer = 0;
  readonly switchesUp = false;
  readonly width = 0;
  readonly countedPicture = -1;
  readonly forOwnLayerOnly = false;
  readonly pictureId = -1;
  readonly pictureIdBits = 0;
  readonly pictureIdOffset = 0;
  readonly temporalBaseIndex = -1;
  readonly temporalBaseOffset = 0;

  parse(bytes: Uint8Array, offset: number, size: number): boolean {
    this.payloadOffset = offset;
    const isWhole = size >= 1 && offset + size <= bytes.length;
    this.startsKeyframe = isWhole && hasParameters(bytes, offset, size);
    this.startsFrame = this.startsKeyframe;
    return isWhole;
  }
}

function hasParameters(
  bytes: Uint8Array,
  offset: number,
  size: number,
): boolean {
  const type = typeOf(bytes, offset);
  switch (type) {
    case STAP_A:
      return isAmong(bytes, offset + 1, offset + size, 0);
    case STAP_B:
      return isAmong(bytes, offset + 3, offset + size, 0);
    case MTAP_16:
      return isAmong(bytes, offset + 3, offset + size, 3);
    case MTAP_24:
      return isAmong(bytes, offset + 3, offset + size, 4);
    case FU_A:
    case FU_B:
      return size >= 2 && (readU8(bytes, offset + 1) & 0x80) !== 0 &&
        typeOf(bytes, offset + 1) === SEQUENCE_PARAMETERS;
    default:
      return type === SEQUENCE_PARAMETERS;
  }
}

/**
 * Looks through an aggregate of units, each after its size.
 *
 * @param extra bytes between the size, which counts only the unit, and the unit
 */
function isAmong(
  bytes: Uint8Array,
  start: number,
  end: number,
  extra: number,
): boolean {
  let at = start;
  while (at + 2 + extra < end) {
    const unit = at + 2 + extra;
    if (typeOf(bytes, unit) === SEQUENCE_PARAMETERS) return true;
    at = unit + readU16(bytes, at);
  }
  return false;
}

function typeOf(bytes: Uint8Array, offset: number): number {
  return readU8(bytes, offset) & 0x1f;
}
