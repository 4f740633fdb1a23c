import {
  CODEC_NAMES,
  type CodecName,
  DEFAULT_CODECS,
} from "../protocol/media_plane.ts";
import type { AuthKey } from "./auth_keys.ts";
import {
  type GroupDocument,
  parseGroupDocument,
  type UserDocument,
} from "./group_document.ts";
import { type PermissionRules, permissionsOf } from "./permissions.ts";
import { type StoredPassword, toStoredPassword } from "./stored_password.ts";

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
  /** What tokens of an authentication server are signed by. */
  readonly authKeys: readonly AuthKey[];
  readonly authServer?: string;
  readonly authPortal?: string;
  /** Those that there are of those that the file names, in its order. */
  readonly codecs: readonly CodecName[];
}

/** How long chat is kept if the file does not say, in seconds. */
const DEFAULT_HISTORY_AGE_SECONDS = 4 * 3600;

/**
 * Reads the text of a group's file; see `parseGroupDocument()`.
 *
 * @param file its name, for error messages
 * @throws {FileFormatError} if it is not what it should be
 */
export function parseGroupFile(text: string, file: string): GroupFile {
  return toGroupFile(parseGroupDocument(text, file));
}

/** What the fields of a group's file mean. */
export function toGroupFile(fields: GroupDocument): GroupFile {
  const rules = {
    allowRecording: fields["allow-recording"] ?? false,
    unrestrictedTokens: fields["unrestricted-tokens"] ?? false,
  };
  const { displayName, description, redirect, authServer, authPortal } = fields;
  const { expires, "not-before": notBefore, "wildcard-user": wildcard } =
    fields;
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(description === undefined ? {} : { description }),
    ...(redirect === undefined ? {} : { redirect }),
    ...(authServer === undefined ? {} : { authServer }),
    ...(authPortal === undefined ? {} : { authPortal }),
    ...(expires === undefined ? {} : { expires: new Date(expires) }),
    ...(notBefore === undefined ? {} : { notBefore: new Date(notBefore) }),
    ...(wildcard === undefined
      ? {}
      : { wildcardUser: toUserEntry(wildcard, rules) }),
    public: fields.public ?? false,
    maxClients: fields["max-clients"] ?? 0,
    maxHistoryAgeSeconds: fields["max-history-age"] ||
      DEFAULT_HISTORY_AGE_SECONDS,
    autoSubgroups: fields["auto-subgroups"] ?? false,
    autolock: fields.autolock ?? false,
    autokick: fields.autokick ?? false,
    rules,
    users: new Map(
      [...fields.users ?? []].map((
        [name, user],
      ) => [name, toUserEntry(user, rules)]),
    ),
    authKeys: fields.authKeys ?? [],
    codecs: toCodecs(fields.codecs),
  };
}

/** Names of other codecs are skipped (B-2); an empty list says nothing. */
function toCodecs(names: readonly string[] = []): readonly CodecName[] {
  if (names.length === 0) return DEFAULT_CODECS;
  const wanted = names.map((name) => name.toLowerCase());
  return [...new Set(wanted)]
    .flatMap((wanted) => CODEC_NAMES.find((name) => name === wanted) ?? []);
}

/** What is said of a user, with the permissions spelt out. */
export function toUserEntry(
  { password, permissions }: UserDocument,
  rules: PermissionRules,
): UserEntry {
  return {
    password: toStoredPassword(password),
    permissions: typeof permissions === "string"
      ? permissionsOf(permissions, rules)
      : permissions ?? [],
  };
}
