import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { layoutTiles, type Rect } from "./grid_layout.ts";

function columnsOf(places: readonly Rect[]): number {
  return new Set(places.map(({ x }) => x)).size;
}

test("a wide page has columns, a tall one rows", () => {
  assert.equal(columnsOf(layoutTiles(2, 0, 1280, 700)), 2);
  assert.equal(columnsOf(layoutTiles(2, 0, 390, 760)), 1);
  assert.equal(columnsOf(layoutTiles(9, 0, 1280, 700)), 3);
});

test("the last row is centred", () => {
  const places = layoutTiles(3, 0, 800, 800);
  const last = places[2];
  assert(last);

  assert(Math.abs(last.x + last.width / 2 - 400) <= 1);
});

test("what is featured has most of the page, the others a strip", () => {
  const [screen, ...others] = layoutTiles(4, 1, 1280, 700);
  assert(screen);

  assert(screen.width > 900);
  for (const { x, width } of others) {
    assert(x > screen.width);
    assert(width < 300);
  }
});

test("fifty tiles are large enough to see, and scroll where they must", () => {
  for (const [width, height] of [[1440, 760], [390, 700]] as const) {
    const places = layoutTiles(50, 0, width, height);
    assert.equal(places.length, 50);
    for (const place of places) assert(place.width >= 149);
  }
});

test("tiles neither overlap nor stick out of the page", () => {
  const page = fc.record({
    count: fc.integer({ min: 1, max: 40 }),
    featured: fc.integer({ min: 0, max: 3 }),
    width: fc.integer({ min: 320, max: 2560 }),
    height: fc.integer({ min: 320, max: 1600 }),
  });
  fc.assert(fc.property(page, ({ count, featured, width, height }) => {
    const large = Math.min(featured, count);
    const places = layoutTiles(count, large, width, height);
    assert.ok(places.length <= count && places.length > large - 1);
    if (large === 0) assert.equal(places.length, count);
    for (const [index, place] of places.entries()) {
      assert(place.width > 0 && place.height > 0);
      assert(place.x >= -1 && place.x + place.width <= width + 1);
      assert(place.y >= -1);
      // Only a grid may be longer than the page.
      if (large > 0) assert(place.y + place.height <= height + 1);
      for (const other of places.slice(index + 1)) {
        assert(!overlap(place, other));
      }
    }
  }));
});

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width &&
    a.y < b.y + b.height && b.y < a.y + a.height;
}
