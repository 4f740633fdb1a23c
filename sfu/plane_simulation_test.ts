import assert from "node:assert/strict";
import { PERFECT_LINK } from "../tests/support/link_model.ts";
import { SimulatedCall } from "../tests/support/simulated_call.ts";
import type { SimulatedViewer } from "../tests/support/simulated_viewer.ts";

const LINK = { ...PERFECT_LINK, rateBps: 4e6, delayMs: 20, jitterMs: 5 };

/** The share of the sound that came, after a second in which it is found out. */
function soundShare(viewer: SimulatedViewer, from: number, to: number): number {
  let count = 0;
  for (let sound = from; sound < to; sound++) {
    if (viewer.sounds.has(sound)) count++;
  }
  return count / (to - from);
}

/** A minute of a call with one bad link and one good one. */
function watch(conditions: Partial<typeof LINK>, seed: number) {
  const call = new SimulatedCall(seed);
  const good = call.join(LINK);
  const bad = call.join({ ...LINK, ...conditions });
  call.time.runUntil(3_000);
  const [camera] = call.cameras;
  const from = camera!.sounds;
  const goodFrames = good.shownMs.length;
  bad.shownMs.length = 0;
  call.time.runUntil(63_000);
  // What was sent last may be under way.
  const to = camera!.sounds - 20;
  assert.ok(good.shownMs.length - goodFrames >= 60 * 30 - 3);
  assert.ok(good.longestFreezeMs < 100, "the good link's picture goes on");
  assert.equal(soundShare(good, from, to), 1);
  return {
    call,
    freezeMs: bad.longestFreezeMs,
    frames: bad.shownMs.length / (60 * 30),
    sound: soundShare(bad, from, to),
  };
}

const EXPECTED = [
  { loss: 0.01, freezeMs: 200, sound: 0.998 },
  { loss: 0.05, freezeMs: 300, sound: 0.995 },
  { loss: 0.1, freezeMs: 700, sound: 0.995 },
  { loss: 0.2, freezeMs: 1_500, sound: 0.995 },
];

for (const { loss, ...expected } of EXPECTED) {
  for (const seed of [1, 2]) {
    Deno.test(`a minute at ${loss * 100} % of loss, the other way too (seed ${seed})`, () => {
      const { freezeMs, frames, sound } = watch({ loss }, seed);
      assert.ok(freezeMs <= expected.freezeMs, `frozen for ${freezeMs} ms`);
      assert.ok(sound >= expected.sound, `${sound} of the sound`);
      assert.ok(frames >= 0.97, `${frames} of the pictures`);
    });
  }
}

Deno.test("a minute of jitter and reordering costs no picture and no keyframe", () => {
  const { call, freezeMs, frames, sound } = watch(
    { delayMs: 100, jitterMs: 30, reordered: 0.02 },
    1,
  );
  assert.ok(freezeMs < 150, `frozen for ${freezeMs} ms`);
  assert.ok(frames >= 0.99 && sound === 1);
  assert.ok(call.cameras[0]!.keyframeRequests <= 1);
});
