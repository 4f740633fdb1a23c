import * as v from "valibot";

import {
  FileFormatError,
  parseObject,
  toFileFormatError,
} from "./file_format_error.ts";

const Time = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => new Date(text)),
);

const TokenLine = v.object({
  "token": v.pipe(v.string(), v.minLength(1)),
  "group": v.nullish(v.string(), ""),
  "includeSubgroups": v.nullish(v.boolean(), false),
  "username": v.nullish(v.string()),
  "permissions": v.nullish(v.array(v.string()), []),
  "expires": v.nullish(Time),
  "not-before": v.nullish(Time),
  "issuedAt": v.nullish(Time),
  "issuedBy": v.nullish(v.string()),
});

/** An invitation that the server keeps: whoever has it may join. */
export interface StatefulToken {
  /** The secret itself. */
  readonly token: string;
  readonly group: string;
  /** Whether it is good for the group's subgroups, too; all groups if `group` is empty. */
  readonly includeSubgroups: boolean;
  /** What its holder is called. Without it, they choose. */
  readonly username?: string;
  readonly permissions: readonly string[];
  /** A token without it is never good. */
  readonly expires?: Date;
  readonly notBefore?: Date;
  readonly issuedAt?: Date;
  readonly issuedBy?: string;
}

/** Writes a token as one line, in Galène's format, newline included. */
export function encodeTokenLine(token: StatefulToken): string {
  return `${JSON.stringify(toTokenJson(token))}\n`;
}

/** A token as JSON, in Galène's form. */
export function toTokenJson(
  token: StatefulToken,
): Readonly<Record<string, unknown>> {
  const { includeSubgroups, expires, notBefore, issuedAt } = token;
  // The order is that of Galène, members without a value are left out.
  return {
    "token": token.token,
    "group": token.group,
    "includeSubgroups": includeSubgroups || undefined,
    "username": token.username,
    "permissions": token.permissions,
    "expires": expires?.toISOString(),
    "not-before": notBefore?.toISOString(),
    "issuedAt": issuedAt?.toISOString(),
    "issuedBy": token.issuedBy || undefined,
  };
}

/**
 * Reads a file of tokens. A line that is not one is left out and told of, the
 * others stay good: a torn line at the end must not lock everybody out.
 *
 * @param broken called with the number of each line that is left out, from 1
 */
export function decodeTokenFile(
  text: string,
  broken: (line: number) => void,
): ReadonlyMap<string, StatefulToken> {
  const tokens = new Map<string, StatefulToken>();
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "") return;
    const token = decodeTokenLine(line);
    if (token === undefined) broken(index + 1);
    else tokens.set(token.token, token);
  });
  return tokens;
}

function decodeTokenLine(line: string): StatefulToken | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined; // SyntaxError: a torn or damaged line
  }
  const result = v.safeParse(TokenLine, json);
  return result.success ? toToken(result.output) : undefined;
}

/**
 * Reads a token as JSON, without its secret and its group, which stand
 * elsewhere.
 *
 * @throws {FileFormatError} if it is not what it should be
 */
export function parseToken(
  text: string,
  secret: string,
  group: string,
): StatefulToken {
  const json = parseObject(text, "the token");
  if (json["token"] || json["group"]) {
    throw new FileFormatError("the token", "", "overspecified token");
  }
  const result = v.safeParse(TokenLine, { ...json, token: secret, group });
  if (result.success) return toToken(result.output);
  throw toFileFormatError(result.issues[0], text, "the token");
}

function toToken(fields: v.InferOutput<typeof TokenLine>): StatefulToken {
  return {
    token: fields.token,
    group: fields.group,
    includeSubgroups: fields.includeSubgroups,
    permissions: fields.permissions,
    ...(fields.username == null ? {} : { username: fields.username }),
    ...(fields.expires == null ? {} : { expires: fields.expires }),
    ...(fields["not-before"] == null
      ? {}
      : { notBefore: fields["not-before"] }),
    ...(fields.issuedAt == null ? {} : { issuedAt: fields.issuedAt }),
    ...(fields.issuedBy == null ? {} : { issuedBy: fields.issuedBy }),
  };
}
