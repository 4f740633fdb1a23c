import assert from "node:assert/strict";
import { test } from "node:test";
import { flow } from "../state/test_state.ts";
import { featuredOf, nextSpeaker } from "./featured.ts";

const ME = flow({ localId: "me", own: true });
const ANN = flow({ localId: "ann" });
const BOB = flow({ localId: "bob" });
const SCREEN = flow({ localId: "screen", kind: "screen" });
const ALL = [ME, ANN, BOB];
const NOBODY = { pinned: "", speaker: "" };

function idsOf(flows: readonly { localId: string }[]): string[] {
  return flows.map(({ localId }) => localId);
}

test("what the user has picked is large in every layout", () => {
  for (const layout of ["grid", "speaker", "side"] as const) {
    const attention = { layout, pinned: "ann", speaker: "bob" };
    const large = featuredOf([...ALL, SCREEN], attention);
    assert.deepEqual(idsOf(large), ["ann"]);
  }
});

test("screens are large; who speaks is in the layouts that are for it", () => {
  const attention = { pinned: "", speaker: "bob" };
  const large = (layout: "grid" | "speaker" | "side", flows = ALL) =>
    idsOf(featuredOf(flows, { layout, ...attention }));
  assert.deepEqual(large("grid"), []);
  assert.deepEqual(large("speaker"), ["bob"]);
  assert.deepEqual(large("side"), ["bob", "me"]);
  const withScreen = [...ALL, SCREEN];
  assert.deepEqual(large("grid", withScreen), ["screen"]);
  assert.deepEqual(large("speaker", withScreen), ["screen"]);
  assert.deepEqual(large("side", withScreen), ["screen", "bob"]);
});

test("before anybody has spoken, the first other person is large", () => {
  const large = featuredOf(ALL, { layout: "speaker", ...NOBODY });
  assert.deepEqual(idsOf(large), ["ann"]);
  assert.deepEqual(featuredOf([ME], { layout: "speaker", ...NOBODY }), []);
});

test("the speaker stays until somebody else speaks and they do not", () => {
  assert.equal(nextSpeaker("", new Set(["bob"]), ALL), "bob");
  assert.equal(nextSpeaker("bob", new Set(["ann", "bob"]), ALL), "bob");
  assert.equal(nextSpeaker("bob", new Set(), ALL), "bob");
  assert.equal(nextSpeaker("bob", new Set(["ann"]), ALL), "ann");
  assert.equal(nextSpeaker("bob", new Set(["me"]), [ME, ANN]), "");
});
