/** What a path under `/group/` asks for. */
export type GroupPath =
  /** The group's page. */
  | { readonly kind: "page"; readonly group: string }
  /** The same, but the slash at the end is missing. */
  | { readonly kind: "page-without-slash"; readonly group: string }
  /** Something about the group: `.status`, `.whip`… */
  | {
    readonly kind: "command";
    readonly group: string;
    /** With its dot. */
    readonly command: string;
    /** What follows the command: empty, or with a leading slash. */
    readonly rest: string;
  }
  | { readonly kind: "nothing" };

/**
 * Takes a path under `/group/` apart. The group's name is decoded but need not
 * be legal or exist.
 *
 * @param pathname still percent-encoded, as in a `URL`
 */
export function parseGroupPath(pathname: string): GroupPath {
  const decoded = decodePath(pathname);
  if (decoded === undefined || !decoded.startsWith("/group/")) {
    return { kind: "nothing" };
  }
  const below = decoded.slice("/group/".length);
  const names = below.split("/");
  const dot = names.findIndex((name) => name.startsWith("."));
  const group = (dot < 0 ? names : names.slice(0, dot)).join("/");
  if (dot === 0 || group === "" || group === "/") return { kind: "nothing" };
  if (dot > 0) {
    const [command = "", ...more] = names.slice(dot);
    const rest = more.map((name) => `/${name}`).join("");
    return { kind: "command", group, command, rest };
  }
  return group.endsWith("/")
    ? { kind: "page", group: group.slice(0, -1) }
    : { kind: "page-without-slash", group };
}

/** A group's name as part of a URL: `a b/c` gives `/group/a%20b/c/`. */
export function toGroupPath(group: string): string {
  return `/group/${group.split("/").map(encodeURIComponent).join("/")}/`;
}

/** A path without its percent signs, or `undefined` if they are malformed. */
export function decodePath(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined; // URIError: a stray % or bytes that are not UTF-8
  }
}
