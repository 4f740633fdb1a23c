import assert from "node:assert/strict";
import type { CallPage } from "../support/call_page.ts";
import { grow, showsSize, shrink } from "../support/picture_sizes.ts";
import { OPEN_GROUP, testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

/** How often a page's only picture was asked for a keyframe. */
async function keyframesAsked(person: CallPage): Promise<number> {
  const { sent } = await person.report();
  assert.equal(sent.length, 1, "one encoding, in layers");
  return sent[0]!.keyframesAsked;
}

for (
  const { codec, mode } of [
    { codec: "vp9", mode: "L3T3_KEY" },
    { codec: "av1", mode: "L3T3" },
  ]
) {
  testCall(
    `B-34 A viewer is moved between the layers of one picture in ${codec}`,
    async (call) => {
      const alice = await call.enter("alice", { simulcast: "layers" });
      const bob = await call.enter("bob");
      await bob.sees("alice");
      await waitFor(
        "alice to send in layers",
        () => alice.report(),
        ({ sent }) => sent[0]?.scalabilityMode === mode,
      );
      const { codec: received } = await showsSize(bob, "large");
      assert.equal(received, `video/${codec.toUpperCase()}`);

      for (const _round of [1, 2]) {
        await showsSize(bob, "large");
        const asked = await keyframesAsked(alice);
        await shrink(bob);
        await showsSize(bob, "small");
        // It comes with no keyframe, so that nobody else notices.
        assert.equal(await keyframesAsked(alice), asked);
        await grow(bob);
        const { freezes, frozenSeconds } = await showsSize(bob, "large");
        console.log(`${mode}: ${freezes} freezes, ${frozenSeconds} s`);
      }
      const { openPeers, peersMade, removedTiles } = await bob.report();
      assert.deepEqual(
        { openPeers, peersMade, removedTiles },
        { openPeers: 2, peersMade: 2, removedTiles: [] },
      );
    },
    { groups: { maths: { ...OPEN_GROUP, codecs: [codec, "opus"] } } },
  );
}
