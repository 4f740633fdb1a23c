import assert from "node:assert/strict";
import { test } from "node:test";
import { plotPath, plotTop } from "./plot_path.ts";

test("the top of a plot is round, and above everything in it", () => {
  assert.equal(plotTop([]), 2);
  assert.equal(plotTop([0, 0]), 2);
  assert.equal(plotTop([3]), 5);
  assert.equal(plotTop([10]), 20);
  assert.equal(plotTop([101, 4]), 200);
  assert.equal(plotTop([6_200_000]), 10_000_000);
});

test("a plot ends at the right, and its area goes down to the bottom", () => {
  assert.equal(plotPath([], 1, false), "");
  assert.equal(plotPath([5], 5, false), "M240.0 0.0");
  assert.equal(
    plotPath([0, 5], 10, true),
    "M222.9 80.0L240.0 40.0V80H222.9Z",
  );
  const many = Array(120).fill(1);
  assert.match(plotPath(many, 2, false), /^M0.0 40.0L2.0 40.0L/);
});
