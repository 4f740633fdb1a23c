import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SequenceMap } from "./sequence_map.ts";

function map(
  sequences: SequenceMap,
  number: number,
  picture: number,
): number[] {
  return sequences.map(number, picture)
    ? [sequences.mapped, sequences.pictureDelta]
    : [];
}

test("SequenceMap maps to itself while nothing is dropped", () => {
  const sequences = new SequenceMap();
  assert.deepEqual(map(sequences, 42, 1001), [42, 0]);
  assert.deepEqual(map(sequences, 43, 1001), [43, 0]);
  assert.deepEqual(map(sequences, 44, 1002), [44, 0]);
  assert.deepEqual(map(sequences, 40, 1000), [40, 0]);
});

test("SequenceMap maps reordered packets by what was dropped before them", () => {
  const sequences = new SequenceMap();
  assert.deepEqual(map(sequences, 42, 1001), [42, 0]);
  assert.ok(sequences.drop(43, 1002));
  assert.deepEqual(map(sequences, 45, 1003), [44, 1]);
  assert.deepEqual(map(sequences, 44, 1003), [43, 1]);
});

test("SequenceMap closes the gaps of dropped packets and pictures", () => {
  const sequences = new SequenceMap();
  assert.deepEqual(map(sequences, 42, 1001), [42, 0]);
  assert.ok(sequences.drop(43, 1001));
  assert.deepEqual(map(sequences, 44, 1001), [43, 0]);
  assert.deepEqual(map(sequences, 45, 1002), [44, 0]);
  assert.ok(sequences.drop(46, 1003));
  assert.deepEqual(map(sequences, 47, 1003), [45, 1]);
  assert.ok(sequences.drop(48, 1003));
  assert.deepEqual(map(sequences, 49, 1003), [46, 1]);
  assert.deepEqual(map(sequences, 60, 1007), [57, 1]);
  assert.deepEqual(map(sequences, 13, 1000), [13, 0]);
  assert.deepEqual(map(sequences, 44, 1001), [43, 0]);
  assert.deepEqual(map(sequences, 45, 1002), [44, 0]);
  assert.deepEqual(map(sequences, 48, 1003), [], "it was dropped");
  assert.deepEqual(map(sequences, 46, 1003), [], "it was dropped");
  assert.ok(sequences.reverse(44));
  assert.equal(sequences.mapped, 45);
  assert.equal(sequences.reverse(58), false, "not sent yet");
});

test("SequenceMap begins anew after a jump", () => {
  const sequences = new SequenceMap();
  assert.deepEqual(map(sequences, 42, 1001), [42, 0]);
  assert.ok(sequences.drop(43, 1001));
  assert.deepEqual(map(sequences, 44, 1001), [43, 0]);
  assert.deepEqual(map(sequences, 40000, 2001), [40000, 0]);
  assert.deepEqual(map(sequences, 40001, 2001), [40001, 0]);
});

test("SequenceMap keeps its shift over many wraps", () => {
  const sequences = new SequenceMap();
  assert.deepEqual(map(sequences, 0, 0), [0, 0]);
  assert.deepEqual(map(sequences, 1, 0), [1, 0]);
  assert.ok(sequences.drop(2, 1));
  assert.ok(sequences.drop(3, 1));
  for (let i = 4; i < 256_000; i++) {
    assert.ok(sequences.map(i & 0xffff, i >> 1 & 0x7fff));
    if (sequences.mapped !== ((i - 2) & 0xffff)) assert.fail(`at ${i}`);
    if (sequences.pictureDelta !== 1) assert.fail(`at ${i}`);
  }
});

test("SequenceMap.drop() leaves what is missing its place", () => {
  const sequences = new SequenceMap();
  sequences.map(10, 0);
  assert.ok(sequences.drop(12, 0), "11 may be lost");
  assert.ok(sequences.map(13, 0));
  assert.equal(sequences.mapped, 12);
  assert.ok(sequences.map(11, 0), "it was only late");
  assert.equal(sequences.mapped, 11);
  assert.equal(sequences.map(12, 0), false);
  assert.ok(sequences.drop(15, 0));
  assert.ok(sequences.drop(16, 0));
  assert.ok(sequences.map(17, 0));
  assert.equal(sequences.mapped, 14);
  assert.ok(sequences.reverse(13));
  assert.equal(sequences.mapped, 14);
});

test("SequenceMap.drop() refuses what is not newer than all others", () => {
  const sequences = new SequenceMap();
  assert.equal(sequences.drop(1, 0), false, "nothing mapped yet");
  sequences.map(10, 0);
  assert.equal(sequences.drop(10, 0), false);
  assert.equal(sequences.drop(9, 0), false);
});

test("SequenceMap refuses what is too old to remember", () => {
  const sequences = new SequenceMap();
  sequences.map(0, 0);
  for (let i = 1; i < 600; i += 2) {
    assert.ok(sequences.drop(i, 0));
    assert.ok(sequences.map(i + 1, 0));
  }
  assert.equal(sequences.map(2, 0), false);
  assert.equal(sequences.reverse(1), false);
  assert.ok(sequences.map(590, 0));
  assert.equal(sequences.mapped, 295);
});

test("SequenceMap numbers what is forwarded without gaps, and finds it again", () => {
  const start = fc.nat(0xffff);
  const actions = fc.array(fc.boolean(), { maxLength: 200 });
  fc.assert(fc.property(start, actions, (first, drops) => {
    const sequences = new SequenceMap();
    sequences.map(first, 0);
    const forwarded: number[] = [first];
    const dropped: number[] = [];
    drops.forEach((drop, i) => {
      const number = (first + 1 + i) & 0xffff;
      if (drop) {
        assert.ok(sequences.drop(number, 0));
        dropped.push(number);
      } else {
        assert.ok(sequences.map(number, 0));
        forwarded.push(number);
      }
    });
    forwarded.forEach((number, i) => {
      const viewers = (first + i) & 0xffff;
      assert.ok(sequences.map(number, 0));
      assert.equal(sequences.mapped, viewers);
      assert.ok(sequences.reverse(viewers));
      assert.equal(sequences.mapped, number);
    });
    for (const number of dropped) assert.equal(sequences.map(number, 0), false);
  }));
});
