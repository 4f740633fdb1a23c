/** How a test went. */
export type Outcome = "passed" | "failed" | "skipped";

/** A test that ran, or was left out, as a JUnit report tells it. */
export interface RanTest {
  /** From the project's root. */
  readonly path: string;
  readonly name: string;
  readonly outcome: Outcome;
}

/** Reads what `deno test --junit-path` writes. */
export function parseJUnit(xml: string): RanTest[] {
  const cases = xml.matchAll(
    /<testcase name="([^"]*)" classname="([^"]*)"[^>]*?(?:\/>|>([^]*?)<\/testcase>)/g,
  );
  return [...cases].map(([, name = "", path = "", inside = ""]) => ({
    path: unescapeXml(path).replace(/^\.\//, ""),
    name: unescapeXml(name),
    outcome: /<(failure|error)\b/.test(inside)
      ? "failed"
      : /<skipped\b/.test(inside)
      ? "skipped"
      : "passed",
  }));
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
