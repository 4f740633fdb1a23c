import { encodeGroup } from "../pages/group_address.ts";

/** Paths of the administrative interface, below its version. */
export const LIST_PATH = ".groups/";

/** A group's description. */
export function groupPath(group: string): string {
  return `.groups/${encodeGroup(group)}`;
}

/**
 * A list that belongs to a group.
 *
 * @param group empty for the tokens that are good for every group
 */
export function groupListPath(group: string, list: "users" | "tokens"): string {
  return `${group === "" ? ".groups" : groupPath(group)}/.${list}/`;
}

/** The keys of a group. */
export function keysPath(group: string): string {
  return `${groupPath(group)}/.keys`;
}

/**
 * A user of a group.
 *
 * @param user empty: those who give no name; `undefined`: all whom the group
 *   does not name
 */
export function userPath(group: string, user: string | undefined): string {
  if (user === undefined) return `${groupPath(group)}/.wildcard-user`;
  if (user === "") return `${groupPath(group)}/.empty-user`;
  return `${groupListPath(group, "users")}${encodeURIComponent(user)}`;
}

/** A user's password. */
export function passwordPath(group: string, user: string | undefined): string {
  return `${userPath(group, user)}/.password`;
}

/** An invitation. */
export function tokenPath(group: string, secret: string): string {
  return `${groupListPath(group, "tokens")}${encodeURIComponent(secret)}`;
}
