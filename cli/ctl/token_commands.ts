import { type Command, DONE, type Flags, toGroupUrl } from "./command.ts";
import { parseDuration } from "./duration.ts";
import type { FlagSpecs } from "./go_flags.ts";
import { matchesAny } from "./glob.ts";
import { merge, toNames } from "./group_commands.ts";
import { expandPermissions, formatPermissions } from "./permissions.ts";

const GROUP: FlagSpecs = {
  group: { type: "string", help: "name of the group; '' for all groups" },
};

const TOKEN: FlagSpecs = {
  ...GROUP,
  token: { type: "string", help: "the token" },
};

const TERMS: FlagSpecs = {
  permissions: {
    type: "string",
    help: "what its holder may (default present)",
  },
  duration: { type: "string", help: "how long it is good (default 24h)" },
};

/** Into how much of the past a revoked token's end is put. */
const REVOKED_AGO_MS = 60_000;

/** The commands for tokens. */
export const TOKEN_COMMANDS: readonly Command[] = [
  {
    name: "list-tokens",
    help: "list a group's tokens",
    flags: { ...GROUP, l: { type: "boolean", help: "with what they say" } },
    takesPatterns: true,
    async run({ api, flags, patterns }) {
      const folder = toTokensUrl(flags);
      const names = toNames((await api.call("GET", folder)).json)
        .filter((name) => matchesAny(name, patterns));
      if (!flags.has("l")) return { text: names.join("\n"), json: names };
      const tokens = [];
      for (const token of names) {
        const path = folder + encodeURIComponent(token);
        const { json } = await api.call("GET", path);
        tokens.push(merge(json, { token, group: flags.get("group") ?? "" }));
      }
      const lines = tokens.map(({ token, username, permissions, expires }) =>
        [
          String(token).padEnd(24),
          String(username ?? "").padEnd(12),
          formatPermissions(permissions).padEnd(7),
          String(expires ?? ""),
        ].join(" ").trimEnd()
      );
      return { text: lines.join("\n"), json: tokens };
    },
  },
  {
    name: "create-token",
    help: "make a token and print it",
    flags: {
      ...GROUP,
      ...TERMS,
      "user": { type: "string", help: "what its holder is called" },
      "include-subgroups": { type: "boolean", help: "good for subgroups, too" },
    },
    async run({ api, flags, now }) {
      const username = flags.get("user");
      const { location = "" } = await api.call("POST", toTokensUrl(flags), {
        json: {
          ...(username === undefined ? {} : { username }),
          ...(flags.has("include-subgroups") ? { includeSubgroups: true } : {}),
          permissions: expandPermissions(flags.get("permissions") ?? "present"),
          expires: later(now(), flags.get("duration") ?? "24h"),
        },
      });
      const token = location.slice(location.lastIndexOf("/") + 1);
      return { text: token, json: { token } };
    },
  },
  {
    name: "update-token",
    help: "change what a token allows, or for how long",
    flags: { ...TOKEN, ...TERMS },
    async run({ api, flags, now }) {
      const permissions = flags.get("permissions");
      const duration = flags.get("duration");
      const fields = {
        ...(permissions === undefined
          ? {}
          : { permissions: expandPermissions(permissions) }),
        ...(duration === undefined ? {} : { expires: later(now(), duration) }),
      };
      await changeToken({ api, flags }, fields);
      return DONE;
    },
  },
  {
    name: "revoke-token",
    help: "make a token useless, and keep it",
    flags: TOKEN,
    async run({ api, flags, now }) {
      const expires = new Date(now().getTime() - REVOKED_AGO_MS).toISOString();
      await changeToken({ api, flags }, { expires });
      return DONE;
    },
  },
  {
    name: "delete-token",
    help: "delete a token",
    flags: TOKEN,
    async run({ api, flags }) {
      await api.call("DELETE", toTokenUrl(flags));
      return DONE;
    },
  },
];

async function changeToken(
  { api, flags }: Pick<Parameters<Command["run"]>[0], "api" | "flags">,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  const path = toTokenUrl(flags);
  const { json, etag } = await api.call("GET", path);
  await api.call("PUT", path, {
    ...(etag === undefined ? {} : { ifMatch: etag }),
    json: merge(json, fields),
  });
}

function later(now: Date, duration: string): string {
  return new Date(now.getTime() + parseDuration(duration)).toISOString();
}

function toTokensUrl(flags: Flags): string {
  const group = flags.need("group");
  return group === "" ? ".tokens/" : `${toGroupUrl(group)}/.tokens/`;
}

function toTokenUrl(flags: Flags): string {
  return toTokensUrl(flags) + encodeURIComponent(flags.need("token"));
}
