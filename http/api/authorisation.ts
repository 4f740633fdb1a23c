import type { Authenticator } from "../../auth/authenticator.ts";
import type { Config } from "../../auth/config.ts";
import type { GroupFiles } from "../../auth/group_files.ts";
import type { PasswordHasher } from "../../auth/password_hasher.ts";
import { checkPassword } from "../../auth/passwords.ts";
import { isTokenGood, type TokenStore } from "../../auth/tokens.ts";
import type { Username } from "../../protocol/ids.ts";
import { type ApiCredentials, parseAuthorization } from "./credentials.ts";

/** What {@linkcode createAuthorisation} needs. */
export interface AuthorisationParts {
  readonly config: () => Promise<Config>;
  readonly authenticator: Authenticator;
  readonly groups: GroupFiles;
  readonly tokens: TokenStore;
  readonly hasher: PasswordHasher;
  readonly now: () => Date;
  /** Waits after a wrong password. */
  readonly delay: () => Promise<void>;
}

/** Says who may administer what. */
export interface Authorisation {
  /**
   * Whether a request comes from an administrator: of the server, or of a
   * group.
   *
   * @param group `undefined` for what concerns more than one
   */
  isAdministrator(
    headers: Headers,
    group: string | undefined,
  ): Promise<boolean>;

  /** Whether a request comes from a user of a group who has a password. */
  isUser(headers: Headers, group: string, username: string): Promise<boolean>;
}

/** Decides by the configuration, the groups' files and tokens. */
export function createAuthorisation(parts: AuthorisationParts): Authorisation {
  return {
    async isAdministrator(headers, group) {
      const credentials = parseAuthorization(headers.get("Authorization"));
      if (credentials === undefined) return false;
      if (await isServerAdministrator(parts, credentials)) return true;
      if (
        group !== undefined &&
        await isGroupAdministrator(parts, credentials, group)
      ) {
        return true;
      }
      await parts.delay();
      return false;
    },
    async isUser(headers, group, username) {
      const credentials = parseAuthorization(headers.get("Authorization"));
      if (credentials?.kind !== "basic") return false;
      if (credentials.username !== username) return false;
      const found = await parts.groups.find(group);
      if (found.kind !== "found") return false;
      const password = found.group.users.get(username)?.password;
      // Whoever types anything would be that user, and could lock them out.
      if (password === undefined || password.kind === "wildcard") return false;
      const given = credentials.password;
      return await checkPassword(password, given, parts.hasher) === "right";
    },
  };
}

async function isServerAdministrator(
  { config, hasher, tokens, now }: AuthorisationParts,
  credentials: ApiCredentials,
): Promise<boolean> {
  if (credentials.kind === "bearer") {
    const token = await tokens.find(credentials.token);
    return token !== undefined && token.group === "" &&
      isTokenGood(token, "", now()) && token.permissions.includes("admin");
  }
  const user = (await config()).users.get(credentials.username);
  return user !== undefined && user.permissions.includes("admin") &&
    await checkPassword(user.password, credentials.password, hasher) ===
      "right";
}

async function isGroupAdministrator(
  { authenticator }: AuthorisationParts,
  credentials: ApiCredentials,
  group: string,
): Promise<boolean> {
  const outcome = await authenticator.check(
    group,
    credentials.kind === "bearer" ? { token: credentials.token } : {
      username: credentials.username as Username, // checked by `check`
      password: credentials.password,
    },
  );
  return outcome.kind === "accepted" && outcome.permissions.includes("admin");
}
