import assert from "node:assert/strict";
import { test } from "node:test";
import { hueOf, initialsOf } from "./avatar.tsx";

test("initials are those of the first and the last word", () => {
  assert.deepEqual(
    ["ada", "Ada Lovelace", " ada  king lovelace ", "", "élise", "🦑 squid"]
      .map(initialsOf),
    ["A", "AL", "AL", "?", "É", "🦑S"],
  );
});

test("the same name has the same colour, and not all names have one", () => {
  assert.equal(hueOf("Ada"), hueOf("Ada"));
  const hues = new Set(["Ada", "Bob", "Eve", "Zoe", "Tim"].map(hueOf));
  assert(hues.size > 1);
});
