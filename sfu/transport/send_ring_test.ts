import assert from "node:assert/strict";
import fc from "fast-check";
import { SendRing } from "./send_ring.ts";

const SIZE = 64;
const CAPACITY = 5;

Deno.test("SendRing gives out what was written, in order and unspoilt", () => {
  const step = fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 40 }), less: fc.nat(10) }),
    fc.constant("shift" as const),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const ring = new SendRing<number>(SIZE, CAPACITY);
    const model: { to: number; bytes: Uint8Array }[] = [];
    for (const [i, one] of steps.entries()) {
      if (one === "shift") {
        ring.shift();
        model.shift();
      } else {
        const offset = ring.reserve(one.push);
        if (offset < 0) continue;
        assert.ok(offset + one.push <= SIZE);
        const bytes = new Uint8Array(Math.max(1, one.push - one.less)).fill(i);
        ring.arena.set(bytes, offset);
        ring.push(i, offset, bytes.length);
        model.push({ to: i, bytes });
      }
      assert.equal(ring.count, model.length);
      assert.equal(ring.target, model[0]?.to);
      if (model[0]) assert.deepEqual(ring.datagram, model[0].bytes);
    }
    // What is queued is still what was written.
    for (const { to, bytes } of model) {
      assert.equal(ring.target, to);
      assert.deepEqual(ring.datagram, bytes);
      ring.shift();
    }
    assert.equal(ring.target, undefined);
  }));
});

Deno.test("SendRing.reserve() has room for a whole arena when it is empty", () => {
  const ring = new SendRing<string>(SIZE, CAPACITY);

  assert.equal(ring.reserve(SIZE), 0);
  assert.equal(ring.reserve(SIZE + 1), -1);
  ring.push("a", 0, SIZE);
  assert.equal(ring.reserve(1), -1);
  ring.shift();
  assert.equal(ring.reserve(SIZE), 0);
});

Deno.test("SendRing.reserve() has no room when the queue is full", () => {
  const ring = new SendRing<string>(SIZE, CAPACITY);
  for (let i = 0; i < CAPACITY; i++) ring.push("a", ring.reserve(1), 1);

  assert.equal(ring.reserve(1), -1);
  ring.shift();
  assert.ok(ring.reserve(1) >= 0);
});
