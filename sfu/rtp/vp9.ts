import { readU16, readU8 } from "./bytes.ts";
import type { PictureReader } from "./picture_reader.ts";

/**
 * Reads VP9 payload descriptors (RFC 9628 §4.2), and the first byte of the frame
 * after them.
 */
export class Vp9Descriptor implements PictureReader {
  payloadOffset = 0;
  startsKeyframe = false;
  startsFrame = false;
  endsFrame = false;
  temporalLayer = 0;
  spatialLayer = 0;
  switchesUp = false;
  forOwnLayerOnly = false;
  width = 0;
  /** Groups of pictures are told by ids, whoever gets them. */
  readonly countedPicture = -1;
  pictureId = -1;
  pictureIdBits = 0;
  pictureIdOffset = 0;
  temporalBaseIndex = -1;
  temporalBaseOffset = 0;
  /** P: the frame refers to an earlier picture. */
  isPredicted = false;
  /** D: the frame refers to the one of the layer below it. */
  usesLayerBelow = false;
  /** How many spatial layers there are, where the packet says so; else 0. */
  spatialLayers = 0;
  /** Of the descriptor, in bytes. */
  size = 0;

  #bytes: Uint8Array = NO_BYTES;
  #at = 0;
  #end = 0;

  parse(bytes: Uint8Array, offset: number, size: number): boolean {
    this.#reset();
    this.payloadOffset = offset;
    this.#bytes = bytes;
    this.#at = offset;
    this.#end = offset + size;
    if (size < 1 || this.#end > bytes.length) return false;
    const flags = readU8(bytes, this.#at++);
    if (!this.#parseFields(flags)) {
      this.#reset();
      return false;
    }
    this.size = this.#at - offset;
    this.isPredicted = (flags & PREDICTED) !== 0;
    this.startsFrame = (flags & BEGINS) !== 0;
    this.endsFrame = (flags & ENDS) !== 0;
    this.forOwnLayerOnly = (flags & OWN_LAYER_ONLY) !== 0;
    this.startsKeyframe = this.startsFrame && !this.isPredicted &&
      this.spatialLayer === 0 && this.#at < this.#end &&
      startsKeyframe(readU8(bytes, this.#at));
    if (this.startsKeyframe && this.#left >= 7) {
      this.width = widthOf(bytes, this.#at);
    }
    return true;
  }

  /** Reads what the flags say is there; false if it is not. */
  #parseFields(flags: number): boolean {
    const isFlexible = (flags & FLEXIBLE) !== 0;
    return ((flags & PICTURE_ID) === 0 || this.#parsePictureId()) &&
      ((flags & LAYERS) === 0 || this.#parseLayers(isFlexible)) &&
      (!isFlexible || (flags & PREDICTED) === 0 || this.#skipReferences()) &&
      ((flags & STRUCTURE) === 0 || this.#parseStructure());
  }

  #parsePictureId(): boolean {
    if (this.#left < 1) return false;
    this.pictureIdOffset = this.#at;
    if ((readU8(this.#bytes, this.#at) & 0x80) === 0) {
      this.pictureIdBits = 7;
      this.pictureId = readU8(this.#bytes, this.#at++);
      return true;
    }
    if (this.#left < 2) return false;
    this.pictureIdBits = 15;
    this.pictureId = readU16(this.#bytes, this.#at) & 0x7fff;
    this.#at += 2;
    return true;
  }

  #parseLayers(isFlexible: boolean): boolean {
    if (this.#left < (isFlexible ? 1 : 2)) return false;
    const layers = readU8(this.#bytes, this.#at++);
    this.temporalLayer = layers >> 5;
    this.switchesUp = (layers & 0x10) !== 0;
    this.spatialLayer = layers >> 1 & 0x07;
    this.usesLayerBelow = (layers & 0x01) !== 0;
    if (isFlexible) return true;
    this.temporalBaseOffset = this.#at;
    this.temporalBaseIndex = readU8(this.#bytes, this.#at++);
    return true;
  }

  /** P_DIFF: at most three, each of which says whether another follows. */
  #skipReferences(): boolean {
    for (let count = 0; count < 3; count++) {
      if (this.#left < 1) return false;
      if ((readU8(this.#bytes, this.#at++) & 0x01) === 0) return true;
    }
    return true;
  }

  /** The scalability structure: sizes of the layers, and groups of pictures. */
  #parseStructure(): boolean {
    if (this.#left < 1) return false;
    const head = readU8(this.#bytes, this.#at++);
    this.spatialLayers = (head >> 5) + 1;
    if ((head & 0x10) !== 0) this.#at += this.spatialLayers * 4;
    if ((head & 0x08) === 0) return this.#left >= 0;
    if (this.#left < 1) return false;
    const pictures = readU8(this.#bytes, this.#at++);
    for (let picture = 0; picture < pictures; picture++) {
      if (this.#left < 1) return false;
      this.#at += 1 + (readU8(this.#bytes, this.#at) >> 2 & 0x03);
    }
    return this.#left >= 0;
  }

  get #left(): number {
    return this.#end - this.#at;
  }

  #reset(): void {
    this.startsKeyframe = false;
    this.startsFrame = false;
    this.endsFrame = false;
    this.temporalLayer = 0;
    this.spatialLayer = 0;
    this.switchesUp = false;
    this.forOwnLayerOnly = false;
    this.width = 0;
    this.pictureId = -1;
    this.pictureIdBits = 0;
    this.pictureIdOffset = 0;
    this.temporalBaseIndex = -1;
    this.temporalBaseOffset = 0;
    this.isPredicted = false;
    this.usesLayerBelow = false;
    this.spatialLayers = 0;
    this.size = 0;
  }
}

const NO_BYTES = new Uint8Array(0);

// The first byte: I, P, L, F, B, E, V and Z.
const PICTURE_ID = 0x80;
const PREDICTED = 0x40;
const LAYERS = 0x20;
const FLEXIBLE = 0x10;
const BEGINS = 0x08;
const ENDS = 0x04;
const STRUCTURE = 0x02;
const OWN_LAYER_ONLY = 0x01;

/**
 * Reads the beginning of a frame's header: its marker, the profile, whether an
 * earlier frame is shown again, and the type. Profile 3 has one more bit.
 */
function startsKeyframe(first: number): boolean {
  if (first >> 6 !== 2) return false;
  const isProfile3 = (first & 0x30) === 0x30;
  const showsAndType = isProfile3 ? first >> 1 & 0x03 : first >> 2 & 0x03;
  return showsAndType === 0;
}

/** Of profile 0, where the size is after a start code and the colours; else 0. */
function widthOf(bytes: Uint8Array, at: number): number {
  if ((readU8(bytes, at) & 0x30) !== 0) return 0;
  return ((readU8(bytes, at + 4) & 0x0f) << 12 | readU8(bytes, at + 5) << 4 |
    readU8(bytes, at + 6) >> 4) + 1;
}
