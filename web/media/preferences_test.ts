import assert from "node:assert/strict";
import { test } from "node:test";
import {
  loadPreferences,
  parsePreferences,
  savePreferences,
} from "./preferences.ts";

function storageWith(text: string | null) {
  let kept = text;
  return {
    getItem: () => kept,
    setItem: (_key: string, value: string) => void (kept = value),
  };
}

const DEFAULTS = parsePreferences({});

test("what was saved is loaded", () => {
  const storage = storageWith(null);
  const chosen = { ...DEFAULTS, name: "Ann", quality: "high" } as const;
  savePreferences(storage, chosen);

  assert.deepEqual(loadPreferences(storage), chosen);
});

test("each field that does not fit is the default, and the others count", () => {
  const parsed = parsePreferences({
    name: 7,
    start: "everything",
    quality: "low",
    mirror: "yes",
    cameraId: null,
    microphoneId: "mic-1",
  });

  assert.deepEqual(parsed, {
    ...DEFAULTS,
    quality: "low",
    microphoneId: "mic-1",
  });
});

test("garbage in the storage is no worse than nothing", () => {
  for (const text of ["", "{", "null", "[]", "3", '"x"']) {
    assert.deepEqual(loadPreferences(storageWith(text)), DEFAULTS, text);
  }
});

test("a browser that forbids storage gives the defaults, and saving is no error", () => {
  const forbid = () => {
    throw new DOMException("no", "SecurityError");
  };
  const storage = { getItem: forbid, setItem: forbid };

  assert.deepEqual(loadPreferences(storage), DEFAULTS);
  savePreferences(storage, DEFAULTS);
});
