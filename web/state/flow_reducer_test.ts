import assert from "node:assert/strict";
import { test } from "node:test";
import {
  closeFlow,
  dropStaleFlows,
  markFlowsStale,
  openFlow,
  setFlowMedia,
} from "./flow_reducer.ts";
import type { Flow } from "./session_state.ts";
import { flow } from "./test_state.ts";

const OLD_MEDIA = { id: "old" } as MediaStream;
const NEW_MEDIA = { id: "new" } as MediaStream;

function open(...flows: Flow[]): readonly Flow[] {
  return flows.reduce<readonly Flow[]>(openFlow, []);
}

function keys(flows: readonly Flow[]): string[] {
  return flows.map(({ localId }) => localId);
}

test("own flows come first, others in the order in which they came", () => {
  const flows = open(
    flow({ localId: "bob" }),
    flow({ localId: "ann", own: true }),
    flow({ localId: "eve" }),
    flow({ localId: "screen", own: true, kind: "screen" }),
  );

  assert.deepEqual(keys(flows), ["ann", "screen", "bob", "eve"]);
});

test("a successor takes its predecessor's place and shows its picture meanwhile", () => {
  const flows = open(
    flow({ localId: "a", flowId: "1", media: OLD_MEDIA }),
    flow({ localId: "b" }),
    flow({ localId: "a", flowId: "2", hasVideo: false }),
  );

  assert.deepEqual(keys(flows), ["a", "b"]);
  assert.equal(flows[0]?.flowId, "2");
  assert.equal(flows[0]?.media, OLD_MEDIA);
  assert.equal(flows[0]?.hasVideo, true);
});

test("a successor that brings its media shows it at once", () => {
  const flows = open(
    flow({ localId: "a", media: OLD_MEDIA }),
    flow({ localId: "a", media: NEW_MEDIA }),
  );

  assert.equal(flows[0]?.media, NEW_MEDIA);
});

test("after a reconnection a flow takes the place of its stale self", () => {
  const stale = markFlowsStale(
    open(
      flow({ localId: "a", flowId: "camera of bob" }),
      flow({ localId: "b" }),
    ),
  );
  const flows = openFlow(
    stale,
    flow({ localId: "c", flowId: "camera of bob" }),
  );

  assert.deepEqual(keys(flows), ["c", "b"]);
  assert.deepEqual(keys(dropStaleFlows(flows)), ["c"]);
});

test("one's own flows are not stale: they are sent again", () => {
  const flows = markFlowsStale(
    open(flow({ localId: "mine", own: true }), flow({ localId: "bob" })),
  );

  assert.deepEqual(keys(dropStaleFlows(flows)), ["mine"]);
});

test("media for a flow that is gone changes nothing", () => {
  const flows = closeFlow(open(flow({ localId: "a" })), "a");
  const late = { media: NEW_MEDIA, hasAudio: true, hasVideo: true };

  assert.deepEqual(setFlowMedia(flows, { localId: "a", ...late }), []);
});
