import type { Instant } from "../lib/time.ts";
import { readU16, writeU16 } from "./rtp/bytes.ts";
import { ORIGINAL_NUMBER_SIZE, wrapRtx } from "./rtp/rtx.ts";
import type { TrackWriter } from "./track_writer.ts";

/** Sends a track's packets again, in a source of their own (RFC 4588). */
export class RtxWriter {
  readonly #writer: TrackWriter;
  readonly #ssrc: number;
  #nextNumber: number;

  /** @param firstNumber the first sequence number; random (RFC 3550 §5.1) */
  constructor(writer: TrackWriter, ssrc: number, firstNumber: number) {
    this.#writer = writer;
    this.#ssrc = ssrc;
    this.#nextNumber = firstNumber;
  }

  /**
   * Sends what has been sent under that number; returns its size, or 0. The
   * number is written right before the payload for that long, over what is there.
   */
  write(
    payloadType: number,
    marker: boolean,
    sequenceNumber: number,
    timestamp: number,
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
    now: Instant,
  ): number {
    const at = offset - ORIGINAL_NUMBER_SIZE;
    // It may be a descriptor's end, which is read again.
    const before = readU16(buffer, at);
    wrapRtx(sequenceNumber, buffer, offset);
    const size = this.#writer.write(
      payloadType,
      marker,
      this.#nextNumber++,
      timestamp,
      this.#ssrc | 0,
      buffer,
      at,
      sizeBytes + ORIGINAL_NUMBER_SIZE,
      now,
    );
    writeU16(buffer, at, before);
    return size;
  }

  /** Sends nothing but padding; returns its size, or 0. */
  writePadding(payloadType: number, now: Instant): number {
    return this.#writer.writePadding(
      payloadType,
      this.#nextNumber++,
      this.#ssrc,
      now,
    );
  }
}
