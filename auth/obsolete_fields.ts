import { isRecord } from "./json.ts";

/** What users were listed as in old files, and the set that each is now. */
const OLD_LISTS = [
  ["op", "op"],
  ["presenter", "present"],
  ["other", "message"],
] as const;

/** The fields that {@linkcode upgradeGroup} takes out. */
export const OBSOLETE_FIELDS: readonly string[] = [
  ...OLD_LISTS.map(([list]) => list),
  "allow-subgroups",
  "allow-anonymous",
];

/**
 * Puts fields of old versions of Galène in today's form: the lists `op`,
 * `presenter` and `other` become users, `allow-subgroups` becomes
 * `auto-subgroups`, `allow-anonymous` has no meaning any more. The file on disk
 * stays as it is until it is next written.
 *
 * @param note told of what is left out because the file says otherwise, too
 */
export function upgradeGroup(
  group: Readonly<Record<string, unknown>>,
  note: (text: string) => void,
): Readonly<Record<string, unknown>> {
  const old = new Map<string, unknown>();
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(group)) {
    const lower = name.toLowerCase();
    if (OBSOLETE_FIELDS.includes(lower)) old.set(lower, value);
    else rest[name] = value;
  }
  if (old.size === 0) return group;
  if (old.get("allow-subgroups") === true) rest["auto-subgroups"] = true;
  return OLD_LISTS.reduce<Record<string, unknown>>(
    (upgraded, [list, set]) => upgradeList(upgraded, old.get(list), set, note),
    rest,
  );
}

function upgradeList(
  group: Record<string, unknown>,
  list: unknown,
  permissions: string,
  note: (text: string) => void,
): Record<string, unknown> {
  if (!Array.isArray(list)) return group;
  const users = new Map(
    isRecord(group["users"]) ? Object.entries(group["users"]) : [],
  );
  let wildcard = group["wildcard-user"] ?? undefined;
  for (const entry of list) {
    if (!isRecord(entry)) continue;
    const { username, password } = entry;
    const user = { password: password ?? { type: "wildcard" }, permissions };
    if (typeof username !== "string" || username === "") {
      if (wildcard === undefined) wildcard = user;
      else note(`obsolete ${permissions} entry for everybody ignored`);
    } else if (!users.has(username)) users.set(username, user);
    else note(`obsolete ${permissions} entry for ${username} ignored`);
  }
  return {
    ...group,
    ...(users.size === 0 ? {} : { users: Object.fromEntries(users) }),
    ...(wildcard === undefined ? {} : { "wildcard-user": wildcard }),
  };
}
