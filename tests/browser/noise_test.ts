/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { STRINGS } from "../../web/strings.ts";
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

testCall(
  "Noise suppression that cannot be had, or fails, is switched off again and told",
  async (call) => {
    const alice = await call.newPage("alice", { noisy: true });
    const page = alice.page as Page;
    await page.addInitScript(() => {
      const nodes: AudioWorkletNode[] = [];
      class NotedNode extends AudioWorkletNode {
        constructor(...parts: ConstructorParameters<typeof AudioWorkletNode>) {
          super(...parts);
          nodes.push(this);
        }
      }
      Object.assign(globalThis, { nodes, AudioWorkletNode: NotedNode });
    });
    await page.route(/rnnoise.*\.wasm$/, (route) => route.abort());
    await alice.join(`${call.server.http}/group/maths/`);
    const bob = await call.enter("bob");
    await bob.sees("alice");
    const told = (text: string) =>
      page.getByTestId("toast").filter({ hasText: text }).waitFor();
    const box = page.getByTestId("setting-strongNoiseSuppression");
    const isOff = async () => !await box.isChecked();
    await page.keyboard.press("Control+,");
    await box.click();
    await told(STRINGS.problems.microphone.effect);
    await waitFor("the box to be empty", isOff, (off) => off);

    // The second try works, as its parts can be had now.
    await page.unroute(/rnnoise.*\.wasm$/);
    await box.check();
    const nodes = () =>
      page.evaluate(() =>
        (globalThis as unknown as { nodes: AudioWorkletNode[] }).nodes.length
      );
    await waitFor("the worklet", nodes, (count) => count === 1);
    const { audio: before } = await bob.report();
    await page.evaluate(() => {
      const { nodes } = globalThis as unknown as { nodes: AudioWorkletNode[] };
      nodes[0]?.dispatchEvent(new Event("processorerror"));
    });
    await told(STRINGS.problems.microphone.effectLost);
    await waitFor("the box to be empty again", isOff, (off) => off);
    await waitFor(
      "the microphone to be heard on",
      () => bob.report(),
      ({ audio }) =>
        audio.samples > before.samples + 48_000 && audio.energy > before.energy,
    );
  },
);
