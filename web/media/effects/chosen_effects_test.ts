import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePreferences } from "../preferences.ts";
import { ChosenEffects, suppressesNoise } from "./chosen_effects.ts";

test("music is not taken for noise", () => {
  const suppresses = (preferences: Record<string, unknown>) =>
    suppressesNoise(parsePreferences(preferences));

  assert.equal(suppresses({}), false);
  assert.equal(suppresses({ strongNoiseSuppression: true }), true);
  assert.equal(
    suppresses({ strongNoiseSuppression: true, highQualityAudio: true }),
    false,
  );
  assert.equal(
    suppresses({ strongNoiseSuppression: true, noiseSuppression: false }),
    false,
  );
});

test("without effects, tracks are what devices give, and nothing is loaded", async () => {
  let preferences = parsePreferences({});
  const effects = new ChosenEffects({
    preferences: () => preferences,
    storage: { getItem: () => null },
    address: (part) => assert.fail(`${part} was loaded`),
    handleNoiseFailed: () => assert.fail("noise is not to be suppressed"),
  });
  for (const kind of ["camera", "microphone"] as const) {
    const source = {} as MediaStreamTrack;
    const affected = await effects.apply(
      kind,
      source,
      () => assert.fail("nothing can be lost"),
    );

    assert.equal(affected.track, source);
    assert.equal(await affected.update(), true);
    preferences = parsePreferences({
      filter: "rotate",
      strongNoiseSuppression: true,
    });
    assert.equal(await affected.update(), false);
    preferences = parsePreferences({});
  }
});
