import { MatroskaWriter } from "./matroska/matroska_writer.ts";
import type { FileTrack } from "./matroska/track_entry.ts";

/** How many files may have the same name but for a number (row C-2). */
const MAX_COLLISIONS = 99;

/** A file that is being written. To be closed. */
export interface RecordingFile {
  readonly writer: MatroskaWriter;
  readonly path: string;
  /** Completes the file and closes it, whatever happens. */
  close(): void;
}

/**
 * Begins a file of a name that nobody has, for its owner only.
 *
 * @param base its path, without the ending
 * @throws {Error} what the system says
 */
export function openRecordingFile(
  base: string,
  tracks: readonly FileTrack[],
): RecordingFile {
  const isWebm = tracks.every(({ codec }) => codec !== "h264");
  const { file, path } = createNew(base, isWebm ? "webm" : "mkv");
  try {
    const writer = new MatroskaWriter({
      append: (bytes) => writeAll(file, bytes),
      overwrite(position, bytes) {
        file.seekSync(position, Deno.SeekMode.Start);
        writeAll(file, bytes);
        file.seekSync(0, Deno.SeekMode.End);
      },
    }, tracks);
    return { writer, path, close: () => closeFile(writer, file) };
  } catch (error) {
    file.close();
    throw error;
  }
}

function closeFile(writer: MatroskaWriter, file: Deno.FsFile): void {
  try {
    writer.close();
  } finally {
    file.close();
  }
}

function createNew(
  base: string,
  ending: string,
): { readonly file: Deno.FsFile; readonly path: string } {
  for (let n = 0;; n++) {
    const number = n === 0 ? "" : `-${String(n).padStart(2, "0")}`;
    const path = `${base}${number}.${ending}`;
    try {
      const options = { write: true, createNew: true, mode: 0o600 };
      return { file: Deno.openSync(path, options), path };
    } catch (error) {
      const isTaken = error instanceof Deno.errors.AlreadyExists;
      if (!isTaken || n === MAX_COLLISIONS) throw error;
    }
  }
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  let rest = bytes;
  while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
}
