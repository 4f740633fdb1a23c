import { isRecord } from "../../auth/json.ts";
import { UsageError } from "../usage_error.ts";
import {
  type Command,
  DONE,
  type Flags,
  GROUP_FLAG,
  toGroupUrl,
} from "./command.ts";
import type { FlagSpecs } from "./go_flags.ts";
import { matchesAny } from "./glob.ts";

const DESCRIPTION_FLAGS: FlagSpecs = {
  ...GROUP_FLAG,
  "unrestricted-tokens": {
    type: "boolean",
    help: "let all who present make tokens",
  },
  "auto-subgroups": {
    type: "boolean",
    help: "make subgroups as they are used",
  },
  "json": { type: "string", help: "fields of the description, in JSON" },
};

/** The commands for groups. */
export const GROUP_COMMANDS: readonly Command[] = [
  {
    name: "list-groups",
    help: "list the groups that have a file",
    flags: {},
    takesPatterns: true,
    async run({ api, patterns }) {
      const names = toNames((await api.call("GET", "")).json)
        .filter((name) => matchesAny(name, patterns));
      return { text: names.join("\n"), json: names };
    },
  },
  {
    name: "show-group",
    help: "show a group's description",
    flags: GROUP_FLAG,
    async run({ api, flags }) {
      const path = toGroupUrl(flags.need("group"));
      const { json } = await api.call("GET", path);
      return { text: JSON.stringify(json, undefined, 4), json };
    },
  },
  {
    name: "create-group",
    help: "make a group",
    flags: DESCRIPTION_FLAGS,
    async run({ api, flags }) {
      await api.call("PUT", toGroupUrl(flags.need("group")), {
        ifNoneMatch: "*",
        json: merge({}, toFields(flags)),
      });
      return DONE;
    },
  },
  {
    name: "update-group",
    help: "change some fields of a group; null deletes one",
    flags: DESCRIPTION_FLAGS,
    async run({ api, flags }) {
      const path = toGroupUrl(flags.need("group"));
      const { json, etag } = await api.call("GET", path);
      await api.call("PUT", path, {
        ...(etag === undefined ? {} : { ifMatch: etag }),
        json: merge(json, toFields(flags)),
      });
      return DONE;
    },
  },
  {
    name: "delete-group",
    help: "delete a group",
    flags: GROUP_FLAG,
    async run({ api, flags }) {
      await api.call("DELETE", toGroupUrl(flags.need("group")));
      return DONE;
    },
  },
];

/**
 * Reads the flag `-json`, an object.
 *
 * @throws {UsageError} if it is none
 */
export function parseJsonFlag(flags: Flags): Readonly<Record<string, unknown>> {
  const text = flags.get("json") ?? "{}";
  try {
    const json: unknown = JSON.parse(text);
    if (isRecord(json)) return json;
  } catch {
    // SyntaxError: told of below, like everything else that is no object.
  }
  throw new UsageError(`Cannot use -json ${text}: give an object`);
}

/** An object with fields of another one put in; `null` takes one out. */
export function merge(
  json: unknown,
  fields: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const merged = { ...(isRecord(json) ? json : {}), ...fields };
  return Object.fromEntries(
    Object.entries(merged).filter(([, value]) => value !== null),
  );
}

/** A list of names; an empty one may be `null`. */
export function toNames(json: unknown): readonly string[] {
  return Array.isArray(json) ? json.map(String).sort() : [];
}

function toFields(flags: Flags): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = { ...parseJsonFlag(flags) };
  for (const name of ["unrestricted-tokens", "auto-subgroups"]) {
    if (flags.get(name) !== undefined) fields[name] = flags.has(name);
  }
  return fields;
}
