/**
 * Reads `docs/compatibility.md`: what other servers and clients of the protocol
 * rely on, row by row, and which test shows that it holds.
 *
 * @module
 */
import { classOf, countsAs, type RowClass } from "./compatibility_rows.ts";
import type { RanTest } from "./junit.ts";

/** Where a test is that proves a row. */
export interface NamedTest {
  /** From the project's root. */
  readonly path: string;
  /** What the test's name is, or begins with. */
  readonly name: string;
}

/** One line of the tables. */
export interface Row {
  readonly id: string;
  readonly class: RowClass;
  /** None: the row says why not. */
  readonly tests: readonly NamedTest[];
  /** Why no test proves it; empty if one does. */
  readonly reason: string;
}

/** Where reports say a test is that a helper has declared for its file. */
const HELPERS = /^tests\/(support\/|conformance\/target\.ts$)/;

/** What to call the reasons for which a row has no test. */
const REASONS = /^(not yet|not copied|does not apply): \S/;

/**
 * Finds the rows in the tables of a document whose first column is `row`.
 *
 * @throws {Error} that lists what is wrong: rows without tests and reason, or
 *   with another class than is theirs
 */
export function parseCompatibility(markdown: string): Row[] {
  const problems: string[] = [];
  const rows: Row[] = [];
  for (const cells of tableLines(markdown)) {
    const [id = "", rowClass = "", , proof = ""] = cells;
    if (cells.length !== 4) problems.push(`${id}: not four columns`);
    const expected = classOf(id);
    if (expected === undefined) problems.push(`${id}: no such row`);
    else if (rowClass !== expected) {
      problems.push(`${id}: class ${rowClass}, but it is ${expected}`);
    }
    const tests = parseTests(proof);
    if (tests.length === 0 && !REASONS.test(proof)) {
      problems.push(`${id}: names no test and gives no reason`);
    }
    const reason = tests.length === 0 ? proof : "";
    rows.push({ id, class: rowClass as RowClass, tests, reason });
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return rows;
}

/** Whether a test is the one that is named. */
export function isNamed({ name }: NamedTest, testName: string): boolean {
  if (!testName.startsWith(name)) return false;
  return testName.length === name.length ||
    !/\w/.test(testName.charAt(name.length)) || !/\w$/.test(name);
}

function tableLines(markdown: string): string[][] {
  const found: string[][] = [];
  let isInside = false;
  for (const line of markdown.split("\n")) {
    if (!line.startsWith("|")) {
      isInside = false;
      continue;
    }
    const cells = line.slice(1, line.lastIndexOf("|")).split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    if (cells[0] === "row") isInside = true;
    else if (isInside && !/^-+$/.test(cells[0] ?? "")) found.push(cells);
  }
  return found;
}

function parseTests(proof: string): NamedTest[] {
  return [...proof.matchAll(/`([^`:]+\.tsx?): ([^`]+)`/g)]
    .map(([, path = "", name = ""]) => ({ path, name }));
}

/** What is wrong with the tests that rows name: they failed, or did not run. */
export function findUnproved(
  rows: readonly Row[],
  ran: readonly RanTest[],
): string[] {
  return rows.flatMap(({ id, tests }) =>
    tests.flatMap((named) => {
      const found = findTests(named, ran);
      const bad = found.find(({ outcome }) => outcome !== "passed");
      if (found.length > 0 && bad === undefined) return [];
      const what = bad?.outcome ?? "did not run";
      return [`${id}: test "${named.name}" of ${named.path}: ${what}`];
    })
  );
}

/** How many rows of each kind there are, and how many are proved. */
export interface Summary {
  readonly must: number;
  readonly mustProved: number;
  readonly should: number;
  readonly shouldProved: number;
  readonly hostile: number;
  readonly hostileProved: number;
}

/** Counts the rows, see {@linkcode countsAs}. */
export function summarise(
  rows: readonly Row[],
  ran: readonly RanTest[],
): Summary {
  const count = (kind: ReturnType<typeof countsAs>, isProvedOnly: boolean) =>
    rows.filter((row) =>
      countsAs(row.id) === kind && (!isProvedOnly || isProved(row, ran))
    ).length;
  return {
    must: count("must", false),
    mustProved: count("must", true),
    should: count("should", false),
    shouldProved: count("should", true),
    hostile: count("hostile", false),
    hostileProved: count("hostile", true),
  };
}

function isProved(row: Row, ran: readonly RanTest[]): boolean {
  return row.tests.length > 0 && findUnproved([row], ran).length === 0;
}

function findTests(named: NamedTest, ran: readonly RanTest[]): RanTest[] {
  return ran.filter(({ path, name }) =>
    (path === named.path || HELPERS.test(path)) && isNamed(named, name)
  );
}
