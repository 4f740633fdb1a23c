import assert from "node:assert/strict";
import { test } from "node:test";
import { toCloseReason } from "./close_reason.ts";

test("toCloseReason() leaves short texts as they are", () => {
  assert.equal(toCloseReason("kicked out by olga"), "kicked out by olga");
});

test("toCloseReason() cuts to 123 bytes of UTF-8, between characters", () => {
  assert.equal(toCloseReason("x".repeat(200)), "x".repeat(123));
  assert.equal(toCloseReason("é".repeat(200)), "é".repeat(61));
  assert.equal(toCloseReason("語".repeat(200)), "語".repeat(41));
  assert.equal(toCloseReason("🎥".repeat(200)), "🎥".repeat(30));
});
