import assert from "node:assert/strict";
import { test } from "node:test";
import { instantAt } from "../../lib/time.ts";
import { FrameQueue } from "./frame_queue.ts";
import { Timeline } from "./timeline.ts";

/** 90 ticks are a millisecond. */
const MS = 90;

test("C-10 Before a report, frames are placed by the first one's arrival", () => {
  const timeline = new Timeline(90_000);
  assert.equal(timeline.place(0xffff_ff00, undefined, instantAt(1_000)), 1_000);
  const wrapped = 0xffff_ff00 + 40 * MS - 2 ** 32;
  assert.equal(timeline.place(wrapped, undefined, instantAt(1_090)), 1_040);
});

test("C-10 A report moves the track to where the publisher says it was", () => {
  const timeline = new Timeline(90_000);
  timeline.place(0, undefined, instantAt(1_000));
  // The publisher is at 500 ms now, so that this frame was taken 300 ms ago.
  const at = timeline.place(200 * MS, 500 * MS, instantAt(1_400));
  assert.equal(at, 1_100);
  // A little off is no matter.
  assert.equal(timeline.place(240 * MS, 530 * MS, instantAt(1_450)), 1_140);
});

test("C-10 Two tracks of one publisher are together, however late one is", () => {
  const [sound, picture] = [new Timeline(48_000), new Timeline(90_000)];
  const a = sound.place(48 * 100, 48 * 150, instantAt(1_050));
  const b = picture.place(MS * 7_100, MS * 7_250, instantAt(1_150));
  assert.equal(a, b);
});

test("Timeline never goes back, into the future or far away", () => {
  const timeline = new Timeline(90_000);
  timeline.place(0, undefined, instantAt(20_000));
  assert.equal(
    timeline.place(0x7000_0000, undefined, instantAt(20_010)),
    20_010,
  );
  assert.equal(timeline.place(0, 0x7000_0000, instantAt(20_020)), 20_010);
  timeline.restart();
  assert.equal(timeline.place(5, 0x7000_0000, instantAt(30_000)), 20_000);
});

test("FrameQueue puts what comes late before what comes after it, and is bounded", () => {
  const queue = new FrameQueue<{ at: number; name?: string }>();
  for (const at of [10, 30, 20, 40]) queue.push({ at });
  assert.deepEqual(queue.take(31).map(({ at }) => at), [10, 20, 30]);
  assert.deepEqual(queue.take(40), []);
  for (let n = 0; n < 3_000; n++) queue.push({ at: 100 });
  assert.equal(queue.take(0).length, 3_001 - 2_048);
});
