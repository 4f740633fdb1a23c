import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { placeMenu } from "./place_menu.ts";

const PAGE = { width: 1000, height: 600 };
const MENU = { width: 200, height: 300 };

test("a menu is below its button if it fits there, and above it otherwise", () => {
  const high = { left: 100, right: 144, top: 10, bottom: 54 };
  assert.deepEqual(placeMenu(high, MENU, PAGE), { left: 100, top: 62 });

  const low = { left: 900, right: 944, top: 540, bottom: 584 };
  assert.deepEqual(placeMenu(low, MENU, PAGE), { left: 744, top: 232 });
});

test("a menu that fits on the page is on it, wherever its button is", () => {
  const place = fc.record({
    left: fc.integer({ min: -50, max: 1000 }),
    top: fc.integer({ min: -50, max: 600 }),
  });
  fc.assert(fc.property(place, ({ left, top }) => {
    const button = { left, top, right: left + 44, bottom: top + 44 };
    const menu = placeMenu(button, MENU, PAGE);
    assert.ok(menu.left >= 0 && menu.left + MENU.width <= PAGE.width);
    assert.ok(menu.top >= 0 && menu.top + MENU.height <= PAGE.height);
  }));
});
