import * as v from "valibot";

import type { Log } from "../lib/log.ts";
import { FileCache } from "./file_cache.ts";
import {
  FileFormatError,
  parseObject,
  toFileFormatError,
} from "./file_format_error.ts";
import { toUserMap, UserSchema } from "./group_document.ts";
import { toUserEntry, type UserEntry } from "./group_file.ts";
import { spell } from "./json.ts";
import { DEFAULT_LIMITS, type Limits, LimitsSchema } from "./limits.ts";

/** What `config.json` says of the server as a whole. */
export interface Config {
  /** `host` or `host:port`: browsers that come by another name are sent there. */
  readonly canonicalHost?: string;
  /** Origins whose pages may connect, besides the server's own. */
  readonly allowOrigin: readonly string[];
  /** Origins whose pages may administer. */
  readonly allowAdminOrigin: readonly string[];
  /** How browsers reach the server, or a part of that, if through a proxy. */
  readonly proxyUrl?: string;
  /** Whether groups may be changed over the network. */
  readonly writableGroups: boolean;
  /** Who may administer everything: those with the permission `admin`. */
  readonly users: ReadonlyMap<string, UserEntry>;
  /** What one client, or one address, may take of the server. */
  readonly limits: Limits;
}

/** The configuration, as it is now. */
export interface ConfigFile {
  /**
   * Reads the file, if it has changed. One that has become unusable is told of
   * in the log, and what it said before stays.
   */
  read(): Promise<Config>;
}

const ConfigSchema = v.strictObject({
  canonicalHost: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i,
        "Invalid host: expected one such as example.org or example.org:8443",
      ),
    ),
  ),
  allowOrigin: v.optional(v.array(v.string()), []),
  allowAdminOrigin: v.optional(v.array(v.string()), []),
  proxyURL: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^(https?:)?(\/\/[^/?#\s]+)?(\/[^?#\s]*)?$/i,
        "Invalid URL: expected one such as https://example.org/calls",
      ),
    ),
  ),
  writableGroups: v.optional(v.boolean(), false),
  users: v.optional(v.map(v.string(), UserSchema)),
  limits: v.optional(LimitsSchema, {}),
});

/** Once a list of users, without a meaning for long. */
const OBSOLETE = "admin";

const FIELDS = [...Object.keys(ConfigSchema.entries), OBSOLETE];

/** What the server does without a file. */
export const DEFAULT_CONFIG: Config = {
  allowOrigin: [],
  allowAdminOrigin: [],
  writableGroups: false,
  users: new Map(),
  limits: DEFAULT_LIMITS,
};

/**
 * Reads the text of the configuration.
 *
 * @param file its name, for error messages
 * @param note told of what is obsolete
 * @throws {FileFormatError} if it is not what it should be
 */
export function parseConfig(
  text: string,
  file: string,
  note: (text: string) => void = () => {},
): Config {
  const { [OBSOLETE]: old, ...fields } = spell(parseObject(text, file), FIELDS);
  if (old !== undefined) note(`field "${OBSOLETE}" has no effect any more`);
  if (fields["users"] !== undefined) {
    fields["users"] = toUserMap(fields["users"]);
  }
  const result = v.safeParse(ConfigSchema, fields);
  if (!result.success) throw toFileFormatError(result.issues[0], text, file);
  const { canonicalHost, proxyURL, users, limits, ...rest } = result.output;
  const rules = { allowRecording: false, unrestrictedTokens: false };
  return {
    ...rest,
    ...(canonicalHost ? { canonicalHost } : {}),
    ...(proxyURL ? { proxyUrl: proxyURL } : {}),
    limits: { ...DEFAULT_LIMITS, ...withoutUndefined(limits) },
    users: new Map(
      [...users ?? []].map(([name, user]) => [name, toUserEntry(user, rules)]),
    ),
  };
}

/** What is given, so that the rest keeps its default. */
function withoutUndefined<T extends object>(
  some: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(some).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/**
 * Opens `config.json` in the data directory, which need not be there.
 *
 * @throws {FileFormatError} if it is there and cannot be used
 */
export async function openConfigFile(
  dataDirectory: string,
  log: Log,
): Promise<ConfigFile> {
  const path = `${dataDirectory}/config.json`;
  const cache = new FileCache((text) => parseOrKeep(text));
  let latest: Config | undefined;

  function parseOrKeep(text: string): Config {
    try {
      return parseConfig(text, path, (note) => log.warn(`${path}: ${note}`));
    } catch (error) {
      if (latest === undefined || !(error instanceof FileFormatError)) {
        throw error;
      }
      log.error(`${error.message}. What it said before stays in force`);
      return latest;
    }
  }

  const read = async () => {
    latest = (await cache.read(path))?.value ?? DEFAULT_CONFIG;
    return latest;
  };
  await read();
  return { read };
}
