/** A path, cut at the first name in it that begins with a dot. */
export interface SplitPath {
  /** What comes before, without a slash at the end. */
  readonly first: string;
  /** The name with its dot; empty if there is none. */
  readonly command: string;
  /** What follows: empty, or with a leading slash. */
  readonly rest: string;
}

/** Cuts a path: `/a/.b/c` gives `/a`, `.b` and `/c`. */
export function splitPath(path: string): SplitPath {
  const [, first = path, command = "", rest = ""] =
    /^(.*?)\/(\.[^/]*)(.*)$/s.exec(path) ?? [];
  return { first, command, rest };
}
