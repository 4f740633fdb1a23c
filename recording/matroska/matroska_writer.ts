import {
  concat,
  element,
  float,
  idBytes,
  longSize,
  room,
  sizeBytes,
  text,
  uint,
  UNKNOWN_SIZE,
} from "./ebml.ts";
import { type FileTrack, trackEntry } from "./track_entry.ts";

/** Where a file's bytes go; both throw what the system says. */
export interface FileSink {
  /** Adds to the end. */
  append(bytes: Uint8Array): void;
  /** Writes over what is there, from that byte of the file on. */
  overwrite(position: number, bytes: Uint8Array): void;
}

const CLUSTER = 0x1f43b675;

/**
 * The longest cluster, in milliseconds; times in it have 16 bits. Lower makes
 * sound easier to seek in; higher saves some bytes.
 */
const MAX_CLUSTER_MS = 5_000;

/** The shortest, where a keyframe could begin another. */
const MIN_CLUSTER_MS = 1_000;

/** A long recording's places to seek to are so many at most. */
const MAX_CUES = 100_000;

/** What stands at the beginning until the end is known. */
const SEEK_HEAD_BYTES = 100;
const DURATION_BYTES = 11;

/** What the last frame is taken to last, in milliseconds. */
const LAST_FRAME_MS = 20;

/** A place to seek to. */
interface Cue {
  readonly timeMs: number;
  readonly position: number;
}

/**
 * Writes one Matroska file (RFC 9559), or WebM, block by block: what is written
 * can be played, whatever happens then. {@linkcode close} adds what makes it
 * quick to seek in: its duration and cues.
 */
export class MatroskaWriter {
  readonly #sink: FileSink;
  readonly #tracks: readonly FileTrack[];
  /** Bytes that are written. */
  #size = 0;
  /** Where positions in the file count from. */
  #segment = 0;
  #seekHead = 0;
  #info = 0;
  #trackList = 0;
  #duration = 0;
  /** Where the contents of the cluster begin, or 0. */
  #cluster = 0;
  #clusterMs = 0;
  #lastMs = 0;
  readonly #cues: Cue[] = [];

  /**
   * Writes the file's beginning.
   *
   * @param tracks those are numbered from 1
   */
  constructor(sink: FileSink, tracks: readonly FileTrack[]) {
    this.#sink = sink;
    this.#tracks = tracks;
    const isWebm = tracks.every(({ codec }) => codec !== "h264");
    this.#append(ebmlHeader(isWebm ? "webm" : "matroska"));
    this.#append(concat([idBytes(0x18538067), UNKNOWN_SIZE]));
    this.#segment = this.#size;
    this.#seekHead = this.#size;
    this.#append(room(SEEK_HEAD_BYTES));
    this.#info = this.#size;
    const info = element(
      0x1549a966,
      uint(0x2ad7b1, 1_000_000), // times are in milliseconds
      text(0x4d80, "Nereid"),
      text(0x5741, "Nereid"),
      room(DURATION_BYTES),
    );
    this.#append(info);
    this.#duration = this.#size - DURATION_BYTES;
    this.#trackList = this.#size;
    const entries = tracks.map((track, index) => trackEntry(track, index + 1));
    this.#append(element(0x1654ae6b, ...entries));
  }

  /** Of what is written, in bytes. */
  get sizeBytes(): number {
    return this.#size;
  }

  /**
   * Writes a frame.
   *
   * @param track its number
   * @param timeMs from the file's beginning; not before the frame that was last
   */
  write(
    track: number,
    timeMs: number,
    isKeyframe: boolean,
    frame: Uint8Array,
  ): void {
    const isVideo = this.#tracks[track - 1]?.kind === "video";
    this.#lastMs = timeMs;
    this.#makeCluster(timeMs, isVideo && isKeyframe);
    const head = new Uint8Array(4);
    head[0] = 0x80 | track;
    new DataView(head.buffer).setInt16(1, timeMs - this.#clusterMs);
    head[3] = isKeyframe ? 0x80 : 0;
    const size = sizeBytes(head.length + frame.length);
    this.#append(concat([idBytes(0xa3), size, head, frame]));
  }

  /** Completes the file. Nothing is written after that. */
  close(): void {
    this.#endCluster();
    const cues = this.#size;
    const seekable = 1 + this.#tracks.findIndex(({ kind }) => kind === "video");
    const points = this.#cues.map((cue) => cuePoint(cue, seekable || 1));
    this.#append(element(0x1c53bb6b, concat(points)));
    const heads = [
      seek(0x1549a966, this.#info - this.#segment),
      seek(0x1654ae6b, this.#trackList - this.#segment),
      seek(0x1c53bb6b, cues - this.#segment),
    ];
    const seekHead = element(0x114d9b74, ...heads);
    const rest = room(SEEK_HEAD_BYTES - seekHead.length);
    this.#sink.overwrite(this.#seekHead, concat([seekHead, rest]));
    const duration = float(0x4489, this.#lastMs + LAST_FRAME_MS);
    this.#sink.overwrite(this.#duration, duration);
    const size = longSize(this.#size - this.#segment);
    this.#sink.overwrite(this.#segment - size.length, size);
  }

  /** Begins a cluster where one is due: at a keyframe, so that one can seek there. */
  #makeCluster(timeMs: number, isVideoKeyframe: boolean): void {
    const age = timeMs - this.#clusterMs;
    const hasVideo = this.#tracks.some(({ kind }) => kind === "video");
    const isDue = this.#cluster === 0 || age >= MAX_CLUSTER_MS ||
      isVideoKeyframe && age >= MIN_CLUSTER_MS;
    if (!isDue) return;
    this.#endCluster();
    const position = this.#size - this.#segment;
    const isSeekable = !hasVideo || isVideoKeyframe;
    if (isSeekable && this.#cues.length < MAX_CUES) {
      this.#cues.push({ timeMs, position });
    }
    const cluster = concat([idBytes(CLUSTER), UNKNOWN_SIZE]);
    this.#cluster = this.#size + cluster.length;
    this.#clusterMs = timeMs;
    this.#append(concat([cluster, uint(0xe7, timeMs)]));
  }

  #endCluster(): void {
    if (this.#cluster === 0) return;
    const size = longSize(this.#size - this.#cluster);
    this.#sink.overwrite(this.#cluster - size.length, size);
    this.#cluster = 0;
  }

  #append(bytes: Uint8Array): void {
    this.#sink.append(bytes);
    this.#size += bytes.length;
  }
}

function ebmlHeader(docType: string): Uint8Array {
  return element(
    0x1a45dfa3,
    uint(0x4286, 1),
    uint(0x42f7, 1),
    uint(0x42f2, 4),
    uint(0x42f3, 8),
    text(0x4282, docType),
    uint(0x4287, 4),
    uint(0x4285, 2),
  );
}

function seek(id: number, position: number): Uint8Array {
  return element(0x4dbb, element(0x53ab, idBytes(id)), uint(0x53ac, position));
}

function cuePoint({ timeMs, position }: Cue, track: number): Uint8Array {
  return element(
    0xbb,
    uint(0xb3, timeMs),
    element(0xb7, uint(0xf7, track), uint(0xf1, position)),
  );
}
