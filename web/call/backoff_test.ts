import assert from "node:assert/strict";
import { test } from "node:test";
import { reconnectDelayMs } from "./backoff.ts";

test("the wait doubles from attempt to attempt, up to a limit", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 500]
    .map((attempt) => reconnectDelayMs(attempt, 0));

  assert.deepEqual(
    delays,
    [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000],
  );
});

test("chance makes the wait up to half as long again", () => {
  assert.equal(reconnectDelayMs(1, 0.5), 625);
  assert.equal(reconnectDelayMs(1, 1), 750);
});
