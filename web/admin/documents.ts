/**
 * What the administrative interface says, parsed once, where it comes in.
 *
 * @module
 */
import * as v from "valibot";

const Text = v.optional(v.string());
const Flag = v.optional(v.boolean());
const Count = v.optional(v.number());

const DescriptionSchema = v.object({
  "displayName": Text,
  "description": Text,
  "contact": Text,
  "comment": Text,
  "public": Flag,
  "max-clients": Count,
  "max-history-age": Count,
  "not-before": Text,
  "expires": Text,
  "allow-recording": Flag,
  "unrestricted-tokens": Flag,
  "auto-subgroups": Flag,
  "autolock": Flag,
  "autokick": Flag,
  "redirect": Text,
  "authServer": Text,
  "authPortal": Text,
  "codecs": v.optional(v.array(v.string())),
});

/** A group's description, without users and keys; what has its default is left out. */
export type Description = Readonly<v.InferOutput<typeof DescriptionSchema>>;

/** The name of a field of a description. */
export type FieldName = keyof Description;

/** Changes to a description: `undefined` takes a field out. */
export type Draft = {
  readonly [Name in FieldName]?: Description[Name] | undefined;
};

const PermissionsSchema = v.optional(
  v.union([v.string(), v.array(v.string())]),
);

/** What a user may do: the name of a set, or a list, or nothing. */
export type Permissions = v.InferOutput<typeof PermissionsSchema>;

const UserSchema = v.object({ permissions: PermissionsSchema });

const TokenSchema = v.object({
  username: v.nullish(v.string(), ""),
  permissions: v.nullish(v.array(v.string()), []),
  includeSubgroups: v.nullish(v.boolean(), false),
  expires: v.nullish(v.string(), ""),
  "not-before": v.nullish(v.string(), ""),
  issuedAt: v.nullish(v.string(), ""),
  issuedBy: v.nullish(v.string(), ""),
});

/** An invitation as the interface tells of it, without its secret. */
export type TokenDocument = Readonly<v.InferOutput<typeof TokenSchema>>;

const FlowsSchema = v.optional(
  v.array(v.object({
    tracks: v.nullish(v.array(v.object({ bitrate: v.number() })), []),
  })),
  [],
);

const StatisticsSchema = v.array(v.object({
  name: v.string(),
  clients: v.nullish(
    v.array(v.object({ up: FlowsSchema, down: FlowsSchema })),
    [],
  ),
}));

/** Who is in which group, and what flows there. Bit rates are in bit/s. */
export type Statistics = v.InferOutput<typeof StatisticsSchema>;

const Counts = v.record(v.string(), v.number());
const LimitsSchema = v.object({ limits: Counts, refused: Counts });

/** What the server bounds, and how often it had to refuse. */
export type LimitCounts = v.InferOutput<typeof LimitsSchema>;

/** Makes something of what came as JSON, or nothing of what it is not. */
export type Parser<T> = (json: unknown) => T | undefined;

/** Reads a list of names, of groups, users or tokens. */
export const parseNames: Parser<string[]> = parserOf(v.array(v.string()));

/** Reads a group's description. */
export const parseDescription: Parser<Description> = parserOf(
  DescriptionSchema,
);

/** Reads what a user may do. */
export const parseUser: Parser<{ permissions?: Permissions }> = parserOf(
  UserSchema,
);

/** Reads an invitation. */
export const parseToken: Parser<TokenDocument> = parserOf(TokenSchema);

/** Reads the answer of `.stats`. */
export const parseStatistics: Parser<Statistics> = parserOf(StatisticsSchema);

/** Reads the answer of `.limits`. */
export const parseLimits: Parser<LimitCounts> = parserOf(LimitsSchema);

function parserOf<Schema extends v.GenericSchema>(
  schema: Schema,
): Parser<v.InferOutput<Schema>> {
  return (json) => {
    const result = v.safeParse(schema, json);
    return result.success ? result.output : undefined;
  };
}

/** A description with changes made to it. */
export function withDraft(description: Description, draft: Draft): Description {
  return Object.fromEntries(
    Object.entries({ ...description, ...draft }).filter(([, value]) =>
      value !== undefined && value !== "" && value !== false &&
      !(Array.isArray(value) && value.length === 0)
    ),
  );
}

/** The fields in which two descriptions differ. */
export function differingFields(
  one: Description,
  other: Description,
): readonly FieldName[] {
  const names = Object.keys(DescriptionSchema.entries) as FieldName[];
  return names.filter((name) =>
    JSON.stringify(one[name]) !== JSON.stringify(other[name])
  );
}
