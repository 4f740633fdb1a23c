/**
 * Makes an invitation and prints its link:
 *
 *     deno task invite GROUP [--operator] [--days N] [--username NAME]
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";

import { createGroupFiles } from "../auth/group_files.ts";
import {
  DEFAULT_DAYS,
  type Invitation,
  invite,
  toInviteLink,
} from "../auth/invitations.ts";
import { isUsername } from "../auth/names.ts";
import { createTokenStore } from "../auth/tokens.ts";
import type { Log } from "../lib/log.ts";
import { machineNames, toUrlHost } from "./machine_names.ts";
import { toUsageError } from "./serve_options.ts";
import { UsageError } from "./usage_error.ts";

const HELP = `Invites somebody to a group and prints the link

Usage: npx -y deno@2.9.6 task invite GROUP [FLAGS]

  --operator           invite an operator and not a guest
  --days NUMBER        how long the link is good (default ${DEFAULT_DAYS})
  --username NAME      what they are called; otherwise they choose
  --base URL           where the server is; may be repeated
                       (default http://localhost:8080 and https://THIS-HOST:8443)
  --data DIRECTORY     as for the server (default data)
  --groups DIRECTORY   as for the server (default groups)
  --help               this text
`;

/** What the command line of `invite` says. */
export interface InviteOptions {
  readonly invitation: Invitation;
  readonly bases: readonly string[];
  readonly dataDirectory: string;
  readonly groupsDirectory: string;
}

/**
 * Reads the command line.
 *
 * @param host of this machine as it stands in a URL, for the default link
 * @returns `"help"` if that is what is wanted
 * @throws {UsageError} if it is wrong
 */
export function parseInviteOptions(
  args: readonly string[],
  host: string,
): InviteOptions | "help" {
  const { values: flags, positionals } = parseFlags(args);
  if (flags.help) return "help";
  const [group, ...more] = positionals;
  if (group === undefined || more.length > 0) {
    throw new UsageError("Name one group to invite to. See --help");
  }
  const days = Number(flags.days);
  if (!(days > 0) || days > 36_500) {
    throw new UsageError(
      `Cannot use --days ${flags.days}: give a number of days`,
    );
  }
  const { username } = flags;
  if (username !== undefined && !isUsername(username)) {
    throw new UsageError(
      `Cannot use --username ${username}: no such name is legal`,
    );
  }
  return {
    invitation: {
      group,
      role: flags.operator ? "operator" : "guest",
      days,
      ...(username === undefined ? {} : { username }),
    },
    bases: (flags.base ?? ["http://localhost:8080", `https://${host}:8443`])
      .map(parseBase),
    dataDirectory: flags.data,
    groupsDirectory: flags.groups,
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        "operator": { type: "boolean", default: false },
        "days": { type: "string", default: String(DEFAULT_DAYS) },
        "username": { type: "string" },
        "base": { type: "string", multiple: true },
        "data": { type: "string", default: "data" },
        "groups": { type: "string", default: "groups" },
        "help": { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw toUsageError(error);
  }
}

function parseBase(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === "http:" || url?.protocol === "https:") {
    return url.origin;
  }
  throw new UsageError(
    `Cannot use --base ${text}: give an address such as https://example.org:8443`,
  );
}

/**
 * Makes the invitation.
 *
 * @returns its links, one for each base
 * @throws {UsageError} if there is no such group
 */
export async function makeInvitation(
  { invitation, bases, dataDirectory, groupsDirectory }: InviteOptions,
  now: Date,
  log: Log,
): Promise<readonly string[]> {
  const { group } = invitation;
  const groups = createGroupFiles(groupsDirectory, log);
  const found = await groups.find(group);
  if (found.kind !== "found") {
    const known = (await groups.list()).join(", ") || "none";
    throw new UsageError(
      found.kind === "broken"
        ? `Cannot invite to group "${group}": its file is broken`
        : `Cannot invite to group "${group}": there is none of that name. There are: ${known}`,
    );
  }
  const token = await invite(
    createTokenStore(dataDirectory, log),
    { ...invitation, allowRecording: found.group.rules.allowRecording },
    now,
  );
  return bases.map((base) => toInviteLink(base, group, token));
}

/** Runs the command; the exit code is 0, or 1 if it could not be done. */
async function main(): Promise<number> {
  const tell = (text: string) => console.error(text);
  const log: Log = { debug() {}, info: tell, warn: tell, error: tell };
  try {
    const [name = "localhost"] = machineNames([]);
    const options = parseInviteOptions(process.argv.slice(2), toUrlHost(name));
    const lines = options === "help"
      ? [HELP]
      : await makeInvitation(options, new Date(), log);
    for (const line of lines) console.log(line);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 1;
  }
}

if (import.meta.main) process.exitCode = await main();
