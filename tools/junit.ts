/** How a test went. */
export type Outcome = "passed" | "failed" | "skipped";

/** A test that ran, or was left out, as a JUnit report tells it. */
export interface RanTest {
  /** From the project's root. */
  readonly path: string;
  readonly name: string;
  readonly outcome: Outcome;
}

/**
 * Reads what `deno test --junit-path` writes. The path is the suite's: a case's
 * own is that of the helper, where a helper has declared the test.
 */
export function parseJUnit(xml: string): RanTest[] {
  return xml.split("<testsuite ").slice(1).flatMap((suite) => {
    const path = unescapeXml(/name="([^"]*)"/.exec(suite)?.[1] ?? "");
    const cases = suite.matchAll(
      /<testcase name="([^"]*)"[^>]*?(?:\/>|>([^]*?)<\/testcase>)/g,
    );
    return [...cases].map(([, name = "", inside = ""]) => ({
      path: path.replace(/^\.\//, ""),
      name: unescapeXml(name),
      outcome: toOutcome(inside),
    }));
  });
}

function toOutcome(inside: string): Outcome {
  if (/<(failure|error)\b/.test(inside)) return "failed";
  return /<skipped\b/.test(inside) ? "skipped" : "passed";
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      return String.fromCodePoint(
        decimal !== undefined ? Number(decimal) : parseInt(hex, 16),
      );
    },
  );
}
