/** A file's content as it was parsed, and a mark of its version. */
export interface CachedFile<T> {
  readonly value: T;
  /** Size, time of change and inode: changes when the file does. */
  readonly version: string;
}

interface Entry<T> extends CachedFile<T> {
  readonly text: string;
  /** It had changed just before it was read, and may do so again unnoticed. */
  readonly isYoung: boolean;
}

/**
 * How long a file is read each time after it has changed, in milliseconds: its
 * time of change is so coarse in some file systems that a second change does
 * not show in it. Lower misses changes; higher costs some reading.
 */
const YOUNG_MS = 2_000;

/**
 * Reads files, and parses them again only when they have changed. So a file may
 * be edited or replaced at any time, without a word to the server, and asking
 * for it costs one system call.
 */
export class FileCache<T> {
  readonly #parse: (text: string, path: string) => T;
  readonly #files = new Map<string, Entry<T>>();

  /** Makes an empty cache. What `parse` throws comes out of `read`, uncached. */
  constructor(parse: (text: string, path: string) => T) {
    this.#parse = parse;
  }

  /** The file's content, or `undefined` if there is no such file. */
  async read(path: string): Promise<CachedFile<T> | undefined> {
    try {
      const info = await Deno.stat(path);
      const version = versionOf(info);
      const cached = this.#files.get(path);
      if (cached?.version === version && !cached.isYoung) return cached;
      const isYoung = Date.now() - (info.mtime?.getTime() ?? 0) < YOUNG_MS;
      const text = await Deno.readTextFile(path);
      const file = cached?.text === text
        ? { ...cached, version, isYoung }
        : { value: this.#parse(text, path), version, text, isYoung };
      this.#files.set(path, file);
      return file;
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.#files.delete(path);
      return undefined;
    }
  }
}

function versionOf({ size, mtime, ino }: Deno.FileInfo): string {
  return `${size}-${mtime?.getTime() ?? 0}-${ino ?? 0}`;
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory ||
    error instanceof Deno.errors.IsADirectory ||
    // No file can have such a long name.
    (error instanceof Error && "code" in error &&
      error.code === "ENAMETOOLONG");
}
