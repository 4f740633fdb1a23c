import assert from "node:assert/strict";
import { test } from "node:test";
import { Vp9Descriptor } from "../vp9.ts";
import { ALL_LAYERS, LayerFilter } from "./layer_filter.ts";

/** What a packet of VP9 says that is a whole frame of one layer. */
function frame(
  spatial: number,
  temporal: number,
  { key = false, up = false } = {},
): Vp9Descriptor {
  const flags = 0b0010_1100 | (key && spatial === 0 ? 0 : 0x40);
  const layers = temporal << 5 | (up ? 0x10 : 0) | spatial << 1;
  const picture = new Vp9Descriptor();
  const packet = Uint8Array.of(flags, layers, 0, key ? 0x80 : 0x84);
  assert.ok(picture.parse(packet, 0, packet.length));
  return picture;
}

/** Which of two spatial layers pass in a picture of that temporal layer. */
function passed(
  filter: LayerFilter,
  temporal: number,
  { key = false, up = false } = {},
): number[] {
  return [0, 1].filter((spatial) =>
    filter.passes(frame(spatial, temporal, { key, up }))
  );
}

test("LayerFilter forwards all, until less is wanted", () => {
  const filter = new LayerFilter();
  assert.deepEqual(passed(filter, 0, { key: true }), [0, 1]);
  assert.deepEqual(passed(filter, 2), [0, 1]);
  assert.equal(filter.endsPicture(frame(1, 2)), false, "the marker tells");
  filter.want(0, ALL_LAYERS);
  assert.equal(filter.passes(frame(1, 2)), true, "in the middle of a picture");
  assert.deepEqual(passed(filter, 0), [0], "without a keyframe");
  assert.equal(filter.endsPicture(frame(0, 0)), true);
  assert.equal(filter.awaitsKeyframe, false);
});

test("LayerFilter takes a higher spatial layer with a keyframe only", () => {
  const filter = new LayerFilter();
  filter.want(0, ALL_LAYERS);
  assert.deepEqual(passed(filter, 0, { key: true }), [0]);
  filter.want(1, ALL_LAYERS);
  assert.equal(filter.awaitsKeyframe, true);
  assert.deepEqual(passed(filter, 0, { up: true }), [0]);
  assert.deepEqual(passed(filter, 0, { key: true }), [0, 1]);
  assert.equal(filter.awaitsKeyframe, false);
  assert.equal(filter.endsPicture(frame(0, 0)), false);
  assert.equal(filter.endsPicture(frame(1, 0)), true);
});

test("LayerFilter takes a higher temporal layer where frames need nothing of it", () => {
  const filter = new LayerFilter();
  passed(filter, 0, { key: true });
  filter.want(ALL_LAYERS, 0);
  assert.deepEqual(passed(filter, 2), [], "down at any picture");
  assert.deepEqual(passed(filter, 0), [0, 1]);
  assert.deepEqual(passed(filter, 1, { up: true }), []);
  filter.want(ALL_LAYERS, 1);
  assert.deepEqual(passed(filter, 2, { up: true }), [], "more than is wanted");
  assert.deepEqual(passed(filter, 1), [], "it needs what was left out");
  assert.deepEqual(passed(filter, 1, { up: true }), [0, 1]);
  assert.deepEqual(passed(filter, 1), [0, 1]);
});
