import * as v from "valibot";

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
  const { includeSubgroups, expires, notBefore, issuedAt } = token;
  // The order is that of Galène, members without a value are left out.
  const line = {
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
  return `${JSON.stringify(line)}\n`;
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
  if (!result.success) return undefined;
  const fields = result.output;
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
