import assert from "node:assert/strict";
import { test } from "node:test";
import { speakersOf } from "./speakers.ts";
import { after, flow } from "./test_state.ts";

test("speakersOf() has whom the server names and whom the page hears", () => {
  const opened = ["a", "b", "c"].map((localId) => ({
    kind: "flow-opened" as const,
    flow: flow({ localId }),
  }));
  const told = {
    kind: "speaking-told" as const,
    flowIds: ["id of b", "id of nobody"],
  };
  const state = after(...opened, told);
  assert.deepEqual([...speakersOf(state, new Set(["c"]))], ["b", "c"]);

  const heard = new Set(["a"]);
  const nobody = after(...opened, told, { ...told, flowIds: [] });
  assert.equal(speakersOf(nobody, heard), heard);
});

test("speakersOf() forgets what was told when the connection is lost", () => {
  const me = { id: "me", username: "Ada", permissions: [] };
  const state = after(
    { kind: "joined", me },
    { kind: "flow-opened", flow: flow({ localId: "b" }) },
    { kind: "speaking-told", flowIds: ["id of b"] },
    { kind: "connection-lost", attempt: 1, why: "unknown" },
  );
  assert.deepEqual([...speakersOf(state, new Set())], []);
});
