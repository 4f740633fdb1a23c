import type { Clock, WallTime } from "../lib/time.ts";
import type { GroupName } from "../protocol/ids.ts";
import type {
  TokenAct,
  TokenOutcome,
  TokenTemplate,
} from "../signalling/effects.ts";
import type { GroupFiles } from "./group_files.ts";
import { Locks } from "./lock.ts";
import { isUsername } from "./names.ts";
import { type StatefulToken, toTokenJson } from "./token_file.ts";
import { makeTokenSecret, type TokenStore } from "./tokens.ts";

/**
 * How many tokens the members of one group may keep, expired ones included.
 * Lower refuses a school that invites everybody by name; higher lets one who
 * may invite fill the disk, and makes the list of tokens a message that clients
 * choke on: each has some 200 bytes.
 */
export const MAX_TOKENS_PER_GROUP = 2_000;

/** How long a token is kept after its end, in milliseconds (E-34). */
const KEPT_AFTER_END_MS = 7 * 86_400_000;

/** What a keeper needs. */
export interface TokenKeeperParts {
  readonly tokens: TokenStore;
  readonly groups: GroupFiles;
  readonly clock: Clock;
}

/** Does what members ask of their groups' tokens. */
export interface TokenKeeper {
  /**
   * Carries out one act, after those on the same group that came before.
   *
   * @throws {Error} if the disk does not do its part
   */
  act(group: GroupName, act: TokenAct): Promise<TokenOutcome>;
}

/** Makes a keeper of the tokens on disk. */
export function createTokenKeeper(parts: TokenKeeperParts): TokenKeeper {
  const locks = new Locks();
  return {
    act: (group, act) => locks.run(group, () => perform(parts, group, act)),
  };
}

/**
 * Removes tokens that ended more than a week ago. To be called now and then.
 */
export async function removeOldTokens(
  tokens: TokenStore,
  now: WallTime,
): Promise<void> {
  const isOld = ({ expires }: StatefulToken) =>
    expires !== undefined && now - expires.getTime() > KEPT_AFTER_END_MS;
  if (![...(await tokens.list()).tokens.values()].some(isOld)) return;
  await tokens.change((current) =>
    [...current.tokens.values()].filter((token) => !isOld(token))
  );
}

function perform(
  parts: TokenKeeperParts,
  group: GroupName,
  act: TokenAct,
): Promise<TokenOutcome> {
  switch (act.kind) {
    case "make":
      return make(parts, group, act.template);
    case "edit":
      return edit(parts, group, act);
    case "list":
      return list(parts, group);
  }
}

async function make(
  { tokens, groups, clock }: TokenKeeperParts,
  group: GroupName,
  template: TokenTemplate,
): Promise<TokenOutcome> {
  const { username, issuedBy, permissions, expires, notBefore } = template;
  const found = await groups.find(group);
  if (found.kind !== "found") return refused("internal");
  if (username !== undefined && found.group.users.has(username)) {
    return refused("username-taken");
  }
  if (username !== undefined && !isUsername(username)) {
    return refused("illegal-username");
  }
  const size = (await tokensOf(tokens, group)).length;
  if (size >= MAX_TOKENS_PER_GROUP) return refused("too-many-tokens");
  const token: StatefulToken = {
    token: makeTokenSecret(),
    group,
    includeSubgroups: false,
    permissions,
    expires: new Date(expires),
    issuedAt: new Date(clock.now().wall),
    ...(username === undefined ? {} : { username }),
    ...(notBefore === undefined ? {} : { notBefore: new Date(notBefore) }),
    ...(issuedBy === undefined ? {} : { issuedBy }),
  };
  await tokens.add(token);
  return { kind: "token", token: toTokenJson(token) };
}

/** A token of another group counts as one that does not exist (J-5). */
async function edit(
  { tokens }: TokenKeeperParts,
  group: GroupName,
  { token: secret, expires, notBefore }: Extract<TokenAct, { kind: "edit" }>,
): Promise<TokenOutcome> {
  let outcome: TokenOutcome = refused("no-such-token");
  const known = (await tokens.list()).tokens.get(secret);
  if (known === undefined || known.group !== group) return outcome;
  await tokens.change((current) => {
    const old = current.tokens.get(secret);
    if (old === undefined || old.group !== group) {
      return current.tokens.values();
    }
    const token: StatefulToken = {
      ...old,
      ...(expires === undefined ? {} : { expires: new Date(expires) }),
      ...(notBefore === undefined ? {} : { notBefore: new Date(notBefore) }),
    };
    outcome = { kind: "token", token: toTokenJson(token) };
    return new Map(current.tokens).set(secret, token).values();
  });
  return outcome;
}

async function list(
  { tokens }: TokenKeeperParts,
  group: GroupName,
): Promise<TokenOutcome> {
  const sorted = (await tokensOf(tokens, group)).toSorted((a, b) =>
    endOf(a) - endOf(b)
  );
  return { kind: "tokens", tokens: sorted.map(toTokenJson) };
}

/** Those that name the group itself: not its ancestors', not its subgroups'. */
async function tokensOf(
  tokens: TokenStore,
  group: GroupName,
): Promise<readonly StatefulToken[]> {
  return [...(await tokens.list()).tokens.values()].filter((token) =>
    token.group === group
  );
}

/** Tokens without an end, which are good for nothing, come first. */
function endOf({ expires }: StatefulToken): number {
  return expires?.getTime() ?? 0;
}

function refused(
  reason: Extract<TokenOutcome, { kind: "refused" }>["reason"],
): TokenOutcome {
  return { kind: "refused", reason };
}
