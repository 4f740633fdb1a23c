import assert from "node:assert/strict";

import {
  findUnproved,
  isNamed,
  parseCompatibility,
  summarise,
} from "./compatibility.ts";
import { classOf, countsAs, ROW_IDS } from "./compatibility_rows.ts";
import { parseJUnit } from "./junit.ts";

const ROOT = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));
const HEAD = "| row | class | what | shown by |\n| --- | --- | --- | --- |\n";

Deno.test("docs/compatibility.md has every row once, and names tests that there are", async () => {
  const rows = parseCompatibility(await read("docs/compatibility.md"));
  assert.deepEqual(rows.map(({ id }) => id).sort(), [...ROW_IDS].sort());
  for (const { id, tests } of rows) {
    for (const { path, name } of tests) {
      const source = await read(path);
      assert.ok(source.includes(name), `${id}: no test "${name}" in ${path}`);
    }
  }
});

Deno.test("parseCompatibility() reads names of tests, and reasons for none", () => {
  const rows = parseCompatibility(
    HEAD + "| A-1 | M | text | `a_test.ts: A-1`, `b_test.ts: it works` |\n" +
      "| A-10 | Q | text | not copied: it is slow |\n",
  );
  assert.deepEqual(rows.map(({ tests }) => tests), [[
    { path: "a_test.ts", name: "A-1" },
    { path: "b_test.ts", name: "it works" },
  ], []]);
});

Deno.test("parseCompatibility() refuses rows that it cannot trust", () => {
  const table = [
    ["| A-1 | S | text | `a_test.ts: A-1` |", /A-1: class S, but it is M/],
    ["| A-999 | M | text | `a_test.ts: A-1` |", /A-999: no such row/],
    ["| A-1 | M | text | surely |", /A-1: names no test and gives no reason/],
    ["| A-1 | M | `a_test.ts: A-1` |", /A-1: not four columns/],
  ] as const;
  for (const [line, problem] of table) {
    assert.throws(() => parseCompatibility(HEAD + line), problem);
  }
});

Deno.test("isNamed() takes whole words, so that A-1 is not A-13", () => {
  const named = { path: "a_test.ts", name: "A-1" };
  assert.equal(isNamed(named, "A-1 A-2 something"), true);
  assert.equal(isNamed(named, "A-1"), true);
  assert.equal(isNamed(named, "A-13 something"), false);
});

Deno.test("countsAs() leaves out what is not of signalling, groups and HTTP", () => {
  assert.equal(countsAs("A-1"), "must");
  assert.equal(countsAs("A-57"), "must");
  assert.equal(countsAs("F.1 -http"), "should");
  assert.equal(countsAs("J-4"), "hostile");
  assert.equal(countsAs("D-20"), "must");
  for (const id of ["D-31", "J-12", "B-1", "K-1", "A-10"]) {
    assert.notEqual(classOf(id), undefined);
    assert.equal(countsAs(id), undefined, id);
  }
});

Deno.test("a row is proved when all of its tests ran and passed", () => {
  const rows = parseCompatibility(
    HEAD + "| A-1 | M | text | `a_test.ts: one`, `a_test.ts: two` |\n" +
      "| J-4 | X | text | `a_test.ts: one` |\n" +
      "| A-14 | N | text | not yet: somebody else's work |\n",
  );
  const ran = (name: string, outcome: "passed" | "failed" | "skipped") => ({
    path: "a_test.ts",
    name,
    outcome,
  });
  const good = [ran("one", "passed"), ran("two", "passed")];
  assert.deepEqual(findUnproved(rows, good), []);
  assert.deepEqual(summarise(rows, good), {
    must: 1,
    mustProved: 1,
    should: 1,
    shouldProved: 0,
    hostile: 1,
    hostileProved: 1,
  });
  for (const outcome of ["failed", "skipped"] as const) {
    const bad = [ran("one", "passed"), ran("two", outcome)];
    assert.equal(findUnproved(rows, bad).length, 1, outcome);
    assert.equal(summarise(rows, bad).mustProved, 0, outcome);
  }
  assert.match(String(findUnproved(rows, [])), /A-1.*did not run/);
  const at = (path: string) => good.map((test) => ({ ...test, path }));
  assert.deepEqual(findUnproved(rows, at("tests/support/test_call.ts")), []);
  assert.equal(findUnproved(rows, at("tests/other_test.ts")).length, 3);
});

Deno.test("parseJUnit() reads names and outcomes", () => {
  const xml = `<testsuite name="./a_test.ts">
    <testcase name="it&apos;s &lt;good&gt;" classname="./a_test.ts" time="0">
    </testcase>
    <testcase name="bad" classname="./helper.ts"><failure message="x">y</failure></testcase>
    <testcase name="left out" classname="./a_test.ts"><skipped /></testcase>
  </testsuite>`;
  assert.deepEqual(parseJUnit(xml), [
    { path: "a_test.ts", name: "it's <good>", outcome: "passed" },
    { path: "a_test.ts", name: "bad", outcome: "failed" },
    { path: "a_test.ts", name: "left out", outcome: "skipped" },
  ]);
});
