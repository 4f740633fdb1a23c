import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTime } from "./format_time.ts";

const NOON = new Date(2026, 6, 29, 12, 5).valueOf();
const DAY_MS = 24 * 60 * 60 * 1_000;

test("today's times are without the day, others with it", () => {
  assert.equal(formatTime(NOON, NOON + 1_000, "en-GB"), "12:05");
  assert.match(formatTime(NOON, NOON + DAY_MS, "en-GB"), /29 Jul.* 12:05/);
  const late = new Date(2100, 0, 2, 3, 4).valueOf();
  assert.match(formatTime(late, NOON, "en-GB"), /2 Jan 2100.* 03:04/);
});
