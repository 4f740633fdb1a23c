/**
 * What members ask of their group's tokens, as values that the rim carries out.
 * Tokens are on disk, so the answer comes later.
 *
 * @module
 */
import { type WallTime, wallTimeAt } from "../lib/time.ts";
import type { GroupName, Username } from "../protocol/ids.ts";
import type { JsonObject } from "../protocol/server_message.ts";
import { asJsonObject } from "./group.ts";

/** A token that somebody wants for the group that it is in. */
export interface TokenTemplate {
  /** Absent: its holder chooses. The empty one is not the same. */
  readonly username?: Username;
  readonly permissions: readonly string[];
  readonly expires: WallTime;
  readonly notBefore?: WallTime;
  /** Absent if somebody without a name makes it. */
  readonly issuedBy?: Username;
}

/** What is to be done with the tokens of one group, and of no other (J-5). */
export type TokenAct =
  | { readonly kind: "make"; readonly template: TokenTemplate }
  | {
    readonly kind: "edit";
    readonly token: string;
    readonly expires?: WallTime;
    readonly notBefore?: WallTime;
  }
  | { readonly kind: "list" };

/** What those who keep tokens say. Tokens are in the form of Galène's file. */
export type TokenOutcome =
  | { readonly kind: "token"; readonly token: JsonObject }
  | { readonly kind: "tokens"; readonly tokens: readonly JsonObject[] }
  | { readonly kind: "refused"; readonly reason: TokenRefusal };

/** Why they cannot do it. */
export type TokenRefusal =
  /** The token names a user who has an entry in the group's file. */
  | "username-taken"
  | "illegal-username"
  /** There is no such token of this group. */
  | "no-such-token"
  /** The group has as many tokens as it may. */
  | "too-many-tokens"
  | "internal";

/** What a client's value comes to: an act, or the text of what is wrong with it. */
export type ParsedAct<Act extends TokenAct = TokenAct> =
  | { readonly kind: "act"; readonly act: Act }
  | { readonly kind: "wrong"; readonly text: string };

/** The longest user name that a token may give: as long as one may choose. */
const MAX_USERNAME_LENGTH = 255;

/** The most permissions that a token may list; there are seven that mean anything. */
const MAX_PERMISSIONS = 32;

/** The last moment that RFC 3339 can write, in milliseconds since 1970. */
const LAST_MOMENT_MS = Date.UTC(9999, 11, 31, 23, 59, 59);

/** RFC 3339 §5.6, which is less than what `Date` understands. */
const RFC_3339 =
  /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * Reads what a client says of the token that it wants. The order of the checks
 * is Galène's, and shows in which text one gets who fails several.
 */
export function parseTemplate(
  value: unknown,
  group: GroupName,
  now: WallTime,
): ParsedAct<TokenAct & { readonly kind: "make" }> {
  const fields = withoutNulls(value);
  if (fields === undefined) return wrong("bad value in maketoken");
  const { token = "", username, permissions = [] } = fields;
  if (token !== "") return wrong("client specified token");
  if (fields["group"] !== group) return wrong("wrong group in token");
  const dates = parseDates(fields, now);
  if (dates === undefined) return wrong("bad value in maketoken");
  const { expires, notBefore } = dates;
  if (expires === undefined) return wrong("token doesn't expire");
  if (
    !isUsernameOrAbsent(username) || !Array.isArray(permissions) ||
    permissions.length > MAX_PERMISSIONS ||
    permissions.some((permission) => typeof permission !== "string")
  ) return wrong("bad value in maketoken");
  const template: TokenTemplate = {
    permissions: [...new Set<string>(permissions)],
    expires,
    ...(notBefore !== undefined && { notBefore }),
    ...(username !== undefined && { username }),
  };
  return { kind: "act", act: { kind: "make", template } };
}

/** Reads what a client wants changed of a token: nothing but its times. */
export function parseEdit(value: unknown, now: WallTime): ParsedAct {
  const fields = withoutNulls(value);
  if (fields === undefined) return wrong("bad value in edittoken");
  const { token, expires: _, "not-before": __, ...others } = fields;
  if (Object.keys(others).length > 0) {
    return wrong("this field cannot be edited");
  }
  const dates = parseDates(fields, now);
  if (typeof token !== "string" || token === "" || dates === undefined) {
    return wrong("bad value in edittoken");
  }
  return { kind: "act", act: { kind: "edit", token, ...dates } };
}

/** The members of an object that are not null, which is the same as absent. */
function withoutNulls(value: unknown): JsonObject | undefined {
  const object = asJsonObject(value);
  return object && Object.fromEntries(
    Object.entries(object).filter(([, member]) => member !== null),
  );
}

function isUsernameOrAbsent(value: unknown): value is Username | undefined {
  return value === undefined ||
    (typeof value === "string" && value.length <= MAX_USERNAME_LENGTH);
}

/** `undefined` if there is a time that is none. */
function parseDates(
  fields: JsonObject,
  now: WallTime,
): { readonly expires?: WallTime; readonly notBefore?: WallTime } | undefined {
  const expires = parseMoment(fields["expires"], now);
  const notBefore = parseMoment(fields["not-before"], now);
  if (expires === "wrong" || notBefore === "wrong") return undefined;
  return {
    ...(expires !== undefined && { expires }),
    ...(notBefore !== undefined && { notBefore }),
  };
}

/** A moment as text, or in milliseconds from now, which may be negative. */
function parseMoment(
  value: unknown,
  now: WallTime,
): WallTime | undefined | "wrong" {
  if (value === undefined) return undefined;
  const ms = typeof value === "number"
    ? Math.max(0, Math.round(now + value))
    : typeof value === "string" && RFC_3339.test(value)
    ? Date.parse(value)
    : NaN;
  return ms >= 0 && ms <= LAST_MOMENT_MS ? wallTimeAt(ms) : "wrong";
}

function wrong(
  text: string,
): { readonly kind: "wrong"; readonly text: string } {
  return { kind: "wrong", text };
}
