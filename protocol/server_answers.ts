/**
 * What the server's answers to actions carry in their `value`, for the client
 * library.
 *
 * @module
 */
import * as v from "valibot";

const Time = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => new Date(text)),
);

const Token = v.object({
  token: v.string(),
  group: v.optional(v.string(), ""),
  includeSubgroups: v.optional(v.boolean(), false),
  username: v.optional(v.string()),
  permissions: v.optional(v.array(v.string()), []),
  expires: v.optional(Time),
  "not-before": v.optional(Time),
  issuedAt: v.optional(Time),
  issuedBy: v.optional(v.string()),
});

const UserInfo = v.object({
  id: v.string(),
  username: v.optional(v.string(), ""),
  address: v.optional(v.string(), ""),
});

const ClearChat = v.object({
  id: v.optional(v.string()),
  userId: v.optional(v.string()),
});

/** An invitation, as the server has it. */
export interface Token {
  /** The secret: who has it may join. */
  readonly token: string;
  readonly group: string;
  readonly includeSubgroups: boolean;
  /** What its holder is called; `undefined` if they choose. */
  readonly username: string | undefined;
  readonly permissions: readonly string[];
  /** Without it, the token is good for nothing. */
  readonly expires: Date | undefined;
  readonly notBefore: Date | undefined;
  readonly issuedAt: Date | undefined;
  readonly issuedBy: string | undefined;
}

/** Where somebody is, as the server sees it. */
export interface UserInfo {
  readonly id: string;
  /** Empty for those without a name. */
  readonly username: string;
  /** `ip:port`; empty if unknown. */
  readonly address: string;
}

/** The message of a `token`; `undefined` if it is something else. */
export function parseToken(message: unknown): Token | undefined {
  const result = v.safeParse(Token, message);
  if (!result.success) return undefined;
  const { "not-before": notBefore, ...rest } = result.output;
  return {
    ...rest,
    notBefore,
    username: rest.username,
    expires: rest.expires,
    issuedAt: rest.issuedAt,
    issuedBy: rest.issuedBy,
  };
}

/** The message of a `tokenlist`; what is no token is left out. */
export function parseTokenList(message: unknown): readonly Token[] {
  if (!Array.isArray(message)) return [];
  return message.map(parseToken).filter((token) => token !== undefined);
}

/** The message of a `userinfo`; `undefined` if it is something else. */
export function parseUserInfo(message: unknown): UserInfo | undefined {
  const result = v.safeParse(UserInfo, message);
  return result.success ? result.output : undefined;
}

/** Which chat messages are to be forgotten; without members, all. */
export interface ClearChat {
  /** One message of the user's. */
  readonly id?: string | undefined;
  /** Those of one client. */
  readonly userId?: string | undefined;
}

/** The message of a `clearchat`; all, if it says nothing that is understood. */
export function parseClearChat(message: unknown): ClearChat {
  const result = v.safeParse(ClearChat, message);
  return result.success ? result.output : {};
}
