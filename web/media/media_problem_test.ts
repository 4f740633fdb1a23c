import assert from "node:assert/strict";
import { test } from "node:test";
import { toMediaProblem } from "./media_problem.ts";

test("what browsers throw becomes a problem that can be told", () => {
  const problems = [
    "NotAllowedError",
    "NotFoundError",
    "OverconstrainedError",
    "NotReadableError",
    "TypeError",
  ].map((name) => toMediaProblem(new DOMException("", name)));

  assert.deepEqual(
    problems,
    ["denied", "missing", "missing", "busy", "unknown"],
  );
  assert.equal(toMediaProblem("nonsense"), "unknown");
});
