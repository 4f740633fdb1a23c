import * as v from "valibot";

import {
  PERMISSION_SETS,
  type PermissionRules,
  permissionsOf,
} from "./permissions.ts";

/** A group's file cannot be used; the text names the file and the field. */
export class GroupFileError extends Error {
  override readonly name = "GroupFileError";

  /** Makes the error for a field of a file; `field` may be empty. */
  constructor(
    readonly file: string,
    readonly field: string,
    problem: string,
  ) {
    const where = field === "" ? file : `${file}, field "${field}"`;
    super(`Cannot use ${where}: ${problem}`);
  }
}

const Text = v.string();
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Time = v.pipe(
  v.string(),
  v.isoTimestamp("Invalid time: expected one such as 2030-12-31T18:00:00Z"),
  v.transform((text) => new Date(text)),
);

/** Unknown fields inside a password are for types that are yet to come. */
const Password = v.union([
  v.string(),
  v.looseObject({ type: v.string(), key: v.optional(v.string()) }),
]);

const User = v.strictObject({
  password: v.optional(Password),
  permissions: v.optional(
    v.union([v.picklist(PERMISSION_SETS), v.array(v.string())]),
  ),
});

const GroupSchema = v.strictObject({
  "displayName": v.optional(Text),
  "description": v.optional(Text),
  "contact": v.optional(Text),
  "comment": v.optional(Text),
  "public": v.optional(v.boolean(), false),
  "redirect": v.optional(Text),
  "max-clients": v.optional(Count, 0),
  "max-history-age": v.optional(Count, 4 * 3600),
  "expires": v.optional(Time),
  "not-before": v.optional(Time),
  "allow-recording": v.optional(v.boolean(), false),
  "unrestricted-tokens": v.optional(v.boolean(), false),
  "auto-subgroups": v.optional(v.boolean(), false),
  "autolock": v.optional(v.boolean(), false),
  "autokick": v.optional(v.boolean(), false),
  // A map, as users may be called `constructor`, which records leave out.
  "users": v.optional(v.map(v.string(), User)),
  "wildcard-user": v.optional(User),
  "authKeys": v.optional(v.array(v.looseObject({})), []),
  "authServer": v.optional(Text),
  "authPortal": v.optional(Text),
  "codecs": v.optional(v.array(v.string()), ["vp8", "opus"]),
});

/** How somebody proves who they are. `none`: in no way, never. */
export type StoredPassword =
  | { readonly kind: "none" }
  | { readonly kind: "plain"; readonly key: string }
  | { readonly kind: "wildcard" }
  | { readonly kind: "unsupported"; readonly type: string };

/** What a group's file says of one user, or of all that it does not name. */
export interface UserEntry {
  readonly password: StoredPassword;
  readonly permissions: readonly string[];
}

/** What a group's file says. Its users' passwords do not leave `auth/`. */
export interface GroupFile {
  readonly displayName?: string;
  readonly description?: string;
  readonly public: boolean;
  readonly redirect?: string;
  /** 0: any number. */
  readonly maxClients: number;
  readonly maxHistoryAgeSeconds: number;
  readonly expires?: Date;
  readonly notBefore?: Date;
  readonly autoSubgroups: boolean;
  readonly autolock: boolean;
  readonly autokick: boolean;
  readonly rules: PermissionRules;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly wildcardUser?: UserEntry;
  readonly authServer?: string;
  readonly authPortal?: string;
  readonly codecs: readonly string[];
}

/**
 * Reads the text of a group's file.
 *
 * Names of fields are taken in upper and lower case alike, and `null` for a
 * field that is not there; one that is unknown spoils the file, since it might
 * be a restriction misspelt.
 *
 * @param file its name, for error messages
 * @throws {GroupFileError} if it is not what it should be
 */
export function parseGroupFile(text: string, file: string): GroupFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new GroupFileError(file, "", `it is not JSON: ${problem}`);
  }
  if (!isRecord(json)) {
    throw new GroupFileError(file, "", "it is not an object");
  }
  const result = v.safeParse(GroupSchema, normalise(json));
  if (result.success) return toGroupFile(result.output);
  const [issue] = result.issues;
  throw new GroupFileError(
    file,
    v.getDotPath(issue) ?? "",
    issue.expected === "never" ? "there is no such field" : issue.message,
  );
}

function toGroupFile(fields: v.InferOutput<typeof GroupSchema>): GroupFile {
  const rules = {
    allowRecording: fields["allow-recording"],
    unrestrictedTokens: fields["unrestricted-tokens"],
  };
  const toEntry = (user: v.InferOutput<typeof User>): UserEntry => ({
    password: toStoredPassword(user.password),
    permissions: typeof user.permissions === "string"
      ? permissionsOf(user.permissions, rules)
      : user.permissions ?? [],
  });
  const { displayName, description, redirect, authServer, authPortal } = fields;
  const { expires, "not-before": notBefore, "wildcard-user": wildcard } =
    fields;
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(description === undefined ? {} : { description }),
    ...(redirect === undefined ? {} : { redirect }),
    ...(authServer === undefined ? {} : { authServer }),
    ...(authPortal === undefined ? {} : { authPortal }),
    ...(expires === undefined ? {} : { expires }),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(wildcard === undefined ? {} : { wildcardUser: toEntry(wildcard) }),
    public: fields.public,
    maxClients: fields["max-clients"],
    maxHistoryAgeSeconds: fields["max-history-age"],
    autoSubgroups: fields["auto-subgroups"],
    autolock: fields.autolock,
    autokick: fields.autokick,
    rules,
    users: new Map(
      [...fields.users ?? []].map(([name, user]) => [name, toEntry(user)]),
    ),
    codecs: fields.codecs,
  };
}

function toStoredPassword(
  password: v.InferOutput<typeof Password> | undefined,
): StoredPassword {
  if (password === undefined) return { kind: "none" };
  if (typeof password === "string") return { kind: "plain", key: password };
  const { type, key } = password;
  if (type === "wildcard") return { kind: "wildcard" };
  return type === "plain" && key !== undefined
    ? { kind: "plain", key }
    : { kind: "unsupported", type };
}

/** Gives known fields their own spelling and takes out those that are `null`. */
function normalise(
  json: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const group = spell(json, GROUP_FIELDS);
  const { users, "wildcard-user": wildcard } = group;
  if (isRecord(users)) {
    group["users"] = new Map(
      Object.entries(users).map(([name, user]) => [name, spellUser(user)]),
    );
  }
  if (wildcard !== undefined) group["wildcard-user"] = spellUser(wildcard);
  return group;
}

function spellUser(user: unknown): unknown {
  // The schema would take a list for an object without fields.
  if (Array.isArray(user)) return null;
  return isRecord(user) ? spell(user, USER_FIELDS) : user;
}

const GROUP_FIELDS = Object.keys(GroupSchema.entries);
const USER_FIELDS = Object.keys(User.entries);

function spell(
  object: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => {
        const lower = name.toLowerCase();
        const known = fields.find((field) => field.toLowerCase() === lower);
        return [known ?? name, value];
      }),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
