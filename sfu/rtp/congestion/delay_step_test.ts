import assert from "node:assert/strict";
import { test } from "node:test";
import { instantAt } from "../../../lib/time.ts";
import { DelayStep } from "./delay_step.ts";

/** One gives way at 0, when 1 Mbit/s is sent; what comes of it. */
function restored(
  queueMs: (ms: number) => number,
  sendingBps: number,
  isLosing = false,
): number {
  const step = new DelayStep();
  step.begin(2e6, 1e6, instantAt(0));
  step.begin(1e6, 1e6, instantAt(50)); // Still the same.
  let sum = 0;
  for (let ms = 50; ms <= 3_000; ms += 50) {
    sum += step.poll(queueMs(ms), sendingBps, 100, isLosing, instantAt(ms));
  }
  return sum;
}

test("DelayStep restores the rate where a delay stays though less is sent", () => {
  assert.equal(restored(() => 280, 0.5e6), 1.7e6);
  assert.equal(restored((ms) => 280 + 30 * Math.sin(ms), 0.5e6), 1.7e6);
});

test("DelayStep leaves queues alone that empty, overflow, or are still fed", () => {
  assert.equal(restored((ms) => Math.max(0, 280 - ms / 10), 0.5e6), 0);
  assert.equal(restored(() => 280, 0.5e6, true), 0);
  assert.equal(restored(() => 280, 0.9e6), 0);
  assert.equal(restored(() => 0, 0.5e6), 0);
});
