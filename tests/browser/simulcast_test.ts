import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { CallPage } from "../support/call_page.ts";
import { longestGapMs } from "../support/media_probe.ts";
import { testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

/** Waits until a page shows the only picture that it receives in that width. */
async function showsWidth(person: CallPage, width: number) {
  const { pictures: [before] } = await person.report();
  const report = await waitFor(
    `${person.username} to see a picture ${width} pixels wide`,
    () => person.report(),
    ({ pictures: [picture] }) =>
      picture?.width === width &&
      picture.framesDecoded > (before?.framesDecoded ?? 0) + 15,
  );
  return report.pictures[0]!;
}

async function resize(person: CallPage, width: number, height: number) {
  // All pages of these tests are Playwright's.
  await (person.page as Page).setViewportSize({ width, height });
}

testCall(
  "B-40 A viewer whose tile shrinks and grows gets the other size, and no break",
  async (call) => {
    await call.enter("alice", { simulcast: "on" });
    const bob = await call.enter("bob");
    await bob.sees("alice");
    await showsWidth(bob, 1_280);

    const { nowMs } = await bob.report();
    for (const round of [1, 2]) {
      await resize(bob, 400, 300);
      await showsWidth(bob, 640);
      await resize(bob, 1_280, 800);
      const { freezes, frozenSeconds } = await showsWidth(bob, 1_280);
      console.log(`Round ${round}: ${freezes} freezes, ${frozenSeconds} s`);
      assert.ok(frozenSeconds < 1, `frozen for ${frozenSeconds} s`);
    }
    const { tiles, openPeers } = await bob.report();
    assert.equal(openPeers, 2, "one to send, one to receive: no new ones");
    const tile = tiles.find(({ own }) => !own)!;
    const gapMs = longestGapMs(tile.framesMs, nowMs);
    console.log(`Longest gap between two pictures: ${Math.round(gapMs)} ms`);
    assert.ok(gapMs < 1_000, `nothing new for ${gapMs} ms`);
  },
);
