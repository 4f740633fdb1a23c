/**
 * How much each row of `docs/compatibility.md` matters:
 *
 * - `M`: clients, bots or scripts break if it does not hold
 * - `S`: it can be observed, so somebody may rely on it
 * - `N`: it was never promised, but it can be observed
 * - `X`: other servers crash or hurt somebody here
 * - `Q`: a quirk; it is not copied
 */
export type RowClass = "M" | "S" | "N" | "X" | "Q" | "N,Q" | "M,Q";

/** The rows of each class; `A-1..3` stands for three. */
const ROWS: Readonly<Record<RowClass, string>> = {
  "M": `
    A.2 A-1 A-5 A-8..9 A-11 A-13 A-20..24 A-30..32 A.3.1-1..11 A-40..43 A-45
    A-47..49 A-51..55 A-58 A-60..61 A-63..64 A-66 A-69..80 A-90..98 A-100..102
    B-1..4 B-6 B-10 B-40 B-60..61 C-1..2 C-13 C-22 C-26 D-3..4 D-10..13
    D-15..21 D-23..24 D-31..35 D-37..39 D-50..59 E-1..2 E.2 E-10..14 E-20
    E-22..23 E-25 E-30..34 E-40..44 E-50..51 E.7 K-1..7 G.9-1..11`,
  "S": `
    A-25 B-8..9 B-34 B-36..39 B-50..52 B-62..65 C-3..4 C-6..11 C-20 C-23..25
    D-1..2 D-5..8 D-14 D-22 D-30 D-36 E-21 E-24 G-1..2 G-10..14 G-30..33
    G-40..45 G-50..56 G.8`,
  "N": `
    A-2..4 A-6..7 A-12 A-14..15 A-26..29 A-46 A-50 A-56 A-62 A-65 A-67..68
    B-5 B-7 B-11 B-20..25 B-30..33 B-35 B-53..54 B.6 C-5 C-12 C-21`,
  "X": "A-59 J-1..18",
  "Q": "A-10",
  "N,Q": "A-44",
  "M,Q": "A-57",
};

/** Rows with names in place of numbers: flags, commands and vectors. */
const NAMED: Readonly<Record<string, RowClass>> = {
  ...named("S", "F.1", [
    "-http",
    "-static",
    "-insecure",
    "-data",
    "-groups",
    "-recordings",
    "-udp-range",
    "-mdns",
    "-relay-only",
    "-turn",
    "-cpuprofile",
  ]),
  ...named("M", "F.2", [
    "flags",
    "initial-setup",
    "hash-password",
    "list-groups",
    "show-group",
    "create-group",
    "update-group",
    "delete-group",
    "list-users",
    "create-user",
    "update-user",
    "delete-user",
    "set-password",
    "delete-password",
    "list-tokens",
    "create-token",
    "update-token",
    "revoke-token",
    "delete-token",
  ]),
  ...named("S", "H.2", [
    "passwords",
    "users",
    "JWK",
    "JWT",
    "matchGroup",
    "Bearer",
    "preconditions",
    "baseURL",
    "splitPath",
    "parseGroupName",
    "group names",
    "packetmap",
    "NACK bitmap",
    "cache statistics",
    "VP8 flags",
    "keyframes",
    "jitter",
    "parsePermissions",
    "sanitise",
    "sdpfrag",
  ]),
};

const CLASSES: ReadonlyMap<string, RowClass> = new Map([
  ...(Object.entries(ROWS) as [RowClass, string][]).flatMap(([kind, text]) =>
    expand(text).map((id) => [id, kind] as const)
  ),
  ...Object.entries(NAMED),
]);

/** Every row there is, by its id. */
export const ROW_IDS: readonly string[] = [...CLASSES.keys()];

/** The class of a row; `undefined` if there is no such row. */
export function classOf(id: string): RowClass | undefined {
  return CLASSES.get(id);
}

/**
 * What a row counts as, of what is asked of signalling, groups, HTTP and the
 * command line. WHIP (D-30 to D-39) and media are no part of it. What nobody promised but everybody can observe counts as "should"; a row
 * with a quirk counts by its other half; a quirk alone is not copied.
 *
 * @returns `undefined` if it does not count
 */
export function countsAs(
  id: string,
): "must" | "should" | "hostile" | undefined {
  if (/^D-3\d$/.test(id) || id === "J-12") return undefined;
  if (!/^[ADEFJ][-.]/.test(id)) return undefined;
  switch (CLASSES.get(id)) {
    case "M":
    case "M,Q":
      return "must";
    case "S":
    case "N":
    case "N,Q":
      return "should";
    case "X":
      return "hostile";
    default:
      return undefined;
  }
}

function expand(text: string): string[] {
  return text.trim().split(/\s+/).flatMap((part) => {
    const [, stem, first, last] = /^(.*-)(\d+)\.\.(\d+)$/.exec(part) ?? [];
    if (stem === undefined) return [part];
    const count = Number(last) - Number(first) + 1;
    return Array.from({ length: count }, (_, i) => stem + (Number(first) + i));
  });
}

function named(
  kind: RowClass,
  section: string,
  names: readonly string[],
): Record<string, RowClass> {
  return Object.fromEntries(names.map((name) => [`${section} ${name}`, kind]));
}
