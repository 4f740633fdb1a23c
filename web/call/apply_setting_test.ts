import assert from "node:assert/strict";
import { test } from "node:test";
import type { OpenOutcome } from "../media/local_media.ts";
import { createPreferenceStore } from "../media/preference_store.ts";
import { isPreference, type Preferences } from "../media/preferences.ts";
import { STRINGS } from "../strings.ts";
import { applySetting, type SettingParts } from "./apply_setting.ts";

/** A call in which what is done is only written down. */
function callWith(outcome?: OpenOutcome) {
  const done: string[] = [];
  const note = (what: string) => {
    done.push(what);
    return Promise.resolve(undefined);
  };
  const preferences = createPreferenceStore({
    getItem: () => null,
    setItem: () => undefined,
  });
  const parts = {
    session: {
      publishing: {
        renewEffects: (kind: string) =>
          note(`effects ${kind}`).then(() => outcome),
        changeDevice: (kind: string) => note(`open ${kind}`),
        refresh: () => note("open both"),
      },
      request: () => void note("request"),
      talk: { handleJoined: () => void note("talk") },
    },
    preferences,
    notices: { show: (_tone: string, text: string) => void note(text) },
  } as unknown as SettingParts;
  return { parts, preferences, done };
}

test("a preference opens only the device that is asked for something else", async () => {
  const expected: Partial<Record<keyof Preferences, string[]>> = {
    filter: ["effects camera"],
    background: ["effects camera"],
    strongNoiseSuppression: ["effects microphone"],
    quality: ["open camera"],
    highQualityAudio: ["open microphone"],
    forceRelay: ["open both"],
    receive: ["request"],
    pushToTalk: ["talk"],
    sounds: [],
    layout: [],
  };
  for (const [name, wanted] of Object.entries(expected)) {
    const { parts, preferences, done } = callWith();
    assert(isPreference(name));
    await applySetting(parts, name, preferences.current.peek());
    assert.deepEqual(done, wanted, name);
  }
});

test("an effect that cannot be had leaves the preference as it was, and says so", async () => {
  const { parts, preferences, done } = callWith({
    kind: "failed",
    problem: "effect",
  });
  const before = preferences.current.peek();
  preferences.update({ background: "blur" });
  await applySetting(parts, "background", before);

  assert.equal(preferences.current.peek().background, "none");
  assert.deepEqual(done, ["effects camera", STRINGS.problems.camera.effect]);
});
