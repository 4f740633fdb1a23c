import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeeperThan, parseFirstJsonValue } from "./first_json_value.ts";

test("parseFirstJsonValue() stops where the first object ends", () => {
  for (
    const text of [
      '{"a":1}',
      ' {"a":1}\n',
      '{"a":1}{"a":2}',
      '{"a":1} } ]',
      '{"a":1} "',
    ]
  ) {
    assert.deepEqual(parseFirstJsonValue(text), { a: 1 }, text);
  }
});

test("parseFirstJsonValue() is not fooled by brackets and quotes in strings", () => {
  const value = { "}": '{"', "\\": ["]", '\\"'] };

  const text = `${JSON.stringify(value)} rest`;

  assert.deepEqual(parseFirstJsonValue(text), value);
});

test("parseFirstJsonValue() throws if there is no complete value", () => {
  for (const text of ["", "{", '{"a":"}', "{]} x", "[1] x", "x"]) {
    assert.throws(() => parseFirstJsonValue(text), SyntaxError, text);
  }
});

test("isDeeperThan() counts arrays and objects", () => {
  assert.equal(isDeeperThan("x", 0), false);
  assert.equal(isDeeperThan([], 0), true);
  assert.equal(isDeeperThan([{ a: [] }], 3), false);
  assert.equal(isDeeperThan([{ a: [] }], 2), true);
});
