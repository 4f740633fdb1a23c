import type { Instant } from "../../lib/time.ts";
import { isRestart, seqDelta, timestampDelta } from "./sequence.ts";
import { MAX_JUMP, SequenceMap } from "./sequence_map.ts";

/** What a viewer sees of a track, for as long as the subscription lasts. */
export interface RewriterOptions {
  /** The SSRC that the viewer was told in our offer. */
  readonly ssrc: number;
  /** Of the codec, in Hz. */
  readonly clockRate: number;
  /**
   * The viewer's first sequence number: random (RFC 3550 §5.1), but below 32,768,
   * so that what is lost at the start cannot hide a wrap from the viewer's SRTP.
   */
  readonly firstSequenceNumber: number;
  /** The viewer's first timestamp; random. */
  readonly firstTimestamp: number;
}

/**
 * Gives the packets of a publisher's track the numbers under which one viewer
 * knows it. They go on without a break when the publisher's start anew: another
 * source in place of the first, or the same after a restart.
 */
export class Rewriter {
  /** Fixed for the subscription. */
  readonly ssrc: number;
  /** The viewer's sequence number of the packet mapped last. */
  sequenceNumber = 0;
  /** How many pictures were left out before the packet mapped last. */
  dropped = 0;
  /**
   * Whether the packet mapped last is the first of a new beginning. Of video, a
   * viewer needs a keyframe from here.
   */
  rebased = false;

  readonly #clockRate: number;
  /** Signed, as V8 makes objects of larger numbers. */
  #timestamp = 0;
  readonly #map = new SequenceMap();
  /** Extended numbers of the current source; −1 before its first packet. */
  #base = -1;
  #newest = -1;
  #sequenceShift = 0;
  #timestampShift = 0;
  /** What the viewer has seen of the newest packet. */
  #lastSequenceNumber: number;
  #lastTimestamp: number;
  #lastSentAt = Number.NEGATIVE_INFINITY;
  /** The current source's, as far as it numbers pictures. */
  #picture = 0;
  /** Where the next source's first timestamp is to be, if that is known. */
  #aligned: number | undefined;

  /** Begins a subscription; nothing has been sent yet. */
  constructor(options: RewriterOptions) {
    this.ssrc = options.ssrc;
    this.#clockRate = options.clockRate;
    this.#lastSequenceNumber = (options.firstSequenceNumber - 1) & 0xffff;
    this.#lastTimestamp = options.firstTimestamp | 0;
  }

  /** The viewer's timestamp of the packet mapped last. */
  get timestamp(): number {
    return this.#timestamp >>> 0;
  }

  /** Whether anything of the current source has been mapped. */
  get started(): boolean {
    return this.#base >= 0;
  }

  /**
   * Finds the viewer's numbers for a packet that is forwarded, or forwarded
   * again. False if it must not be: it was left out, or is older than what the
   * viewer began with.
   *
   * @param picture its number, or −1 if it has none that counts
   */
  map(
    extended: number,
    timestamp: number,
    now: Instant,
    picture = -1,
  ): boolean {
    this.rebased = this.#base < 0 || isRestart(extended, this.#newest);
    if (this.rebased) this.#rebase(extended, timestamp, now);
    // Past the jump, the map would take an old number for a new beginning.
    if (extended < this.#base || this.#newest - extended > MAX_JUMP) {
      return false;
    }
    if (picture >= 0 && extended >= this.#newest) this.#picture = picture;
    if (!this.#map.map(extended & 0xffff, this.#picture)) return false;
    this.dropped = this.#map.pictureDelta;
    this.sequenceNumber = (this.#map.mapped + this.#sequenceShift) & 0xffff;
    this.#timestamp = (timestamp + this.#timestampShift) | 0;
    if (extended > this.#newest || this.rebased) {
      this.#newest = extended;
      this.#lastSequenceNumber = this.sequenceNumber;
      this.#lastTimestamp = this.#timestamp;
      this.#lastSentAt = now;
    }
    return true;
  }

  /**
   * Leaves a packet out, so that the viewer does not take it for lost. False if
   * it has to be forwarded, as it is not newer than all others.
   *
   * @param picture its number, or −1 if it has none that counts
   */
  drop(extended: number, picture = -1): boolean {
    if (this.#base < 0 || extended <= this.#newest) return false;
    if (isRestart(extended, this.#newest)) return false;
    if (picture >= 0) this.#picture = picture;
    if (!this.#map.drop(extended & 0xffff, this.#picture)) return false;
    this.#newest = extended;
    return true;
  }

  /**
   * The extended number of a packet that the viewer asks for again (NACK), or
   * −1 if it has not been sent, or by an earlier source.
   */
  reverse(sequenceNumber: number): number {
    if (this.#base < 0) return -1;
    const shifted = (sequenceNumber - this.#sequenceShift) & 0xffff;
    if (!this.#map.reverse(shifted)) return -1;
    const extended = this.#newest +
      seqDelta(this.#map.mapped, this.#newest & 0xffff);
    return extended < this.#base ? -1 : extended;
  }

  /** The viewer's timestamp for one of the current source. */
  toViewerTimestamp(timestamp: number): number {
    return (timestamp + this.#timestampShift) >>> 0;
  }

  /** The next packet mapped is of another source, with numbers of its own. */
  switchSource(): void {
    this.#base = -1;
    this.#aligned = undefined;
  }

  /**
   * The next packet mapped is of another source of the same pictures.
   *
   * @param timestamp what the viewer's is to be, if it is known, so that the
   *   picture stays in step with the sound
   */
  goOver(timestamp: number | undefined): void {
    this.#base = -1;
    this.#aligned = timestamp;
  }

  #rebase(extended: number, timestamp: number, now: Instant): void {
    this.#map.clear();
    this.#base = extended;
    this.#newest = extended;
    const next = (this.#lastSequenceNumber + 1) & 0xffff;
    this.#sequenceShift = next - (extended & 0xffff);
    this.#timestampShift = (this.#nextTimestamp(now) - timestamp) | 0;
    this.#aligned = undefined;
  }

  /** As much later than the last as time has passed. */
  #nextTimestamp(now: Instant): number {
    if (this.#lastSentAt === Number.NEGATIVE_INFINITY) {
      return this.#lastTimestamp;
    }
    const passed = (now - this.#lastSentAt) * this.#clockRate / 1000;
    const expected = this.#lastTimestamp + Math.max(1, Math.round(passed));
    if (this.#aligned === undefined) return expected;
    // Clocks that disagree by more tell nothing.
    const error = timestampDelta(this.#aligned, expected);
    if (Math.abs(error) > this.#clockRate) return expected;
    const isLater = timestampDelta(this.#aligned, this.#lastTimestamp) > 0;
    return isLater ? this.#aligned : this.#lastTimestamp + 1;
  }
}
