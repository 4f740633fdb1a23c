import { after, type Instant } from "../lib/time.ts";
import type { Encodings } from "../sfu/encodings.ts";
import type { Publisher } from "../sfu/publisher.ts";
import { FileWriter } from "./file_writer.ts";
import { FrameQueue } from "./frames/frame_queue.ts";
import {
  type Frame,
  toRecordedCodec,
  TrackRecorder,
} from "./track_recorder.ts";

/**
 * How long frames wait for others that belong before them, in milliseconds: more
 * than what is missing is waited for. What waits is lost in a crash.
 */
const ORDER_MS = 1_000;

/**
 * How long a flow's first track waits for the others that it declares, in
 * milliseconds. Lower begins sooner; higher makes fewer files.
 */
const SETTLE_MS = 2_000;

/** Between two warnings about the same flow, in milliseconds (row C-11). */
const WARNING_INTERVAL_MS = 10_000;

/** What a flow's recorder needs. */
export interface FlowRecorderOptions {
  readonly publisher: Publisher;
  /** Of a file that begins now, without its ending. */
  readonly nextPath: () => string;
  /** Told what operators are to know. */
  readonly warn: (text: string) => void;
}

/** Writes one flow: at most one track of sound and one picture (row C-4). */
export class FlowRecorder {
  readonly #options: FlowRecorderOptions;
  readonly #queue = new FrameQueue<Frame>();
  #tracks: TrackRecorder[] = [];
  #writer: FileWriter | undefined;
  /** Since when it is known that there is something. */
  #since: Instant | undefined;
  #warnedAt: Instant | undefined;
  /** What has been said of the tracks, and need not be said again. */
  readonly #said = new Set<string>();
  /** Nothing is written until then, as it did not work. */
  #pausedUntil = 0;

  constructor(options: FlowRecorderOptions) {
    this.#options = options;
  }

  /** The file that is being written, if one is. */
  get path(): string | undefined {
    return this.#writer?.path;
  }

  /** Does what is due: to be called every 10 ms or so. */
  poll(now: Instant): void {
    this.#chooseTracks(now);
    for (const track of this.#tracks) track.poll(now);
    this.#write(now - ORDER_MS, now);
  }

  /** Writes what waits and ends the file. */
  close(now: Instant): void {
    for (const track of this.#tracks) track.close();
    this.#tracks = [];
    this.#endFile(now);
  }

  #chooseTracks(now: Instant): void {
    const { encodings } = this.#options.publisher;
    const live = encodings.filter((track) => track.live);
    if (live.length === 0 && this.#tracks.length === 0) return;
    this.#since ??= now;
    const isSettled = live.length === encodings.length ||
      now >= after(this.#since, SETTLE_MS);
    if (!isSettled) return;
    const chosen = this.#usable(live);
    const isSame = chosen.length === this.#tracks.length &&
      chosen.every((one) =>
        this.#tracks.some(({ encodings }) => encodings === one)
      );
    if (!isSame) this.#takeTracks(chosen, now);
  }

  /** The first of each kind, of those that a file can hold. */
  #usable(live: readonly Encodings[]): Encodings[] {
    const known = live.filter(({ main: { codec: { codec } } }) => {
      if (toRecordedCodec(codec) !== undefined) return true;
      this.#say(`Unknown codec, ${codec}, not recording`);
      return false;
    });
    const chosen = (["audio", "video"] as const).flatMap((kind) => {
      const all = known.filter((track) => track.kind === kind);
      if (all.length > 1) {
        this.#say(`Multiple ${kind} tracks, recording just one`);
      }
      return all.slice(0, 1);
    });
    if (live.length > 0 && chosen.length === 0) {
      this.#say("Write to disk: no usable tracks found");
    }
    return chosen;
  }

  /** Another set of tracks is another file (row C-7). */
  #takeTracks(chosen: readonly Encodings[], now: Instant): void {
    const gone = this.#tracks
      .filter(({ encodings }) => !chosen.includes(encodings));
    for (const track of gone) track.close();
    this.#endFile(now);
    this.#tracks = chosen.map((encodings) =>
      this.#tracks.find((track) => track.encodings === encodings) ??
        new TrackRecorder(encodings, now, (frame) => this.#queue.push(frame))
    );
    if (chosen.length === 0) return;
    this.#writer = new FileWriter({
      hasAudio: chosen.some(({ kind }) => kind === "audio"),
      hasVideo: chosen.some(({ kind }) => kind === "video"),
    }, this.#options.nextPath);
  }

  #endFile(now: Instant): void {
    this.#write(Infinity, now);
    try {
      this.#writer?.close();
    } catch (error) {
      this.#warnOf(error, now);
    }
    this.#writer = undefined;
  }

  #write(before: number, now: Instant): void {
    for (const frame of this.#queue.take(before)) {
      if (now < this.#pausedUntil) continue;
      try {
        this.#writer?.write(frame);
      } catch (error) {
        this.#pausedUntil = now + WARNING_INTERVAL_MS;
        this.#warnOf(error, now);
      }
    }
  }

  #say(text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.#options.warn(text);
  }

  #warnOf(error: unknown, now: Instant): void {
    const isNews = this.#warnedAt === undefined ||
      now >= after(this.#warnedAt, WARNING_INTERVAL_MS);
    if (!isNews) return;
    this.#warnedAt = now;
    this.#options.warn(`Cannot write the recording: ${explain(error)}`);
  }
}

/** What went wrong with a file, and what to do, for operators. */
export function explain(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
    return "the disk is full; delete old recordings";
  }
  if (
    error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotCapable
  ) {
    return "the server may not write to its folder for recordings; tell the server's administrator";
  }
  return error instanceof Error ? error.message : String(error);
}
