import type { GroupFiles } from "./group_files.ts";
import { DEFAULT_DAYS, invite } from "./invitations.ts";
import type { TokenStore } from "./tokens.ts";

/** The group that is made if there is none, and two tokens for it. */
export interface FirstGroup {
  readonly group: string;
  readonly operatorToken: string;
  readonly guestToken: string;
}

/** What {@linkcode makeFirstGroup} needs. */
export interface FirstStartParts {
  /** Where group files are, or are to be. */
  readonly groupsDirectory: string;
  readonly groups: GroupFiles;
  readonly tokens: TokenStore;
  readonly now: Date;
}

const GROUP = "lobby";

/**
 * Nobody gets in without a token: there are no users, and no entry for those
 * who are none. And it is not listed. Its operator may do everything.
 */
const DESCRIPTION = { "displayName": "Lobby", "allow-recording": true };

/**
 * Makes a group to start with, and invites an operator and guests to it, unless
 * there is any group already.
 *
 * The tokens come first: if this is interrupted, the next start does it anew.
 */
export async function makeFirstGroup(
  { groupsDirectory, groups, tokens, now }: FirstStartParts,
): Promise<FirstGroup | undefined> {
  if ((await groups.list()).length > 0) return undefined;
  const common = { group: GROUP, days: DEFAULT_DAYS };
  const operatorToken = await invite(
    tokens,
    { ...common, role: "operator", allowRecording: true },
    now,
  );
  const guestToken = await invite(tokens, { ...common, role: "guest" }, now);
  await Deno.mkdir(groupsDirectory, { recursive: true, mode: 0o700 });
  await Deno.writeTextFile(
    `${groupsDirectory}/${GROUP}.json`,
    `${JSON.stringify(DESCRIPTION, undefined, 2)}\n`,
    { createNew: true, mode: 0o600 },
  );
  return { group: GROUP, operatorToken, guestToken };
}
