import { readU16, readU8, writeU16 } from "./bytes.ts";
import type { PictureReader } from "./picture_reader.ts";

/**
 * Reads VP8 payload descriptors (RFC 7741 §4.2), one after the other: made
 * once, filled by {@linkcode Vp8Descriptor.parse}.
 */
export class Vp8Descriptor implements PictureReader {
  payloadOffset = 0;
  /** S: the packet starts a partition. */
  startsPartition = false;
  /** PID. */
  partition = 0;
  /** N: no other frame refers to this one. */
  discardable = false;
  /** 7 or 15 bits, or −1 if there is none. */
  pictureId = -1;
  /** Bits of the picture id: 7 or 15, or 0 if there is none. */
  pictureIdBits = 0;
  /** Where the picture id is, from the start of the buffer. */
  pictureIdOffset = 0;
  /** TL0PICIDX, or −1 if there is none. */
  temporalBaseIndex = -1;
  temporalBaseOffset = 0;
  /** TID: the temporal layer; 0 if there are none. */
  temporalLayer = 0;
  /** Y: this layer's frame refers to the base layer only. */
  layerSync = false;
  /** VP8 has one picture size. */
  readonly spatialLayer = 0;
  readonly forOwnLayerOnly = false;
  width = 0;
  /** Only the marker of the packet tells. */
  readonly endsFrame = false;
  /** Of the descriptor, in bytes. */
  size = 0;
  /** The packet starts a frame: the first partition of it. */
  startsFrame = false;
  /** The packet starts a keyframe (RFC 7741 §4.3, bit P). */
  startsKeyframe = false;

  /** Of each picture; decoders take a gap for loss. */
  get countedPicture(): number {
    return this.pictureId;
  }

  /** Y (RFC 7741 §4.2). */
  get switchesUp(): boolean {
    return this.layerSync;
  }

  parse(bytes: Uint8Array, offset: number, size: number): boolean {
    this.#reset();
    this.payloadOffset = offset;
    const end = offset + size;
    if (size < 1 || end > bytes.length) return false;
    let at = offset;
    const first = readU8(bytes, at++);
    this.startsPartition = (first & 0x10) !== 0;
    this.partition = first & 0x07;
    this.discardable = (first & 0x20) !== 0;
    this.startsFrame = this.startsPartition && this.partition === 0;
    if ((first & 0x80) !== 0) {
      at = this.#parseExtension(bytes, at, end);
      if (at < 0) return false;
    }
    this.size = at - offset;
    this.startsKeyframe = this.startsFrame && at < end &&
      (readU8(bytes, at) & 0x01) === 0;
    // After a tag and a start code of three bytes each (RFC 6386 §9.1).
    if (this.startsKeyframe && at + 8 <= end) {
      this.width = (readU8(bytes, at + 6) | readU8(bytes, at + 7) << 8) &
        0x3fff;
    }
    return true;
  }

  /** Returns where the descriptor ends, or −1. */
  #parseExtension(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (at >= end) return -1;
    const flags = readU8(bytes, at++);
    if ((flags & 0x80) !== 0) {
      if (at >= end) return -1;
      this.pictureIdOffset = at;
      if ((readU8(bytes, at) & 0x80) === 0) {
        this.pictureId = readU8(bytes, at++);
        this.pictureIdBits = 7;
      } else {
        if (at + 2 > end) return -1;
        this.pictureId = readU16(bytes, at) & 0x7fff;
        this.pictureIdBits = 15;
        at += 2;
      }
    }
    if ((flags & 0x40) !== 0) {
      if (at >= end) return -1;
      this.temporalBaseOffset = at;
      this.temporalBaseIndex = readU8(bytes, at++);
    }
    if ((flags & 0x30) !== 0) {
      if (at >= end) return -1;
      const layers = readU8(bytes, at++);
      if ((flags & 0x20) !== 0) {
        this.temporalLayer = layers >> 6;
        this.layerSync = (layers & 0x20) !== 0;
      }
    }
    return at;
  }

  #reset(): void {
    this.pictureId = -1;
    this.pictureIdBits = 0;
    this.pictureIdOffset = 0;
    this.temporalBaseIndex = -1;
    this.temporalBaseOffset = 0;
    this.temporalLayer = 0;
    this.layerSync = false;
    this.startsFrame = false;
    this.startsKeyframe = false;
    this.width = 0;
    this.size = 0;
  }
}

/**
 * Adds `delta` to the picture id of the packet that `descriptor` has parsed
 * from `bytes`, around its 7 or 15 bits. No picture id, no change.
 */
export function shiftVp8PictureId(
  bytes: Uint8Array,
  descriptor: Vp8Descriptor,
  delta: number,
): void {
  const offset = descriptor.pictureIdOffset;
  const shifted = descriptor.pictureId + delta;
  if (descriptor.pictureIdBits === 7) {
    bytes[offset] = shifted & 0x7f;
  } else if (descriptor.pictureIdBits === 15) {
    writeU16(bytes, offset, shifted & 0x7fff | 0x8000);
  }
}
