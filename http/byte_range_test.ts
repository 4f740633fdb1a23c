import assert from "node:assert/strict";

import { parseByteRange } from "./byte_range.ts";

Deno.test("parseByteRange() finds one part of a file (D-5)", () => {
  const rows: [string | null, unknown][] = [
    [null, undefined],
    ["bytes=0-", { start: 0, end: 10 }],
    ["bytes=0-0", { start: 0, end: 1 }],
    ["bytes=3-5", { start: 3, end: 6 }],
    ["bytes=3-99", { start: 3, end: 10 }],
    ["bytes=-4", { start: 6, end: 10 }],
    ["bytes=-99", { start: 0, end: 10 }],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=10-", "unsatisfiable"],
    ["bytes=5-3", undefined],
    ["bytes=-", undefined],
    ["bytes=0-1,3-4", undefined],
    ["items=0-1", undefined],
  ];
  for (const [header, expected] of rows) {
    assert.deepEqual(parseByteRange(header, 10), expected, header ?? "");
  }
  assert.equal(parseByteRange("bytes=0-", 0), "unsatisfiable");
});
