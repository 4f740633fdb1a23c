import type { Clock } from "../lib/time.ts";
import type { GroupName, Username } from "../protocol/ids.ts";
import type {
  Credentials,
  CredentialsOutcome,
  CredentialsRefusal,
} from "../signalling/effects.ts";
import { type Config, DEFAULT_CONFIG } from "./config.ts";
import { toGroupDescription } from "./group_description.ts";
import type { GroupFile } from "./group_file.ts";
import type { GroupFiles } from "./group_files.ts";
import { checkJwt } from "./jwt.ts";
import { isUsername } from "./names.ts";
import type { PasswordHasher } from "./password_hasher.ts";
import { checkPassword } from "./passwords.ts";
import { isTokenGood, type TokenStore } from "./tokens.ts";

/** What an authenticator needs to know. */
export interface AuthenticatorParts {
  readonly groups: GroupFiles;
  readonly tokens: TokenStore;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  /** The configuration, as it is now; the default one if not given. */
  readonly config?: () => Promise<Config>;
  /** Waits; tests do not. */
  readonly delay?: (ms: number) => Promise<void>;
}

/** Says who may come in, and as what. */
export interface Authenticator {
  /**
   * Checks credentials for a group, of which nothing is known but what the
   * client wrote. A wrong password or token is answered after
   * {@linkcode FAILURE_DELAY_MS}; only the client that asked waits.
   *
   * @param network where the client is, see {@linkcode withLoginPauses}
   */
  check(
    group: string,
    credentials: Credentials,
    network?: string,
  ): Promise<CredentialsOutcome>;
}

/**
 * How long a wrong password or token is answered late, in milliseconds. Higher
 * slows down guessing over one connection, and people who mistype.
 */
export const FAILURE_DELAY_MS = 200;

/** Who somebody turned out to be. */
type Identity =
  | {
    readonly kind: "known";
    readonly username: string;
    readonly permissions: readonly string[];
  }
  | { readonly kind: "refused"; readonly reason: CredentialsRefusal };

/** Makes an authenticator of groups and tokens on disk. */
export function createAuthenticator(parts: AuthenticatorParts): Authenticator {
  const delay = parts.delay ?? sleep;
  return {
    async check(name, credentials) {
      const found = await parts.groups.find(name);
      if (found.kind !== "found") return refused(REFUSALS[found.kind]);
      const config = await parts.config?.() ?? DEFAULT_CONFIG;
      const identity = await identify(parts, name, found.group, credentials);
      if (identity.kind === "refused") {
        if (identity.reason === "not-authorised") {
          await delay(FAILURE_DELAY_MS);
        }
        return identity;
      }
      return {
        kind: "accepted",
        username: identity.username as Username, // checked by `identify`
        permissions: identity.permissions,
        description: toGroupDescription(name as GroupName, found.group, config),
      };
    },
  };
}

const REFUSALS = {
  "illegal-name": "illegal-group-name",
  "not-found": "no-such-group",
  "broken": "internal",
} as const;

/** In the order of Galène's checks, on which its client relies. */
async function identify(
  parts: AuthenticatorParts,
  name: string,
  group: GroupFile,
  credentials: Credentials,
): Promise<Identity> {
  const identity = credentials.token
    ? await identifyByToken(
      parts,
      name,
      group,
      credentials.token,
      credentials.username,
    )
    : await identifyByPassword(group, credentials, parts.hasher);
  if (identity.kind === "known" && !isUsername(identity.username)) {
    return refused("not-authorised");
  }
  return identity;
}

/** A signed token, or else one that the server keeps (E-33). */
async function identifyByToken(
  parts: AuthenticatorParts,
  name: string,
  group: GroupFile,
  secret: string,
  chosen: string | undefined,
): Promise<Identity> {
  const now = new Date(parts.clock.now().wall);
  const signed = await checkJwt(secret, {
    group: name,
    keys: group.authKeys,
    canonicalHost: (await parts.config?.())?.canonicalHost,
    now,
  });
  switch (signed.kind) {
    case "good":
      return {
        kind: "known",
        username: signed.username || unlessTaken(group, chosen),
        permissions: signed.permissions,
      };
    case "refused":
      return refused("not-authorised");
    case "not-a-jwt":
      break;
  }
  const token = await parts.tokens.find(secret);
  if (token === undefined) return refused("not-authorised");
  // Before its validity: the client asks with a token alone to learn whether
  // to show the field for a name.
  if (token.username === undefined && chosen === undefined) {
    return refused("need-username");
  }
  if (!isTokenGood(token, name, now)) return refused("not-authorised");
  const username = token.username || unlessTaken(group, chosen);
  // Empty for an anonymous token's holder only, and for who chose to be so.
  if (token.username === undefined && username !== chosen) {
    return refused("duplicate-username");
  }
  return { kind: "known", username, permissions: token.permissions };
}

/** The name that somebody chose; empty if it belongs to a user of the group. */
function unlessTaken(group: GroupFile, chosen: string | undefined): string {
  return chosen === undefined || group.users.has(chosen) ? "" : chosen;
}

async function identifyByPassword(
  group: GroupFile,
  { username, password = "" }: Credentials,
  hasher: PasswordHasher,
): Promise<Identity> {
  if (username === undefined) return refused("internal");
  // Somebody who has an entry is judged by that alone.
  const named = group.users.get(username);
  const entry = named ?? group.wildcardUser;
  if (entry === undefined) return refused("not-authorised");
  switch (await checkPassword(entry.password, password, hasher)) {
    case "right":
      return { kind: "known", username, permissions: entry.permissions };
    case "wrong":
      return refused("not-authorised");
    case "unusable":
      return refused(named === undefined ? "not-authorised" : "internal");
  }
}

function refused<R extends CredentialsRefusal>(
  reason: R,
): { readonly kind: "refused"; readonly reason: R } {
  return { kind: "refused", reason };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
