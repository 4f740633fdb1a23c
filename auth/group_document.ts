import * as v from "valibot";

import {
  FileFormatError,
  parseObject,
  toFileFormatError,
} from "./file_format_error.ts";
import { isRecord, spell } from "./json.ts";
import { OBSOLETE_FIELDS, upgradeGroup } from "./obsolete_fields.ts";
import { PERMISSION_SETS } from "./permissions.ts";

const Text = v.string();
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Time = v.pipe(
  v.string(),
  v.isoTimestamp("Invalid time: expected one such as 2030-12-31T18:00:00Z"),
);

/** Unknown fields inside a password are for types that are yet to come. */
export const PasswordSchema = v.union([
  v.string(),
  v.looseObject({
    type: v.nullish(v.string()),
    hash: v.nullish(v.string()),
    key: v.nullish(v.string()),
    salt: v.nullish(v.string()),
    iterations: v.nullish(v.number()),
  }),
]);

/** A password as it stands in a file. */
export type PasswordDocument = v.InferOutput<typeof PasswordSchema>;

/** A user as in a group's file. */
export const UserSchema = v.strictObject({
  password: v.optional(PasswordSchema),
  permissions: v.optional(
    v.union(
      [v.picklist(PERMISSION_SETS), v.array(v.string())],
      "unknown permission",
    ),
  ),
});

/** What a file says of one user. */
export type UserDocument = v.InferOutput<typeof UserSchema>;

// In the order in which Galène writes them.
const GroupSchema = v.strictObject({
  "displayName": v.optional(Text),
  "description": v.optional(Text),
  "contact": v.optional(Text),
  "comment": v.optional(Text),
  "redirect": v.optional(Text),
  "public": v.optional(v.boolean()),
  "max-clients": v.optional(Count),
  "max-history-age": v.optional(Count),
  "expires": v.optional(Time),
  "not-before": v.optional(Time),
  "allow-recording": v.optional(v.boolean()),
  "unrestricted-tokens": v.optional(v.boolean()),
  "auto-subgroups": v.optional(v.boolean()),
  "autolock": v.optional(v.boolean()),
  "autokick": v.optional(v.boolean()),
  // A map, as users may be called `constructor`, which records leave out.
  "users": v.optional(v.map(v.string(), UserSchema)),
  "wildcard-user": v.optional(UserSchema),
  "authKeys": v.optional(v.array(v.looseObject({}))),
  "authServer": v.optional(Text),
  "authPortal": v.optional(Text),
  "codecs": v.optional(v.array(v.string())),
});

/**
 * What a group's file says, field by field, as it would be written again:
 * names spelt as they should be, obsolete fields in today's form.
 */
export type GroupDocument = v.InferOutput<typeof GroupSchema>;

const GROUP_FIELDS = Object.keys(GroupSchema.entries);
const USER_FIELDS = Object.keys(UserSchema.entries);

/**
 * Reads the text of a group's file.
 *
 * Names of fields are taken in upper and lower case alike, and `null` for a
 * field that is not there; one that is unknown spoils the file, since it might
 * be a restriction misspelt.
 *
 * @param file its name, for error messages
 * @param note told of what is obsolete and contradicts the rest
 * @throws {FileFormatError} if it is not what it should be
 */
export function parseGroupDocument(
  text: string,
  file: string,
  note: (text: string) => void = () => {},
): GroupDocument {
  const upgraded = upgradeGroup(parseObject(text, file), note);
  const result = v.safeParse(GroupSchema, normalise(upgraded));
  if (!result.success) throw toFileFormatError(result.issues[0], text, file);
  return result.output;
}

/**
 * Reads a user, in the form of a group's file.
 *
 * @throws {FileFormatError} if it is not what it should be
 */
export function parseUserDocument(text: string, file: string): UserDocument {
  const result = v.safeParse(UserSchema, spellUser(parseObject(text, file)));
  if (!result.success) throw toFileFormatError(result.issues[0], text, file);
  return result.output;
}

/**
 * Reads a group without users, passwords and keys, as administrators send it.
 * Unlike in files, unknown fields are left out.
 *
 * @throws {FileFormatError} if it is not what it should be, or has those
 */
export function parseSanitisedGroup(
  text: string,
  what: string,
): GroupDocument {
  const fields = spell(parseObject(text, what), [
    ...GROUP_FIELDS,
    ...OBSOLETE_FIELDS,
  ]);
  const secret = SECRET_FIELDS.find((field) => field in fields);
  if (secret !== undefined) {
    throw new FileFormatError(what, secret, "it has a place of its own");
  }
  const known = pick(upgradeGroup(fields, () => {}), GROUP_FIELDS);
  return parseGroupDocument(JSON.stringify(known), what);
}

/**
 * Reads a user without a password, as administrators send it. Unlike in files,
 * unknown fields are left out.
 *
 * @throws {FileFormatError} if it is not what it should be, or has a password
 */
export function parseSanitisedUser(text: string, what: string): UserDocument {
  const fields = spell(parseObject(text, what), USER_FIELDS);
  if ("password" in fields) {
    throw new FileFormatError(what, "password", "it has a place of its own");
  }
  return parseUserDocument(JSON.stringify(pick(fields, USER_FIELDS)), what);
}

/** What administrators change in other ways than with the rest of a group. */
const SECRET_FIELDS = [
  "users",
  "wildcard-user",
  "authKeys",
  "op",
  "presenter",
  "other",
];

function pick(
  object: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(object).filter(([name]) => names.includes(name)),
  );
}

/**
 * Reads a password, in the form of a group's file.
 *
 * @throws {FileFormatError} if it is not what it should be
 */
export function parsePasswordDocument(
  text: string,
  file: string,
): PasswordDocument {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new FileFormatError(file, "", `it is not JSON: ${error}`);
  }
  const result = v.safeParse(PasswordSchema, spellPassword(json));
  if (!result.success) throw toFileFormatError(result.issues[0], text, file);
  return result.output;
}

/** Writes a group's file; fields that have their default are left out. */
export function encodeGroupDocument(group: GroupDocument): string {
  const json = {
    ...omitDefaults(group),
    users: group.users?.size
      ? Object.fromEntries(
        [...group.users].map(([name, user]) => [name, toUserJson(user)]),
      )
      : undefined,
    "wildcard-user": group["wildcard-user"] &&
      toUserJson(group["wildcard-user"]),
    authKeys: group.authKeys?.length ? group.authKeys : undefined,
  };
  return `${JSON.stringify(inOrder(json), undefined, 2)}\n`;
}

/** A group without users, passwords and keys, as JSON: for administrators' eyes. */
export function toSanitisedGroup(
  group: GroupDocument,
): Readonly<Record<string, unknown>> {
  const { users: _, "wildcard-user": __, authKeys: ___, ...rest } = group;
  return inOrder(omitDefaults(rest));
}

/** A user as JSON, in the order and with the short forms of Galène (E-24). */
export function toUserJson(
  { password, permissions }: UserDocument,
): Readonly<Record<string, unknown>> {
  const isPlain = typeof password === "object" && password.type === "plain" &&
    typeof password.key === "string";
  return {
    ...(password === undefined
      ? {}
      : { password: isPlain ? password.key : password }),
    ...(permissions === undefined ? {} : { permissions }),
  };
}

function inOrder(
  group: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    GROUP_FIELDS.filter((name) => group[name] !== undefined)
      .map((name) => [name, group[name]]),
  );
}

function omitDefaults(
  group: GroupDocument,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(group).filter(([, value]) =>
      value !== false && value !== 0 && value !== "" &&
      !(Array.isArray(value) && value.length === 0)
    ),
  );
}

/** Gives known fields their own spelling and takes out those that are `null`. */
function normalise(
  json: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const group = spell(json, GROUP_FIELDS);
  const { users, "wildcard-user": wildcard } = group;
  if (users !== undefined) group["users"] = toUserMap(users);
  if (wildcard !== undefined) group["wildcard-user"] = spellUser(wildcard);
  return group;
}

/** Makes a map of users that are in an object; everything else stays. */
export function toUserMap(users: unknown): unknown {
  if (!isRecord(users)) return users;
  return new Map(
    Object.entries(users).map(([name, user]) => [name, spellUser(user)]),
  );
}

function spellUser(user: unknown): unknown {
  // The schema would take a list for an object without fields.
  if (Array.isArray(user)) return null;
  if (!isRecord(user)) return user;
  const fields = spell(user, USER_FIELDS);
  return "password" in fields
    ? { ...fields, password: spellPassword(fields["password"]) }
    : fields;
}

const PASSWORD_FIELDS = ["type", "hash", "key", "salt", "iterations"];

function spellPassword(password: unknown): unknown {
  if (Array.isArray(password)) return null;
  return isRecord(password) ? spell(password, PASSWORD_FIELDS) : password;
}
