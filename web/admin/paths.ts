import { encodeGroup } from "../pages/group_address.ts";

/** Paths of the administrative interface, below its version. */
export const LIST_PATH = ".groups/";

/** A group's description. */
export function groupPath(group: string): string {
  return `.groups/${encodeGroup(group)}`;
}

/** A list that belongs to a group. */
export function groupListPath(group: string, list: "users" | "tokens"): string {
  return `${groupPath(group)}/.${list}/`;
}

/** The keys of a group. */
export function keysPath(group: string): string {
  return `${groupPath(group)}/.keys`;
}

/** @param user without a name: all whom the group does not name */
export function userPath(group: string, user: string | undefined): string {
  return user === undefined
    ? `${groupPath(group)}/.wildcard-user`
    : `${groupListPath(group, "users")}${encodeURIComponent(user)}`;
}

/** A user's password. */
export function passwordPath(group: string, user: string | undefined): string {
  return `${userPath(group, user)}/.password`;
}

/** An invitation. */
export function tokenPath(group: string, secret: string): string {
  return `${groupListPath(group, "tokens")}${encodeURIComponent(secret)}`;
}
