/**
 * Browsers whose way to the server changes in mid-call.
 *
 * @module
 */
import type { CallPage } from "../support/call_page.ts";
import { LinkModel, PERFECT_LINK } from "../support/link_model.ts";
import { LinkRelay } from "../support/link_relay.ts";
import { testCall } from "../support/test_call.ts";
import { seededRandom } from "../support/virtual_time.ts";
import { waitFor } from "../support/wait_for.ts";

/** Waits until both see pictures that came after now. */
async function seeEachOther(alice: CallPage, bob: CallPage): Promise<void> {
  const [atAlice, atBob] = [await alice.report(), await bob.report()];
  await alice.seesAfter("bob", atAlice.nowMs);
  await bob.seesAfter("alice", atBob.nowMs);
}

testCall(
  "A browser that changes networks stays in the call, and one that restarts ICE, too",
  async (call) => {
    using relay = new LinkRelay({
      port: call.server.media,
      up: new LinkModel(PERFECT_LINK, seededRandom(1)),
      down: new LinkModel(PERFECT_LINK, seededRandom(2)),
    });
    const route = { from: call.server.media, to: relay.port };
    const alice = await call.enter("alice", { route });
    const bob = await call.enter("bob");
    await seeEachOther(alice, bob);
    const { iceNames } = await alice.report();

    // All that Alice has comes from other ports, as behind another router.
    relay.rebind();
    await seeEachOther(alice, bob);
    const after = await alice.report();
    if (after.iceNames.join() !== iceNames.join()) {
      throw new Error("There was a new negotiation, and no need for one");
    }

    await alice.say("/renegotiate");
    await waitFor(
      "other credentials for what Alice sends",
      () => alice.report(),
      (report) => report.iceNames.join() !== iceNames.join(),
    );
    await seeEachOther(alice, bob);
  },
);
