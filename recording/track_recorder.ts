import type { Instant } from "../lib/time.ts";
import type { Encodings } from "../sfu/encodings.ts";
import type { PublisherTrack } from "../sfu/publisher_track.ts";
import { CODECS } from "../sfu/sdp/codecs.ts";
import type { TrackViewer } from "../sfu/track_viewer.ts";
import {
  createDepacketiser,
  type Depacketiser,
} from "./frames/depacketiser.ts";
import { Timeline } from "./frames/timeline.ts";
import type { RecordedCodec } from "./matroska/track_entry.ts";

/**
 * How long is waited for a packet that is missing, in milliseconds. Lower gives
 * up what would have been sent again; higher delays what is written.
 */
const PATIENCE_MS = 800;

/** And while how many have come that belong after it, by kind (row C-8). */
const MAX_AHEAD = { audio: 32, video: 256 } as const;

/** How long a file may go without a keyframe, in milliseconds (row C-9). */
const KEYFRAME_INTERVAL_MS = 4_000;

/** How often it is looked which encoding is the best, in milliseconds. */
const CHOICE_INTERVAL_MS = 500;

/** Has packets kept for a while: as for a viewer who is that far away. */
const RTT_MS = 250;

/** One frame of a picture, or one packet of sound. */
export interface Frame {
  readonly kind: "audio" | "video";
  readonly codec: RecordedCodec;
  readonly isKeyframe: boolean;
  /** When it was taken, on our clock. */
  readonly at: Instant;
  readonly bytes: Uint8Array;
}

/** Gets frames as they are whole, in order. */
export type FrameHandler = (frame: Frame) => void;

/** What a file holds of that name in SDP; `undefined` if none does. */
export function toRecordedCodec(format: string): RecordedCodec | undefined {
  const name = format.replace(/-.*/, "");
  switch (name) {
    case "opus":
    case "vp8":
    case "vp9":
    case "av1":
    case "h264":
      return name;
    default:
      return undefined;
  }
}

/**
 * Puts the frames of one track together, in its best encoding: in the order of
 * their numbers, whatever order they come in. A picture with a gap is left out,
 * and so is what follows, up to a keyframe, which is asked for.
 */
export class TrackRecorder implements TrackViewer {
  readonly rttMs = RTT_MS;
  readonly encodings: Encodings;
  readonly #handleFrame: FrameHandler;
  #source: PublisherTrack | undefined;
  #codec: RecordedCodec | undefined;
  #frame: Depacketiser | undefined;
  #timeline = new Timeline(1);
  /** The packet that is to be taken next, or −1: a keyframe, or the next one. */
  #next = -1;
  /** A keyframe before this one is of no use. */
  #after = -1;
  /** Since when it is missing. */
  #missingSince: Instant | undefined;
  #isInFrame = false;
  #isKeyframe = false;
  #timestamp = 0;
  #keyframeAt: Instant;
  #chooseAt = 0;

  constructor(encodings: Encodings, now: Instant, handleFrame: FrameHandler) {
    this.encodings = encodings;
    this.#keyframeAt = now;
    this.#handleFrame = handleFrame;
  }

  /** A recorder takes whatever comes. */
  rateBps(): number {
    return Infinity;
  }

  forwardAll(
    source: PublisherTrack,
    extended: readonly number[],
    _pictures: unknown,
    _size: number,
    now: Instant,
  ): void {
    if (source !== this.#source) return;
    const isSound = source.kind === "audio";
    if (this.#next < 0 && isSound) this.#next = extended[0]!;
    this.#drain(source, now);
  }

  handleRestart(source: PublisherTrack): void {
    if (source === this.#source) this.#begin();
  }

  /** Does what is due: gives up what is missing, asks for keyframes. */
  poll(now: Instant): void {
    if (now >= this.#chooseAt) this.#choose(now);
    const source = this.#source;
    if (source === undefined) return;
    this.#drain(source, now);
    if (source.kind === "audio") return;
    const isLate = now - this.#keyframeAt > KEYFRAME_INTERVAL_MS;
    if (this.#next < 0 || isLate) source.keyframes.want();
  }

  /** Takes nothing any more. */
  close(): void {
    this.#source?.detach(this);
    this.#source = undefined;
  }

  /** The largest that is sent (row C-4). */
  #choose(now: Instant): void {
    this.#chooseAt = now + CHOICE_INTERVAL_MS;
    const best = this.encodings.delivering(now).at(-1);
    if (best === undefined || best === this.#source) return;
    this.#source?.detach(this);
    this.#source = best;
    this.#begin();
    best.attach(this, now);
  }

  #begin(): void {
    this.#next = -1;
    this.#after = -1;
    this.#missingSince = undefined;
    this.#timeline.restart();
    this.#drop();
  }

  #drain(source: PublisherTrack, now: Instant): void {
    const { cache } = source;
    for (;;) {
      if (this.#next < 0 && !this.#findKeyframe(source)) return;
      if (this.#next > cache.newest) return;
      const slot = cache.find(this.#next);
      if (slot >= 0) {
        this.#missingSince = undefined;
        this.#next++;
        this.#take(source, slot, now);
      } else {
        this.#missingSince ??= now;
        if (!this.#isLost(source, now)) return;
        this.#lose(source);
      }
    }
  }

  #findKeyframe({ kind, cache }: PublisherTrack): boolean {
    const { keyframe } = cache;
    if (kind === "audio" || keyframe < 0 || keyframe <= this.#after) {
      return false;
    }
    this.#next = keyframe;
    return true;
  }

  #isLost({ kind, cache }: PublisherTrack, now: Instant): boolean {
    return cache.isPast(this.#next) ||
      cache.newest - this.#next >= MAX_AHEAD[kind] ||
      now - (this.#missingSince ?? now) >= PATIENCE_MS;
  }

  #lose(source: PublisherTrack): void {
    this.#missingSince = undefined;
    if (source.kind === "video") return this.#breakOff(source);
    const { cache } = source;
    const oldest = cache.newest - cache.capacity + 1;
    this.#next = Math.max(this.#next + 1, oldest);
  }

  /** Goes on with a keyframe that is still to come, or there already. */
  #breakOff(source: PublisherTrack): void {
    this.#drop();
    this.#after = this.#next;
    this.#next = -1;
    source.keyframes.want();
  }

  #drop(): void {
    this.#frame?.clear();
    this.#isInFrame = false;
    this.#isKeyframe = false;
  }

  #take(source: PublisherTrack, slot: number, now: Instant): void {
    const { cache, kind } = source;
    const size = cache.payloadSize(slot);
    // Padding, which probes the path.
    if (size === 0) return;
    this.#setCodec(source);
    const timestamp = cache.timestamp(slot);
    if (kind === "audio") {
      return this.#give(source, timestamp, true, cache.payload(slot), now);
    }
    if (this.#isInFrame && timestamp !== this.#timestamp) {
      this.#endPicture(source, now);
    }
    this.#isInFrame = true;
    this.#timestamp = timestamp;
    if (cache.startsKeyframe(slot)) this.#isKeyframe = true;
    const { memory } = cache;
    const at = cache.payloadOffset(slot);
    if (!this.#frame?.add(memory, at, size)) return this.#breakOff(source);
    if (cache.marker(slot)) this.#endPicture(source, now);
  }

  #endPicture(source: PublisherTrack, now: Instant): void {
    const bytes = this.#frame?.take();
    const isKeyframe = this.#isKeyframe;
    this.#drop();
    if (bytes === undefined) return this.#breakOff(source);
    if (isKeyframe) this.#keyframeAt = now;
    this.#give(source, this.#timestamp, isKeyframe, bytes, now);
  }

  #give(
    source: PublisherTrack,
    timestamp: number,
    isKeyframe: boolean,
    bytes: Uint8Array,
    now: Instant,
  ): void {
    const { kind } = source;
    if (this.#codec === undefined) return;
    const reported = source.clock.timestampAt(now);
    const at = this.#timeline.place(timestamp, reported, now);
    const frame = { kind, codec: this.#codec, isKeyframe, at };
    // Sound is still in the cache, which others write to.
    this.#handleFrame({ ...frame, bytes: bytes.slice() });
  }

  #setCodec({ codec: { codec } }: PublisherTrack): void {
    const recorded = toRecordedCodec(codec);
    if (recorded === this.#codec) return;
    this.#codec = recorded;
    this.#timeline = new Timeline(CODECS[codec].clockRate);
    this.#frame = recorded === undefined || recorded === "opus"
      ? undefined
      : createDepacketiser(recorded);
  }
}
