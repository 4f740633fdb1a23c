import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseLayer, type LayerRate } from "./choose_layer.ts";

const LAYERS: readonly LayerRate[] = [
  { encoding: 0, spatial: 0, temporal: 0, bps: 50_000 },
  { encoding: 0, spatial: 0, temporal: 1, bps: 100_000 },
  { encoding: 1, spatial: 0, temporal: 1, bps: 700_000 },
  { encoding: 1, spatial: 0, temporal: 2, bps: 1_000_000 },
];

test("chooseLayer() begins with the best that there is room for", () => {
  assert.equal(chooseLayer(LAYERS, 10e6, -1), 3);
  assert.equal(chooseLayer(LAYERS, 1_000_000, -1), 3);
  assert.equal(chooseLayer(LAYERS, 999_999, -1), 2);
  assert.equal(chooseLayer(LAYERS, 100_000, -1), 1);
  assert.equal(chooseLayer(LAYERS, 0, -1), 0, "there is always the first");
});

test("chooseLayer() goes down at once, as far as it takes", () => {
  assert.equal(chooseLayer(LAYERS, 750_000, 3), 2);
  assert.equal(chooseLayer(LAYERS, 200_000, 3), 1);
  assert.equal(chooseLayer(LAYERS, 10_000, 3), 0);
});

test("chooseLayer() does not change for little", () => {
  assert.equal(
    chooseLayer(LAYERS, 800_000, 3),
    3,
    "its publisher sends less soon",
  );
  assert.equal(chooseLayer(LAYERS, 1_050_000, 2), 2, "no room to spare");
  assert.equal(chooseLayer(LAYERS, 1_100_001, 2), 3);
  let index = 3;
  let changes = 0;
  for (let step = 0; step < 100; step++) {
    const next = chooseLayer(LAYERS, 700_000 + 60_000 * Math.sin(step), index);
    if (next !== index) changes++;
    index = next;
  }
  assert.equal(changes, 1, "a target that sways settles");
});
