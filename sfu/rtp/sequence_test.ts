import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  isRestart,
  seqDelta,
  seqNewer,
  SequenceExtender,
  timestampDelta,
} from "./sequence.ts";

test("seqDelta() counts around the wrap", () => {
  assert.equal(seqDelta(1, 65535), 2);
  assert.equal(seqDelta(65535, 1), -2);
  assert.equal(seqDelta(7, 7), 0);
  assert.equal(seqDelta(0x8000, 0), -0x8000);
});

test("seqDelta() undoes any step of less than half the numbers", () => {
  const start = fc.integer({ min: 0, max: 65535 });
  const step = fc.integer({ min: -32768, max: 32767 });
  fc.assert(fc.property(start, step, (a, d) => {
    assert.equal(seqDelta((a + d) & 0xffff, a), d);
    assert.equal(seqNewer((a + d) & 0xffff, a), d > 0);
  }));
});

test("timestampDelta() counts around 32 bits", () => {
  assert.equal(timestampDelta(5, 0xffff_fffb), 10);
  assert.equal(timestampDelta(0xffff_fffb, 5), -10);
});

test("SequenceExtender.extend() keeps counting over the wrap", () => {
  const extender = new SequenceExtender();
  const first = extender.extend(65534);
  assert.equal(extender.extend(65535), first + 1);
  assert.equal(extender.extend(0), first + 2);
  assert.equal(extender.extend(65535), first + 1, "reordered");
  assert.equal(extender.extend(1), first + 3);
  assert.equal(extender.highest, first + 3);
});

test("SequenceExtender.extend() survives 300 packets lost across the wrap", () => {
  const extender = new SequenceExtender();
  const before = extender.extend(65400);
  assert.equal(extender.extend((65400 + 301) & 0xffff), before + 301);
});

test("SequenceExtender.extend() never gives a negative number at the start", () => {
  const extender = new SequenceExtender();
  const first = extender.extend(0);
  assert.equal(extender.extend(65535), first - 1);
  assert.ok(first - 1 >= 0);
});

test("SequenceExtender.extend() believes a leap at the second packet", () => {
  const extender = new SequenceExtender();
  const before = extender.extend(100);
  assert.equal(extender.extend(40000), -1);
  const after = extender.extend(40001);
  assert.equal(after & 0xffff, 40001);
  assert.ok(after - before > 0x10000);
  assert.ok(isRestart(after, before));
});

test("SequenceExtender.extend() forgets a single stray packet", () => {
  const extender = new SequenceExtender();
  const before = extender.extend(100);
  assert.equal(extender.extend(40000), -1);
  assert.equal(extender.extend(101), before + 1);
  assert.equal(extender.extend(40001), -1, "not in a row with the first stray");
});

test("SequenceExtender.extend() gives back the number on the wire", () => {
  const numbers = fc.array(fc.integer({ min: 0, max: 65535 }));
  fc.assert(fc.property(numbers, (all) => {
    const extender = new SequenceExtender();
    for (const number of all) {
      const extended = extender.extend(number);
      assert.ok(extended === -1 || (extended & 0xffff) === number);
      assert.ok(extended <= extender.highest);
    }
  }));
});
