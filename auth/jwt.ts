import {
  compactVerify,
  decodeProtectedHeader,
  errors,
  type ProtectedHeaderParameters,
} from "jose";
import * as v from "valibot";

import {
  type AuthKey,
  AuthKeyError,
  importAuthKey,
  isKnownAlgorithm,
} from "./auth_keys.ts";

/** What became of a signed token (RFC 7519). */
export type JwtOutcome =
  /** It is something else, perhaps a token that the server keeps. */
  | { readonly kind: "not-a-jwt" }
  | { readonly kind: "refused" }
  | {
    readonly kind: "good";
    /** What its holder is called; empty if they choose. */
    readonly username: string;
    readonly permissions: readonly string[];
  };

/** What a token is checked against. */
export interface JwtContext {
  readonly group: string;
  /** The group's keys. */
  readonly keys: readonly AuthKey[];
  /** The server's `host` or `host:port`, if it has to be named. */
  readonly canonicalHost: string | undefined;
  readonly now: Date;
}

/** How much clocks may differ, in seconds. Higher lets expired tokens in. */
const LEEWAY_SECONDS = 5;

/** A token is sent with each join; a real one has some hundred bytes. */
const MAX_JWT_LENGTH = 16_384;

const Seconds = v.pipe(v.number(), v.finite());

const Claims = v.object({
  sub: v.nullish(v.string(), ""),
  aud: v.union([v.string(), v.array(v.string())]),
  exp: Seconds,
  nbf: v.nullish(Seconds),
  iat: v.nullish(Seconds),
  permissions: v.nullish(v.array(v.string()), []),
  "include-subgroups": v.nullish(v.boolean(), false),
});

/**
 * Checks a signed token for a group.
 *
 * All keys of the token's algorithm (and of its `kid`, if it names one) are
 * tried; one among them that is broken spoils the lot, so that a mistake in a
 * file is noticed.
 *
 * @throws {AuthKeyError} if one of the keys cannot be used
 */
export async function checkJwt(
  jwt: string,
  context: JwtContext,
): Promise<JwtOutcome> {
  const header = decodeHeader(jwt);
  if (header === undefined) return { kind: "not-a-jwt" };
  const payload = await verify(jwt, header, context.keys);
  const claims = payload && parseClaims(payload);
  if (claims === undefined) return { kind: "refused" };
  const audiences = typeof claims.aud === "string" ? [claims.aud] : claims.aud;
  const isMeant = audiences.some((audience) =>
    isAudience(audience, context, claims["include-subgroups"])
  );
  return isMeant && isCurrent(claims, context.now.getTime() / 1000)
    ? { kind: "good", username: claims.sub, permissions: claims.permissions }
    : { kind: "refused" };
}

function decodeHeader(jwt: string): ProtectedHeaderParameters | undefined {
  if (jwt.length > MAX_JWT_LENGTH || jwt.split(".").length !== 3) {
    return undefined;
  }
  try {
    return decodeProtectedHeader(jwt);
  } catch {
    return undefined; // TypeError: not base64url, or not JSON
  }
}

/** What is signed, if any of the keys says so. */
async function verify(
  jwt: string,
  { alg, kid }: ProtectedHeaderParameters,
  keys: readonly AuthKey[],
): Promise<Uint8Array | undefined> {
  if (!isKnownAlgorithm(alg)) return undefined;
  const candidates = keys.filter((key) =>
    key["alg"] === alg && (kid === undefined || key["kid"] === kid)
  );
  // All of them first, so that the order of keys does not matter.
  const imported = await Promise.all(candidates.map(importAuthKey));
  for (const key of imported) {
    try {
      return (await compactVerify(jwt, key, { algorithms: [alg] })).payload;
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) {
        // A key that is too short for the algorithm.
        throw new AuthKeyError(String(error), { cause: error });
      }
    }
  }
  return undefined;
}

function parseClaims(
  payload: Uint8Array,
): v.InferOutput<typeof Claims> | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
    const result = v.safeParse(Claims, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined; // SyntaxError or TypeError: neither JSON nor UTF-8
  }
}

function isCurrent(
  { exp, nbf, iat }: v.InferOutput<typeof Claims>,
  nowSeconds: number,
): boolean {
  return exp + LEEWAY_SECONDS > nowSeconds &&
    (nbf == null || nbf - LEEWAY_SECONDS <= nowSeconds) &&
    (iat == null || iat - LEEWAY_SECONDS <= nowSeconds);
}

/** Whether a URL names the group; its scheme does not matter. */
function isAudience(
  audience: string,
  { group, canonicalHost }: JwtContext,
  includesSubgroups: boolean,
): boolean {
  const [, host = "", path = ""] =
    /^(?:[a-z][a-z\d+.-]*:)?(?:\/\/(?:[^/?#@]*@)?([^/?#]*))?([^?#]*)/i
      .exec(audience) ?? [];
  const isHere = canonicalHost === undefined ||
    host.toLowerCase() === canonicalHost.toLowerCase();
  return isHere && isGroupPath(decode(path), group, includesSubgroups);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return ""; // URIError: no group's path
  }
}

/**
 * Whether a path is that of a group's page, or, if that counts, of one that the
 * group is a subgroup of.
 */
export function isGroupPath(
  path: string,
  group: string,
  includesSubgroups: boolean,
): boolean {
  const own = `/group/${group}/`;
  if (path === own) return true;
  return includesSubgroups && own.startsWith(path) &&
    /^\/group\/[^/].*\/$/.test(path);
}
