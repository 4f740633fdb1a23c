/**
 * Somebody who shows several cameras in tiles of different sizes, over a link
 * that cannot carry all of them, by a whole plane in virtual time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { PERFECT_LINK } from "../tests/support/link_model.ts";
import { SimulatedCall } from "../tests/support/simulated_call.ts";
import type { CameraOptions } from "../tests/support/simulated_camera.ts";

const LINK = { ...PERFECT_LINK, rateBps: 3e6, delayMs: 20, jitterMs: 2 };
const CAMERA: CameraOptions = { bitrateBps: 2e6, leastBps: 150e3 };

const LARGE = 1280 * 720;
const SMALL = 320 * 180;

/** Four cameras, one of them large. */
function watch(seed: number, large: number) {
  const call = new SimulatedCall(seed, new Array(4).fill(CAMERA));
  const { links, pictures } = call.joinAll(LINK);
  const enlarge = (which: number) => {
    for (const [index, picture] of pictures.entries()) {
      call.weigh(picture, index === which ? LARGE : SMALL);
    }
  };
  enlarge(large);
  return { call, links, pictures, enlarge };
}

for (const seed of [1, 2, 3]) {
  Deno.test(`the largest tile has most of a path, also when another becomes it (seed ${seed})`, () => {
    const { call, pictures, enlarge } = watch(seed, 2);
    const rates = () => call.cameras.map(({ bitrateBps }) => bitrateBps);
    call.time.runUntil(20_000);
    for (const [camera, bps] of rates().entries()) {
      if (camera !== 2) assert.ok(bps * 2 < rates()[2]!, `${rates()}`);
    }

    enlarge(0);
    call.time.runUntil(35_000);
    for (const [camera, bps] of rates().entries()) {
      if (camera !== 0) assert.ok(bps * 2 < rates()[0]!, `${rates()}`);
    }
    for (const picture of pictures) {
      assert.ok(picture.freezeMs(3_000, 35_000) < 300, "nobody stands still");
    }
  });

  Deno.test(`where not all pictures fit, the largest tile's stays (seed ${seed})`, () => {
    const { call, links, pictures } = watch(seed, 2);
    call.time.runUntil(15_000);
    links.down.conditions = { ...LINK, rateBps: 0.7e6 };
    call.time.runUntil(35_000);
    const freezes = pictures.map((one) => one.freezeMs(18_000, 35_000));
    assert.ok(freezes[2]! < 1_000, `${freezes}`);
    assert.ok(Math.max(...freezes) > 5_000, `${freezes}: all are there`);
  });
}
