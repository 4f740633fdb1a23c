import assert from "node:assert/strict";
import { test } from "node:test";
import { formatSize, toStatus } from "./files.ts";

test("how a transfer ended is told apart", () => {
  assert.equal(toStatus("inviting", true, undefined), "waiting");
  assert.equal(toStatus("inviting", false, undefined), "asking");
  assert.equal(toStatus("connected", true, undefined), "running");
  assert.equal(toStatus("cancelled", true, "rejected"), "rejected");
  assert.equal(toStatus("cancelled", true, "cancelled"), "canceled");
  assert.equal(toStatus("cancelled", true, "connection lost"), "failed");
  assert.equal(toStatus("closed", true, undefined), undefined);
});

test("sizes are in the unit that people would take", () => {
  assert.equal(formatSize(0, "en"), "0 byte");
  assert.equal(formatSize(1_500, "en"), "1.5 kB");
  assert.equal(formatSize(23_456_789, "en"), "23.5 MB");
  assert.equal(formatSize(9e12, "en"), "9,000 GB");
});
