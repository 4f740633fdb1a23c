/**
 * Which permissions each act needs: the only place that says so. Whoever holds
 * all that are listed may do it. A permission that is not listed here means
 * nothing to the server, whatever its name.
 */
const NEEDED = {
  publish: ["present"],
  chat: ["message"],
  caption: ["caption"],
  /** Getting in though the group is locked, closed, full. */
  bypass: ["op"],
  /** Being believed by other clients. */
  speakPrivileged: ["op"],
  /** Acting on other users. */
  moderate: ["op"],
  clearChat: ["op"],
  lock: ["op"],
  setGroupData: ["op"],
  listSubgroups: ["op"],
  record: ["record"],
  makeToken: ["token"],
  editTokens: ["op", "token"],
} as const satisfies Record<string, readonly string[]>;

/** Something that not everybody may do. */
export type Act = keyof typeof NEEDED;

/** Somebody who has permissions. */
export interface Permitted {
  readonly permissions: readonly string[];
}

/** Whether somebody may do something. */
export function may(who: Permitted, act: Act): boolean {
  return NEEDED[act].every((needed) => who.permissions.includes(needed));
}

/** Permissions with some added, without repetition. */
export function withPermissions(
  permissions: readonly string[],
  added: readonly string[],
): readonly string[] {
  return [...new Set([...permissions, ...added])];
}

/** Permissions with some removed. */
export function withoutPermissions(
  permissions: readonly string[],
  removed: readonly string[],
): readonly string[] {
  return permissions.filter((permission) => !removed.includes(permission));
}
