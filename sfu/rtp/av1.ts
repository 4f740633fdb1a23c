import { readU8 } from "./bytes.ts";
import type { DependencyDescriptor } from "./dependency_descriptor.ts";
import type { PictureReader } from "./picture_reader.ts";

/** Of the numbers that descriptors have. */
const FRAME_NUMBER_BITS = 16;

const SEQUENCE_HEADER = 1;
const TEMPORAL_DELIMITER = 2;

/**
 * Finds where keyframes of AV1 start, by the aggregation header (AV1 RTP payload
 * format §4.4) and the sequence header that has to follow it; and layers, which
 * are in a header extension of the packet.
 */
export class Av1Reader implements PictureReader {
  payloadOffset = 0;
  startsKeyframe = false;
  startsFrame = false;
  endsFrame = false;
  temporalLayer = 0;
  spatialLayer = 0;
  switchesUp = false;
  readonly forOwnLayerOnly = false;
  width = 0;
  readonly countedPicture = -1;
  /** The frame's number in the descriptor; it is not in the payload. */
  pictureId = -1;
  pictureIdBits = 0;
  readonly pictureIdOffset = 0;
  readonly temporalBaseIndex = -1;
  readonly temporalBaseOffset = 0;

  #described: DependencyDescriptor | undefined;

  /** Takes what the packet's descriptor says, before the packet is parsed. */
  describe(descriptor: DependencyDescriptor): void {
    this.#described = descriptor;
  }

  /** The layers of the packet that was parsed last, for {@linkcode restore}. */
  get layers(): number {
    return this.spatialLayer << 5 | this.temporalLayer << 2 |
      (this.endsFrame ? 2 : 0) | (this.switchesUp ? 1 : 0);
  }

  /** Takes the layers of a packet that was parsed just now, but not described. */
  restore(layers: number): void {
    this.spatialLayer = layers >> 5;
    this.temporalLayer = layers >> 2 & 0x07;
    this.endsFrame = (layers & 2) !== 0;
    this.switchesUp = (layers & 1) !== 0;
  }

  parse(bytes: Uint8Array, offset: number, size: number): boolean {
    this.payloadOffset = offset;
    const isWhole = size >= 1 && offset + size <= bytes.length;
    this.startsKeyframe = isWhole && startsSequence(bytes, offset, size);
    const described = this.#described;
    this.#described = undefined;
    this.startsFrame = described?.startsFrame ?? this.startsKeyframe;
    this.endsFrame = described?.endsFrame ?? false;
    this.spatialLayer = described?.spatialLayer ?? 0;
    this.temporalLayer = described?.temporalLayer ?? 0;
    this.switchesUp = described?.switchesUp ?? false;
    this.width = described?.width ?? 0;
    this.pictureId = described?.frameNumber ?? -1;
    this.pictureIdBits = described === undefined ? 0 : FRAME_NUMBER_BITS;
    return isWhole;
  }
}

/** Z: goes on with a unit of the packet before. N: a new sequence begins. */
function startsSequence(
  bytes: Uint8Array,
  offset: number,
  size: number,
): boolean {
  const head = readU8(bytes, offset);
  if ((head & 0x88) !== 0x08) return false;
  // W: how many units there are, of which the last has no size; 0: all have one.
  const units = head >> 4 & 0x03;
  const end = offset + size;
  let at = offset + 1;
  for (let unit = 1; at < end; unit++) {
    let length = end - at;
    if (unit !== units) {
      // Sizes of what is skipped are short: one byte of LEB128.
      length = readU8(bytes, at++);
      if (length >= 0x80) length = end - at;
    }
    if (at >= end || length === 0) return false;
    const type = readU8(bytes, at) >> 3 & 0x0f;
    if (type === SEQUENCE_HEADER) return true;
    if (type !== TEMPORAL_DELIMITER) return false;
    at += length;
  }
  return false;
}
