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
import { merge, parseJsonFlag, toNames } from "./group_commands.ts";
import { makePassword, PASSWORD_FLAGS } from "./make_password.ts";
import { formatPermissions, parsePermissions } from "./permissions.ts";

const USER_FLAGS: FlagSpecs = {
  ...GROUP_FLAG,
  user: { type: "string", help: "name of the user" },
  wildcard: { type: "boolean", help: "all who are not named" },
};

const DESCRIPTION_FLAGS: FlagSpecs = {
  ...USER_FLAGS,
  permissions: {
    type: "string",
    help:
      "what they may: op, present, message, observe, caption, admin, or a list",
  },
  json: { type: "string", help: "fields of the user, in JSON" },
};

/** The commands for users and their passwords. */
export const USER_COMMANDS: readonly Command[] = [
  {
    name: "list-users",
    help: "list a group's users",
    flags: {
      ...GROUP_FLAG,
      l: { type: "boolean", help: "with what they may" },
    },
    takesPatterns: true,
    async run({ api, flags, patterns }) {
      const folder = `${toGroupUrl(flags.need("group"))}/.users/`;
      const names = toNames((await api.call("GET", folder)).json)
        .filter((name) => matchesAny(name, patterns));
      if (!flags.has("l")) return { text: names.join("\n"), json: names };
      const users = [];
      for (const user of names) {
        const path = folder + encodeURIComponent(user);
        users.push(merge((await api.call("GET", path)).json, { user }));
      }
      const lines = users.map(({ user, permissions }) =>
        `${String(user).padEnd(12)} ${formatPermissions(permissions)}`
      );
      return { text: lines.join("\n"), json: users };
    },
  },
  {
    name: "create-user",
    help: "make a user, who has no password yet",
    flags: DESCRIPTION_FLAGS,
    async run({ api, flags }) {
      const fields = parseJsonFlag(flags);
      const permissions = flags.get("permissions") === undefined
        ? fields["permissions"] ?? "present"
        : parsePermissions(flags.need("permissions"));
      await api.call("PUT", toUserUrl(flags), {
        ifNoneMatch: "*",
        json: merge({}, { ...fields, permissions }),
      });
      return DONE;
    },
  },
  {
    name: "update-user",
    help: "change what a user may",
    flags: DESCRIPTION_FLAGS,
    async run({ api, flags }) {
      const path = toUserUrl(flags);
      const permissions = flags.get("permissions");
      const { json, etag } = await api.call("GET", path);
      await api.call("PUT", path, {
        ...(etag === undefined ? {} : { ifMatch: etag }),
        json: merge(json, {
          ...parseJsonFlag(flags),
          ...(permissions === undefined
            ? {}
            : { permissions: parsePermissions(permissions) }),
        }),
      });
      return DONE;
    },
  },
  {
    name: "delete-user",
    help: "delete a user",
    flags: USER_FLAGS,
    async run({ api, flags }) {
      await api.call("DELETE", toUserUrl(flags));
      return DONE;
    },
  },
  {
    name: "set-password",
    help: "set a user's password; asks for it if it is not given",
    flags: { ...USER_FLAGS, ...PASSWORD_FLAGS },
    async run(context) {
      // First of all, so that nobody types a password in vain.
      const path = `${toUserUrl(context.flags)}/.password`;
      const json = await makePassword(context);
      await context.api.call("PUT", path, { json });
      return DONE;
    },
  },
  {
    name: "delete-password",
    help: "delete a user's password, so that they cannot log in by one",
    flags: USER_FLAGS,
    async run({ api, flags }) {
      await api.call("DELETE", `${toUserUrl(flags)}/.password`);
      return DONE;
    },
  },
];

function toUserUrl(flags: Flags): string {
  const group = toGroupUrl(flags.need("group"));
  const user = flags.get("user");
  if (flags.has("wildcard") === (user !== undefined)) {
    throw new UsageError("Give either -user or -wildcard");
  }
  if (user === undefined) return `${group}/.wildcard-user`;
  return user === ""
    ? `${group}/.empty-user`
    : `${group}/.users/${encodeURIComponent(user)}`;
}
