import { decodePath } from "../group_path.ts";

/** What a path under `/recordings` asks for. */
export type RecordingsPath =
  /** A group's list. */
  | { readonly kind: "list"; readonly group: string }
  /** The same, but the slash at the end is missing. */
  | { readonly kind: "list-without-slash" }
  | { readonly kind: "file"; readonly group: string; readonly name: string }
  | { readonly kind: "style" }
  /** Nothing that could be a group's name. */
  | { readonly kind: "no-group" }
  | { readonly kind: "nothing" };

/** How the style sheet of the lists is called; no group is called so. */
export const STYLE_NAME = ".style.css";

/**
 * Takes a path under `/recordings` apart. The group need not be legal or exist:
 * what there is, is not to be seen from the answer to strangers (J-16).
 *
 * @param pathname still percent-encoded, as in a `URL`
 */
export function parseRecordingsPath(pathname: string): RecordingsPath {
  const decoded = decodePath(pathname);
  if (decoded === undefined || /[\\\0]/.test(decoded)) {
    return { kind: "nothing" };
  }
  if (decoded === "/recordings") return { kind: "list-without-slash" };
  if (!decoded.startsWith("/recordings/")) return { kind: "nothing" };
  const below = decoded.slice("/recordings/".length);
  if (below === STYLE_NAME) return { kind: "style" };
  const names = below.split("/");
  const name = names.pop() ?? "";
  const group = names.join("/");
  if (names.some((part) => part === "" || part.startsWith("."))) {
    return { kind: "nothing" };
  }
  if (name === "") {
    return group === "" ? { kind: "no-group" } : { kind: "list", group };
  }
  const isFile = group !== "" && /\.(webm|mkv)$/.test(name) &&
    !name.startsWith(".");
  return isFile
    ? { kind: "file", group, name }
    : { kind: "list-without-slash" };
}
