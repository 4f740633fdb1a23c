import type { Instant } from "../lib/time.ts";
import { MAX_CACHED_BYTES } from "./rtp/packet_cache.ts";
import { wrapRtx } from "./rtp/rtx.ts";
import type { TrackWriter } from "./track_writer.ts";

/** Sends a track's packets again, in a source of their own (RFC 4588). */
export class RtxWriter {
  readonly #writer: TrackWriter;
  readonly #ssrc: number;
  readonly #payload = new Uint8Array(MAX_CACHED_BYTES + 2);
  #nextNumber: number;

  /** @param firstNumber the first sequence number; random (RFC 3550 §5.1) */
  constructor(writer: TrackWriter, ssrc: number, firstNumber: number) {
    this.#writer = writer;
    this.#ssrc = ssrc;
    this.#nextNumber = firstNumber;
  }

  /** Sends what has been sent under that number; returns its size, or 0. */
  write(
    payloadType: number,
    marker: boolean,
    sequenceNumber: number,
    timestamp: number,
    original: Uint8Array,
    now: Instant,
  ): number {
    const size = wrapRtx(sequenceNumber, original, this.#payload);
    return this.#writer.write(
      payloadType,
      marker,
      this.#nextNumber++,
      timestamp,
      this.#ssrc,
      this.#payload.subarray(0, size),
      now,
    );
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
