import { after, type Instant } from "../../lib/time.ts";
import { timestampDelta } from "../../sfu/rtp/sequence.ts";

/**
 * How far a track's time may be from its sender reports, in milliseconds.
 * Lower follows clocks that drift; higher makes fewer steps.
 */
const TOLERANCE_MS = 40;

/** A source is not believed to be further than this from when it is heard. */
const MAX_AGE_MS = 10_000;

/**
 * When frames of one track were taken, on our clock: by the publisher's sender
 * reports, so that sound and picture fit, and by their arrival until there is
 * one (row C-10). Never goes back.
 */
export class Timeline {
  readonly #clockRate: number;
  #timestamp = 0;
  #at: Instant | undefined;
  #isReported = false;

  /** @param clockRate of the codec, in Hz */
  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /**
   * The moment of a frame.
   *
   * @param reported the RTP timestamp that the publisher has `now`, if it said so
   */
  place(
    timestamp: number,
    reported: number | undefined,
    now: Instant,
  ): Instant {
    const previous = this.#at;
    const byStep = previous === undefined
      ? now
      : after(previous, this.#toMs(timestamp, this.#timestamp));
    const byReport = reported === undefined
      ? undefined
      : after(now, this.#toMs(timestamp, reported));
    const isOff = byReport !== undefined &&
      (!this.#isReported || Math.abs(byReport - byStep) > TOLERANCE_MS);
    this.#isReported ||= byReport !== undefined;
    const placed = isOff ? byReport : byStep;
    const oldest = Math.max(previous ?? 0, now - MAX_AGE_MS);
    const at = Math.min(now, Math.max(oldest, placed)) as Instant;
    this.#timestamp = timestamp;
    this.#at = at;
    return at;
  }

  /** What comes has other timestamps than what came. */
  restart(): void {
    this.#at = undefined;
    this.#isReported = false;
  }

  #toMs(timestamp: number, base: number): number {
    return timestampDelta(timestamp, base) * 1000 / this.#clockRate;
  }
}
