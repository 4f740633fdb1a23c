import {
  PERMISSION_SETS,
  type PermissionSet,
  permissionsOf,
} from "../../auth/permissions.ts";
import { UsageError } from "../usage_error.ts";

/**
 * Reads permissions from the command line: the name of a set, or a list in
 * JSON.
 *
 * @throws {UsageError} if it is neither
 */
export function parsePermissions(
  text: string,
): PermissionSet | readonly string[] {
  const set = PERMISSION_SETS.find((name) => name === text);
  if (set !== undefined) return set;
  const list = parseList(text);
  if (list !== undefined) return list;
  throw new UsageError(
    `Cannot use permissions ${text}: give one of ${
      PERMISSION_SETS.join(", ")
    }, or a list such as '["present"]'`,
  );
}

/** The same, as a list: for tokens, which have no sets. */
export function expandPermissions(text: string): readonly string[] {
  const permissions = parsePermissions(text);
  const rules = { allowRecording: false, unrestrictedTokens: false };
  return typeof permissions === "string"
    ? permissionsOf(permissions, rules)
    : permissions;
}

/** Permissions in short: `op`, or `[mp]` for message and present. */
export function formatPermissions(permissions: unknown): string {
  if (!Array.isArray(permissions)) return String(permissions ?? "");
  const letters = permissions.map((one) => String(one).charAt(0));
  return `[${letters.sort().join("")}]`;
}

function parseList(text: string): readonly string[] | undefined {
  if (!text.startsWith("[")) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    const isList = Array.isArray(list) &&
      list.every((one) => typeof one === "string");
    return isList ? list : undefined;
  } catch {
    return undefined; // SyntaxError
  }
}
