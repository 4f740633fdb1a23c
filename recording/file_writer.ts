import { readKeyframeHeader } from "./frames/keyframe_header.ts";
import type { FileTrack, PictureSize } from "./matroska/track_entry.ts";
import { openRecordingFile, type RecordingFile } from "./recording_file.ts";
import type { Frame } from "./track_recorder.ts";

/** What a file of one flow holds. */
export interface FileContents {
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
}

/** A file that is open, and what its frames have to fit. */
interface Open {
  readonly file: RecordingFile;
  /** When it begins. */
  readonly at: number;
  readonly size: PictureSize | undefined;
  readonly codec: string | undefined;
  lastMs: number;
}

/**
 * Writes the frames of a flow, which come in the order of their moments, into
 * files: with a picture, a file begins with a keyframe, and ends where one has
 * another size or codec (rows C-6, C-7).
 */
export class FileWriter {
  readonly #contents: FileContents;
  readonly #nextPath: () => string;
  #open: Open | undefined;

  /** @param nextPath of a file that begins now, without its ending */
  constructor(contents: FileContents, nextPath: () => string) {
    this.#contents = contents;
    this.#nextPath = nextPath;
  }

  /** Where what is written now is, if something is. */
  get path(): string | undefined {
    return this.#open?.file.path;
  }

  /**
   * Writes a frame, or leaves it out where no file has begun.
   *
   * @throws {Error} what the system says; the file is closed then
   */
  write(frame: Frame): void {
    try {
      const begins = frame.kind === "video"
        ? frame.isKeyframe
        : !this.#contents.hasVideo;
      if (begins) this.#begin(frame);
      if (this.#open !== undefined) this.#add(frame, this.#open);
    } catch (error) {
      try {
        this.close();
      } catch {
        // What was wrong before is what there is to tell.
      }
      throw error;
    }
  }

  /**
   * Ends the file, if there is one.
   *
   * @throws {Error} what the system says; it is closed anyway
   */
  close(): void {
    const open = this.#open;
    this.#open = undefined;
    open?.file.close();
  }

  #begin({ kind, codec, bytes, at }: Frame): void {
    if (kind === "audio" || codec === "opus") {
      if (this.#open === undefined) {
        this.#openFile(at, [{ kind: "audio", codec: "opus" }]);
      }
      return;
    }
    const header = readKeyframeHeader(codec, bytes);
    if (header === undefined) return;
    const { size, setup } = header;
    const { size: before, codec: codecBefore } = this.#open ?? {};
    const isSame = codec === codecBefore && before?.width === size.width &&
      before?.height === size.height;
    if (isSame) return;
    this.close();
    const video: FileTrack = { kind: "video", codec, size, setup };
    const audio: FileTrack = { kind: "audio", codec: "opus" };
    const { hasAudio } = this.#contents;
    this.#openFile(at, hasAudio ? [audio, video] : [video], size, codec);
  }

  #openFile(
    at: number,
    tracks: readonly FileTrack[],
    size?: PictureSize,
    codec?: string,
  ): void {
    const file = openRecordingFile(this.#nextPath(), tracks);
    this.#open = { file, at, size, codec, lastMs: 0 };
  }

  #add({ kind, isKeyframe, bytes, at }: Frame, open: Open): void {
    // A file holds what came from its beginning on.
    if (at < open.at) return;
    const { hasAudio } = this.#contents;
    const track = kind === "video" && hasAudio ? 2 : 1;
    open.lastMs = Math.max(open.lastMs, Math.round(at - open.at));
    open.file.writer.write(track, open.lastMs, isKeyframe, bytes);
  }
}
