import assert from "node:assert/strict";
import { test } from "node:test";
import { toAlpha, transformOf } from "./compositor.ts";
import type { Filter } from "./picture_effect.ts";

test("filters turn a picture in its place", () => {
  const turned = (filter: Filter) => {
    const [a, b, c, d, e, f] = transformOf(filter, 640, 360);
    const [x, y] = [10, 20];
    return [a * x + c * y + e, b * x + d * y + f];
  };

  assert.deepEqual(turned("none"), [10, 20]);
  assert.deepEqual(turned("horizontal"), [630, 20]);
  assert.deepEqual(turned("vertical"), [10, 340]);
  assert.deepEqual(turned("rotate"), [630, 340]);
});

test("a person is opaque, the room is not, the edge between is soft", () => {
  const values = Float32Array.of(0, 0.2, 0.5, 0.8, 1);
  const pixels = toAlpha({ width: 5, height: 1, values });
  const alphas = [...pixels].filter((_, at) => at % 4 === 3);

  const [, , edge = 0] = alphas;
  assert.deepEqual(alphas, [0, 0, edge, 255, 255]);
  assert.ok(Math.abs(edge - 127.5) <= 0.5);
});
