import assert from "node:assert/strict";
import { test } from "node:test";
import { parseValidity, usualEnd } from "./validity.ts";

const NOW_MS = Date.parse("2030-06-01T12:00");

test("an invitation ends in the future, and after it begins", () => {
  const until = "2030-06-02T12:00";
  assert.deepEqual(parseValidity("", until, NOW_MS), {
    notBeforeMs: undefined,
    expiresMs: Date.parse(until),
  });
  assert.deepEqual(parseValidity("2030-06-02T11:59", until, NOW_MS), {
    notBeforeMs: Date.parse("2030-06-02T11:59"),
    expiresMs: Date.parse(until),
  });
  assert.equal(parseValidity(until, until, NOW_MS), undefined);
  assert.equal(parseValidity("", "2030-06-01T12:00", NOW_MS), undefined);
  assert.equal(parseValidity("", "", NOW_MS), undefined);
  assert.equal(usualEnd(NOW_MS), "2030-06-03T12:00");
});
