import assert from "node:assert/strict";
import { test } from "node:test";
import { instantAt } from "../../../lib/time.ts";
import { Retry } from "./retry.ts";
import type { Claim } from "./share_rate.ts";

const SHOWN: Claim = {
  kind: "camera",
  weight: 1,
  layersBps: [2e5],
  elastic: false,
  grantedBps: 2e5,
};
const LEFT_OUT: Claim = { ...SHOWN, grantedBps: 0 };

test("Retry tries what is left out again, each time after twice as long", () => {
  const retry = new Retry();
  const tries: number[] = [];
  for (let ms = 0; ms < 40_000; ms += 100) {
    const claims = [SHOWN, LEFT_OUT];
    if (retry.poll(claims, ms < 7_000, instantAt(ms))) tries.push(ms);
  }
  assert.deepEqual(tries, [7_000, 19_000], "not while it overflows");
});

test("Retry is as patient as at first when all has been shown for a while", () => {
  const retry = new Retry();
  const first = (fromMs: number) => {
    for (let ms = fromMs;; ms += 100) {
      if (retry.poll([LEFT_OUT], false, instantAt(ms))) return ms - fromMs;
    }
  };
  assert.equal(first(0), 6_000);
  assert.equal(retry.poll([SHOWN], false, instantAt(10_000)), false);
  assert.equal(first(11_000), 12_000);
  retry.poll([SHOWN], false, instantAt(60_000));
  assert.equal(first(61_000), 6_000);
});
