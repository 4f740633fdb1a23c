import type { RecordedCodec } from "../matroska/track_entry.ts";
import { Av1Depacketiser } from "./av1_depacketiser.ts";
import { H264Depacketiser } from "./h264_depacketiser.ts";
import { Vp8Depacketiser } from "./vp8_depacketiser.ts";
import { Vp9Depacketiser } from "./vp9_depacketiser.ts";

/**
 * Makes frames, as files have them, of the payloads of packets: all packets of
 * one picture, in order, none missing. Never throws, whatever it is given.
 */
export interface Depacketiser {
  /** Forgets what has been added. */
  clear(): void;
  /** Adds a payload; false if it cannot be one, and then the frame is none. */
  add(bytes: Uint8Array, offset: number, size: number): boolean;
  /** The whole frame; `undefined` if nothing has been added that makes one. */
  take(): Uint8Array | undefined;
}

/** Makes the one for a codec of pictures. */
export function createDepacketiser(
  codec: Exclude<RecordedCodec, "opus">,
): Depacketiser {
  switch (codec) {
    case "vp8":
      return new Vp8Depacketiser();
    case "vp9":
      return new Vp9Depacketiser();
    case "av1":
      return new Av1Depacketiser();
    case "h264":
      return new H264Depacketiser();
  }
}
