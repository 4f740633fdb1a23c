import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { negotiations, watchEffects } from "../support/effect_watch.ts";
import { testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

testCall(
  "Strong noise suppression takes away a fan, without a negotiation",
  async (call) => {
    const alice = await call.newPage("alice", { noisy: true });
    const page = alice.page as Page;
    const loaded = await watchEffects(page);
    await alice.join(`${call.server.http}/group/maths/`);
    const bob = await call.enter("bob");
    await bob.sees("alice");
    await alice.sees("bob");
    const before = await negotiations(page);
    /** How loud two more seconds of alice's sound are. */
    const loudness = async () => {
      const { audio: from } = await bob.report();
      const { audio: to } = await waitFor(
        "two seconds of sound",
        () => bob.report(),
        ({ audio }) => audio.samples > from.samples + 96_000,
      );
      return to.energy - from.energy;
    };
    const noisy = await loudness();
    assert.ok(noisy > 0.0001, `noise is heard: ${noisy}`);
    assert.equal(loaded.length, 0);

    await page.keyboard.press("Control+,");
    await page.getByTestId("setting-strongNoiseSuppression").check();
    const quiet = await waitFor(
      "the fan not to be heard",
      loudness,
      (loud) => loud < noisy / 20,
    );
    await page.getByTestId("setting-strongNoiseSuppression").uncheck();
    // Less than at first, as the browser's own suppression has learnt it by now.
    await waitFor("the fan to be heard", loudness, (loud) => loud > quiet * 5);
    assert.equal(await negotiations(page), before);
    assert.doesNotMatch(call.log(), /Content.Security.Policy/i);
  },
);
