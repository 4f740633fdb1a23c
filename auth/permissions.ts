import { assertNever } from "../lib/assert_never.ts";

/**
 * What one may do in a group: `op`, `present`, `message`, `caption`, `token`,
 * `record`, `admin`, or whatever a file or token says; unknown ones allow
 * nothing.
 */
export type Permission = string;

/** The named sets of permissions that a group's file may give a user. */
export const PERMISSION_SETS = [
  "op",
  "present",
  "message",
  "observe",
  "caption",
  "admin",
] as const;

/** The name of a set of permissions. */
export type PermissionSet = typeof PERMISSION_SETS[number];

/** What of a group's settings changes the sets. */
export interface PermissionRules {
  readonly allowRecording: boolean;
  readonly unrestrictedTokens: boolean;
}

/**
 * What a named set means in a group. (A list of single permissions, on the
 * other hand, always means itself.)
 */
export function permissionsOf(
  set: PermissionSet,
  rules: PermissionRules,
): readonly Permission[] {
  switch (set) {
    case "op":
      return [
        ...(rules.allowRecording ? ["record"] : []),
        "op",
        "present",
        "message",
        "caption",
        "token",
      ];
    case "present":
      return [
        ...(rules.unrestrictedTokens ? ["token"] : []),
        "present",
        "message",
      ];
    case "observe":
      return [];
    case "message":
    case "caption":
    case "admin":
      return [set];
    default:
      return assertNever(set);
  }
}
