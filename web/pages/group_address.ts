import { BASE_PATH } from "./base_path.ts";

/** Whether there is a group of some name. */
export type GroupFound =
  | { readonly kind: "found" }
  | { readonly kind: "missing" }
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "unreachable" };

/** A group's name as part of a path: `a b/c` gives `a%20b/c`. */
export function encodeGroup(group: string): string {
  return group.split("/").map(encodeURIComponent).join("/");
}

/** The address of a group's page: `a b/c` gives `/group/a%20b/c/`. */
export function toGroupAddress(group: string, base = BASE_PATH): string {
  return `${base}/group/${encodeGroup(group)}/`;
}

/** The address of the list of a group's recordings. */
export function toRecordingsAddress(group: string, base = BASE_PATH): string {
  return `${base}/recordings/${encodeGroup(group)}/`;
}

/** The group whose page has this path: `/group/a%20b/c/` gives `a b/c`. */
export function parseGroupAddress(pathname: string, base = BASE_PATH): string {
  const prefix = `${base}/group/`;
  const below = pathname.startsWith(prefix)
    ? pathname.slice(prefix.length)
    : pathname;
  const path = below.replace(/\/+$/, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // A stray percent sign: the server will know no such group.
  }
}

/** What somebody wrote who looks for a group, and where that leads. */
export interface GroupWish {
  readonly group: string;
  readonly address: string;
}

/**
 * Reads a group's name or, as people paste these too, the link of one here; an
 * invite link keeps its token. The name is empty if nothing was written.
 */
export function parseGroupWish(
  text: string,
  origin: string,
  base = BASE_PATH,
): GroupWish {
  const written = text.trim();
  const link = URL.canParse(written) ? new URL(written) : undefined;
  if (link?.origin === origin && link.pathname.startsWith(`${base}/group/`)) {
    const group = parseGroupAddress(link.pathname, base);
    return { group, address: `${toGroupAddress(group, base)}${link.search}` };
  }
  const group = written.replace(/^\/+|\/+$/g, "");
  return { group, address: toGroupAddress(group, base) };
}

/** Asks the server whether there is such a group, and nothing else about it. */
export async function findGroup(group: string): Promise<GroupFound> {
  try {
    const address = `${toGroupAddress(group)}.status`;
    const { ok, status } = await fetch(address, { method: "HEAD" });
    if (ok) return { kind: "found" };
    return status === 404 ? { kind: "missing" } : { kind: "refused", status };
  } catch {
    return { kind: "unreachable" }; // TypeError: no network, no server
  }
}

/** The address by which a token lets somebody into a group. */
export function toInviteLink(
  group: string,
  token: string,
  origin = location.origin,
): string {
  return `${origin}${toGroupAddress(group)}?token=${encodeURIComponent(token)}`;
}
