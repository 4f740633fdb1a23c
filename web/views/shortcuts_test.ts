import assert from "node:assert/strict";
import { test } from "node:test";
import { findShortcut, SHORTCUTS, toKeyNames } from "./shortcuts.ts";

const NONE = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

test("each shortcut is found by its keys, and by no others", () => {
  for (const shortcut of SHORTCUTS) {
    const { key, modified = false, shifted = false } = shortcut;
    const pressed = { ...NONE, key, ctrlKey: modified, shiftKey: shifted };
    assert.equal(findShortcut(pressed), shortcut, key);
    assert.equal(findShortcut({ ...pressed, altKey: true }), undefined);
  }
  assert.equal(findShortcut({ ...NONE, key: "d" }), undefined);
  assert.equal(findShortcut({ ...NONE, key: "S" }), undefined);
  const question = { ...NONE, key: "?", shiftKey: true };
  assert.equal(findShortcut(question)?.name, "open");
});

test("keys are named as on the keyboard", () => {
  const names = SHORTCUTS.map((shortcut) => toKeyNames(shortcut, false).join());
  assert.equal(names[0], "Ctrl,D");
  assert.equal(new Set(names).size, SHORTCUTS.length);
});
