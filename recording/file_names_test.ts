import assert from "node:assert/strict";
import { recordingName, sanitiseUsername } from "./file_names.ts";

Deno.test("H.2 sanitise: names of users cannot leave their folder", () => {
  assert.equal(
    sanitiseUsername("I/knew\\him/well"),
    "I-slash-knew-backslash-him-slash-well",
  );
  assert.equal(sanitiseUsername("a\0b\nc"), "a-b-c");
  assert.ok(sanitiseUsername("😀".repeat(100)).isWellFormed());
  assert.ok(sanitiseUsername("x".repeat(1_000)).length < 100);
});

Deno.test("C-2 recordingName() is the local time, and who it is of", () => {
  const now = new Date(2006, 0, 2, 15, 4, 5, 6);
  assert.equal(recordingName(now, "bob"), "2006-01-02T15:04:05.006-bob");
  assert.equal(recordingName(now, ""), "2006-01-02T15:04:05.006");
});
