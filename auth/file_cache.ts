/** A file's content as it was parsed, and a mark of its version. */
export interface CachedFile<T> {
  readonly value: T;
  /** Size, time of change and inode: changes when the file does. */
  readonly version: string;
}

/**
 * Reads files, and parses them again only when they have changed. So a file may
 * be edited or replaced at any time, without a word to the server, and asking
 * for it costs one system call.
 */
export class FileCache<T> {
  readonly #parse: (text: string, path: string) => T;
  readonly #files = new Map<string, CachedFile<T>>();

  /** Makes an empty cache. What `parse` throws comes out of `read`, uncached. */
  constructor(parse: (text: string, path: string) => T) {
    this.#parse = parse;
  }

  /** The file's content, or `undefined` if there is no such file. */
  async read(path: string): Promise<CachedFile<T> | undefined> {
    try {
      const version = versionOf(await Deno.stat(path));
      const cached = this.#files.get(path);
      if (cached?.version === version) return cached;
      const text = await Deno.readTextFile(path);
      const file = { value: this.#parse(text, path), version };
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
