import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { instantAt as at } from "../../lib/time.ts";
import { Rewriter } from "./rewriter.ts";
import { SequenceExtender } from "./sequence.ts";

function rewriter(
  firstSequenceNumber = 65534,
  firstTimestamp = 1_000,
): Rewriter {
  return new Rewriter({
    ssrc: 5,
    clockRate: 90_000,
    firstSequenceNumber,
    firstTimestamp,
  });
}

function map(
  to: Rewriter,
  extended: number,
  timestamp: number,
  ms = 0,
): number[] {
  return to.map(extended, timestamp, at(ms))
    ? [to.sequenceNumber, to.timestamp]
    : [];
}

test("Rewriter begins with the viewer's own numbers and goes on", () => {
  const viewer = rewriter();
  assert.equal(viewer.started, false);
  assert.deepEqual(map(viewer, 70_000, 4_000_000_000), [65534, 1_000]);
  assert.equal(viewer.rebased, true);
  assert.deepEqual(map(viewer, 70_001, 4_000_003_000), [65535, 4_000]);
  assert.equal(viewer.rebased, false);
  assert.deepEqual(map(viewer, 70_003, 4_000_003_000), [1, 4_000]);
  assert.deepEqual(map(viewer, 70_002, 4_000_003_000), [0, 4_000]);
});

test("Rewriter.map() carries timestamps over their wrap", () => {
  const viewer = rewriter(0, 0xffff_fff0);
  map(viewer, 70_000, 0xffff_ff00);
  assert.deepEqual(map(viewer, 70_001, 0x10), [1, 0x100]);
  assert.equal(viewer.toViewerTimestamp(0xffff_ff00), 0xffff_fff0);
});

test("Rewriter.map() refuses what is older than what the viewer began with", () => {
  const viewer = rewriter();
  map(viewer, 70_000, 0);
  assert.deepEqual(map(viewer, 69_999, 0), []);
  assert.equal(viewer.reverse(65533), -1);
});

test("Rewriter.drop() leaves no gap", () => {
  const viewer = rewriter(100);
  assert.equal(viewer.drop(70_000), false, "not begun");
  map(viewer, 70_000, 0);
  assert.ok(viewer.drop(70_001));
  assert.deepEqual(map(viewer, 70_002, 9), [101, 1_009]);
  assert.deepEqual(map(viewer, 70_001, 9), []);
  assert.equal(viewer.drop(70_002), false, "it has been sent");
  assert.equal(viewer.reverse(101), 70_002);
  assert.equal(viewer.reverse(100), 70_000);
});

test("Rewriter goes on smoothly when the source is another one", () => {
  const viewer = rewriter(100, 1_000);
  map(viewer, 70_000, 50, 0);
  map(viewer, 70_001, 50 + 3_000, 33);
  viewer.switchSource();
  assert.equal(viewer.started, false);
  assert.equal(viewer.reverse(101), -1, "the old source's packets are gone");
  assert.deepEqual(map(viewer, 90_000, 777, 133), [102, 4_000 + 9_000]);
  assert.equal(viewer.rebased, true);
  assert.deepEqual(map(viewer, 90_001, 777 + 90, 134), [103, 13_090]);
  assert.equal(viewer.reverse(102), 90_000);
  assert.equal(viewer.reverse(101), -1);
});

test("Rewriter never lets time stand still over a switch", () => {
  const viewer = rewriter(100, 1_000);
  map(viewer, 70_000, 50, 10);
  viewer.switchSource();
  assert.deepEqual(map(viewer, 70_000, 50, 10), [101, 1_001]);
});

test("Rewriter goes on smoothly when the source starts again", () => {
  const extender = new SequenceExtender();
  const viewer = rewriter(100, 1_000);
  map(viewer, extender.extend(500), 0, 0);
  assert.equal(extender.extend(30_000), -1);
  const restarted = extender.extend(30_001);
  assert.deepEqual(map(viewer, restarted, 123_456, 1_000), [101, 91_000]);
  assert.equal(viewer.rebased, true);
});

test("Rewriter.map() keeps the gap of 300 packets lost across the wrap", () => {
  const extender = new SequenceExtender();
  const viewer = rewriter(65_500);
  map(viewer, extender.extend(65_400), 0);
  const after = extender.extend((65_400 + 301) & 0xffff);
  assert.deepEqual(map(viewer, after, 0), [(65_500 + 301) & 0xffff, 1_000]);
  assert.equal(viewer.rebased, false);
});

test("Rewriter.reverse() finds each packet that was mapped, and no other", () => {
  const steps = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 100 });
  fc.assert(fc.property(fc.nat(0xffff), steps, (first, gaps) => {
    const viewer = rewriter(first);
    let extended = 200_000;
    map(viewer, extended, 0);
    const sent = new Map([[viewer.sequenceNumber, extended]]);
    for (const gap of gaps) {
      if (gap === 4) {
        assert.ok(viewer.drop(++extended));
        continue;
      }
      extended += gap;
      map(viewer, extended, extended);
      sent.set(viewer.sequenceNumber, extended);
    }
    for (const [number, original] of sent) {
      assert.equal(viewer.reverse(number), original);
    }
    assert.equal(viewer.reverse((first - 1) & 0xffff), -1);
  }));
});

test("Rewriter.map() does not take a very old packet for a new beginning", () => {
  const viewer = rewriter(100);
  map(viewer, 70_000, 0);
  for (let n = 72_000; n <= 90_000; n += 2_000) map(viewer, n, 0);
  const newest = (100 + 20_000) & 0xffff;
  assert.equal(viewer.sequenceNumber, newest);
  assert.deepEqual(map(viewer, 70_001, 0), []);
  assert.deepEqual(map(viewer, 90_001, 0), [newest + 1, 1_000]);
});
