import assert from "node:assert/strict";
import fc from "fast-check";
import { nearestIndex, SendIndex } from "./rollover.ts";

Deno.test("nearestIndex() finds the index that lies nearest", () => {
  const highest = fc.integer({ min: 0, max: 2 ** 48 - 1 });
  const step = fc.integer({ min: -32_768, max: 32_767 });
  fc.assert(fc.property(highest, step, (from, ahead) => {
    const index = from + ahead;
    const sequenceNumber = ((index % 0x10000) + 0x10000) % 0x10000;
    assert.equal(nearestIndex(from, sequenceNumber), index);
  }));
});

Deno.test("SendIndex.next() counts wraps and knows the numbers before", () => {
  const index = new SendIndex();
  assert.equal(index.next(65_534), 65_534);
  assert.equal(index.next(65_535), 65_535);
  assert.equal(index.next(0), 65_536);
  assert.equal(index.next(65_535), 65_535, "again");
  assert.equal(index.next(1), 65_537);
  assert.equal(index.next(0), 65_536, "again");
  assert.equal(index.next(300), 65_836);
  assert.equal(index.next(65_534), 65_534, "again");
});

Deno.test("SendIndex.next() gives no two packets one index", () => {
  const steps = fc.array(fc.integer({ min: -15_000, max: 20_000 }));
  fc.assert(fc.property(fc.nat(0xffff), steps, (first, all) => {
    const source = new SendIndex();
    let highest = 0x10000 + first;
    const given = new Map([[source.next(first), highest]]);
    for (const step of all) {
      const sent = highest + step;
      highest = Math.max(highest, sent);
      const index = source.next(sent & 0xffff);
      assert.equal(index & 0xffff, sent & 0xffff);
      assert.equal(given.get(index) ?? sent, sent);
      given.set(index, sent);
    }
  }));
});

Deno.test("SendIndex.next() is not set back by a repeated number", () => {
  const index = new SendIndex();
  assert.equal(index.next(30_000), 30_000);
  assert.equal(index.next(50_000), 50_000);
  assert.equal(index.next(30_000), 30_000, "again");
  assert.equal(index.next(10_000), 65_536 + 10_000);
});
