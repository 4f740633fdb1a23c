import { Av1Reader } from "./av1.ts";
import { H264Reader } from "./h264.ts";
import { Vp8Descriptor } from "./vp8.ts";
import { Vp9Descriptor } from "./vp9.ts";

/**
 * Reads what each packet of a picture says of itself, one after the other: made
 * once for a source, filled by {@linkcode PictureReader.parse}.
 */
export interface PictureReader {
  /** Where the payload was that was read last, from the start of the buffer. */
  readonly payloadOffset: number;
  /** Decoding may begin with this packet. */
  readonly startsKeyframe: boolean;
  /** The packet starts a frame, of whatever layer. */
  readonly startsFrame: boolean;
  /** The packet is known to end a frame, of whatever layer. */
  readonly endsFrame: boolean;
  /** 0 is the lowest, and all that there is where there are no layers. */
  readonly temporalLayer: number;
  /** 0 is the smallest, and all that there is where there are no layers. */
  readonly spatialLayer: number;
  /** A decoder that had less may take this temporal layer from here on. */
  readonly switchesUp: boolean;
  /** No higher spatial layer refers to this frame. */
  readonly forOwnLayerOnly: boolean;
  /** Of the picture, in pixels, in the packet that starts a keyframe; else 0. */
  readonly width: number;
  /**
   * Of the picture id, in bits: 7 or 15 in the payload, 16 in a header extension;
   * 0 if the packet has none.
   */
  readonly pictureIdBits: number;
  /** The picture id, or −1. */
  readonly pictureId: number;
  /** Where the picture id is, from the start of the buffer, if in the payload. */
  readonly pictureIdOffset: number;
  /** TL0PICIDX, 8 bits that count frames of the lowest layer; or −1. */
  readonly temporalBaseIndex: number;
  /** Where that is, from the start of the buffer. */
  readonly temporalBaseOffset: number;
  /**
   * The picture that is to be counted where it is left out, as ids must not have
   * gaps; −1 where they may.
   */
  readonly countedPicture: number;
  /**
   * Reads `size` bytes of payload at `offset`. False if cut short; then the
   * fields say that there is nothing special about the packet.
   */
  parse(bytes: Uint8Array, offset: number, size: number): boolean;
}

/** The codecs of pictures whose packets can be read. */
export type PictureCodec = "vp8" | "vp9" | "av1" | "h264";

/** Whether a codec is one of those. */
export function isPictureCodec(codec: string): codec is PictureCodec {
  return codec === "vp8" || codec === "vp9" || codec === "av1" ||
    codec === "h264";
}

/** Makes the reader for a codec. */
export function createPictureReader(codec: PictureCodec): PictureReader {
  switch (codec) {
    case "vp8":
      return new Vp8Descriptor();
    case "vp9":
      return new Vp9Descriptor();
    case "av1":
      return new Av1Reader();
    case "h264":
      return new H264Reader();
  }
}
