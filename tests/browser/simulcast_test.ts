import assert from "node:assert/strict";
import { longestGapMs } from "../support/media_probe.ts";
import { grow, showsSize, shrink } from "../support/picture_sizes.ts";
import { testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

testCall(
  "B-40 A viewer whose tile shrinks and grows gets the other size, and no break",
  async (call) => {
    const alice = await call.enter("alice", { simulcast: "on" });
    const bob = await call.enter("bob");
    const before = await bob.sees("alice");
    await showsSize(bob, "large");

    const { nowMs } = await bob.report();
    for (const round of [1, 2]) {
      await shrink(bob);
      await showsSize(bob, "small");
      await grow(bob);
      const { freezes, frozenSeconds } = await showsSize(bob, "large");
      console.log(`Round ${round}: ${freezes} freezes, ${frozenSeconds} s`);
    }
    await shrink(bob);
    const isLargeSent = async () =>
      (await alice.report()).sent.find(({ rid }) => rid === "h")?.active;
    await waitFor(
      "alice to send the large picture no longer",
      isLargeSent,
      (isSent) => isSent === false,
    );
    await showsSize(bob, "small");
    await grow(bob);
    await showsSize(bob, "large");
    assert.equal(await isLargeSent(), true);

    const { openPeers, peersMade, removedTiles } = await bob.report();
    assert.deepEqual(
      { openPeers, peersMade, removedTiles },
      { openPeers: 2, peersMade: 2, removedTiles: [] },
      "one to send, one to receive: no new ones",
    );
    const after = await bob.sees("alice");
    assert.equal(after.element, before.element);
    assert.equal(after.interruptions, 0, "it never stopped to play");
    const gapMs = longestGapMs(after.framesMs, nowMs);
    console.log(`Longest gap between two pictures: ${Math.round(gapMs)} ms`);
  },
);

testCall(
  "G.4 With a third person, cameras are sent in two sizes, and the tiles stay",
  async (call) => {
    const alice = await call.enter("alice");
    const bob = await call.enter("bob");
    await bob.sees("alice");
    assert.deepEqual((await alice.report()).sent.map(({ rid }) => rid), [""]);
    const before = await bob.sees("alice");

    await call.enter("carol");
    await waitFor(
      "alice to send two sizes",
      () => alice.report(),
      ({ sent }) =>
        ["h", "l"].every((rid) => sent.some((each) => each.rid === rid)),
    );
    const { nowMs } = await bob.report();
    const after = await bob.seesAfter("alice", nowMs);
    assert.equal(after.localId, before.localId);
    assert.deepEqual((await bob.report()).removedTiles, []);
  },
);
