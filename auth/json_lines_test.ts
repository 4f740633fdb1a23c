import assert from "node:assert/strict";

import fc from "fast-check";

import { findLine, findSyntaxError } from "./json_lines.ts";

const TEXT = `{
  "displayName": "a \\"quoted\\" {brace",
  "Users": {
    "john": { "password": "x",
      "permissions": ["present",
        7] },
    "a\\u0062": {
      "passwort": "x" }
  }, "public": true,
  "public": 3
}`;

Deno.test("findLine() finds fields, in lists, in any case and spelling", () => {
  assert.equal(findLine(TEXT, ["displayName"]), 2);
  assert.equal(findLine(TEXT, ["users"]), 3);
  assert.equal(findLine(TEXT, ["users", "john", "password"]), 4);
  assert.equal(findLine(TEXT, ["users", "john", "permissions", "1"]), 5);
  assert.equal(findLine(TEXT, ["users", "ab", "passwort"]), 8);
  assert.equal(findLine(TEXT, ["public"]), 10, "the last one counts");
  assert.equal(findLine(TEXT, ["nothing"]), undefined);
});

Deno.test("findSyntaxError() finds where JSON ends to be JSON", () => {
  const texts: [string, number][] = [
    ["", 1],
    ['{"a": 1\n\n"b": 2}', 3],
    ['{"a": 1,\n}', 2],
    ['{"a":\n tru\n}', 2],
    ["[1,\n2\n]\n]", 4],
    ['{"a":\n "x\n"}', 2],
    ['{"a": [1, 2}', 1],
    ['{"a" 1}', 1],
  ];
  for (const [text, line] of texts) {
    assert.equal(findSyntaxError(text), line, text);
  }
});

Deno.test("findSyntaxError() goes through all of what is JSON", () => {
  fc.assert(fc.property(fc.json(), (json) => {
    const lines = JSON.stringify(JSON.parse(json), undefined, 1);
    const count = lines.split("\n").length;
    assert.equal(findSyntaxError(`${lines}\n\nx`), count + 2);
  }));
});
