import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { instantAt as at } from "../../lib/time.ts";
import { MAX_MISSING, NackGenerator } from "./nack_generator.ts";
import { SequenceExtender } from "./sequence.ts";

const START = 2 * 65536 - 10; // Numbers 65526… on the wire.

/** A generator that has received START. */
function started(): NackGenerator {
  const nacks = new NackGenerator();
  nacks.receive(START, at(0), false);
  return nacks;
}

function poll(nacks: NackGenerator, ms: number, room = 100): number[] {
  const out = new Uint16Array(room);
  return [...out.subarray(0, nacks.poll(at(ms), out))];
}

test("NackGenerator asks for nothing while all comes", () => {
  const nacks = started();
  for (let i = 1; i < 30; i++) nacks.receive(START + i, at(i), false);
  assert.deepEqual(poll(nacks, 100), []);
  assert.equal(nacks.nextPoll(at(100)), undefined);
});

test("NackGenerator waits a moment for what was only reordered", () => {
  const nacks = started();
  nacks.receive(START + 2, at(0), false);
  assert.deepEqual(poll(nacks, 9), []);
  assert.equal(nacks.nextPoll(at(9)), 10);
  nacks.receive(START + 1, at(9), false);
  assert.deepEqual(poll(nacks, 50), []);
  assert.equal(nacks.missing, 0);
});

test("NackGenerator.poll() asks when the moment is over", () => {
  const nacks = started();
  nacks.receive(START + 2, at(0), false);
  assert.deepEqual(poll(nacks, 10), [65527]);
});

test("NackGenerator.poll() asks at once when many have overtaken", () => {
  const nacks = started();
  for (let i = 2; i <= 5; i++) nacks.receive(START + i, at(0), false);
  assert.deepEqual(poll(nacks, 0), [65527]);
});

test("NackGenerator.poll() asks again a round trip later", () => {
  const nacks = started();
  nacks.receive(START + 2, at(0), false);
  assert.deepEqual(poll(nacks, 10), [65527]);
  assert.deepEqual(poll(nacks, 134), [], "a quarter over 100 ms");
  assert.equal(nacks.nextPoll(at(11)), 135);
  assert.deepEqual(poll(nacks, 135), [65527]);
});

test("NackGenerator learns the round trip from repairs", () => {
  const nacks = started();
  let extended = START;
  let now = 0;
  for (let i = 0; i < 40; i++) {
    nacks.receive(extended + 2, at(now), false);
    poll(nacks, now + 10);
    nacks.receive(extended + 1, at(now + 50), false);
    extended += 2;
    now += 100;
  }
  assert.ok(Math.abs(nacks.rttMs - 40) < 1);
});

test("NackGenerator.poll() writes what is missing in order across the wrap", () => {
  const nacks = started();
  nacks.receive(START + 20, at(0), false);
  const expected = [];
  for (let i = 1; i < 20; i++) expected.push((START + i) & 0xffff);
  assert.deepEqual(poll(nacks, 10), expected);
});

test("NackGenerator.poll() leaves what does not fit for the next poll", () => {
  const nacks = started();
  nacks.receive(START + 4, at(0), false);
  assert.deepEqual(poll(nacks, 10, 2), [65527, 65528]);
  assert.deepEqual(poll(nacks, 10, 2), [65529]);
  assert.deepEqual(poll(nacks, 10, 2), []);
});

test("NackGenerator gives up after a second, into a keyframe", () => {
  const nacks = started();
  nacks.receive(START + 2, at(0), false);
  let asked = 0;
  for (let ms = 0; ms < 3_000; ms += 10) asked += poll(nacks, ms).length;
  assert.ok(asked >= 2 && asked <= 10);
  assert.equal(nacks.missing, 0);
  assert.equal(nacks.hopeless, true);
  nacks.receive(START + 3, at(3_000), true);
  assert.equal(nacks.hopeless, false);
});

test("NackGenerator forgets what a keyframe does not build on", () => {
  const nacks = started();
  nacks.receive(START + 3, at(0), false);
  nacks.receive(START + 6, at(0), true);
  assert.deepEqual(poll(nacks, 100), []);
  assert.equal(nacks.hopeless, false);
});

test("NackGenerator goes on asking for what follows a late keyframe start", () => {
  const nacks = started();
  nacks.receive(START + 5, at(0), false);
  nacks.receive(START + 2, at(1), true);
  assert.deepEqual(
    poll(nacks, 100),
    [START + 3, START + 4].map((n) => n & 0xffff),
  );
});

test("300 packets lost across the wrap lead to a keyframe, not a storm", () => {
  const extender = new SequenceExtender();
  const nacks = new NackGenerator();
  nacks.receive(extender.extend(65400), at(0), false);
  nacks.receive(extender.extend((65400 + 301) & 0xffff), at(1_000), false);
  assert.equal(nacks.hopeless, true);
  assert.deepEqual(poll(nacks, 2_000, 1_000), []);
  const next = extender.extend((65400 + 303) & 0xffff);
  nacks.receive(next, at(2_000), false);
  assert.deepEqual(poll(nacks, 2_010), [(65400 + 302) & 0xffff], "it goes on");
});

test("NackGenerator begins anew when the source does", () => {
  const nacks = started();
  nacks.receive(START + 5, at(0), false);
  nacks.receive(START + 200_000, at(5), false);
  assert.deepEqual(poll(nacks, 100), []);
  assert.equal(nacks.hopeless, true);
});

test("NackGenerator never asks for what has come, nor for too much", () => {
  const step = fc.record({
    advance: fc.integer({ min: -40, max: 60 }),
    wait: fc.nat(30),
    keyframe: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const nacks = new NackGenerator();
      const came = new Set<number>();
      const tries = new Map<number, number>();
      const out = new Uint16Array(64);
      let highest = START;
      let now = 0;
      nacks.receive(START, at(0), false);
      for (const { advance, wait, keyframe } of steps) {
        const extended = Math.max(START, highest + advance);
        now += wait;
        highest = Math.max(highest, extended);
        came.add(extended);
        nacks.receive(extended, at(now), keyframe && advance > 0);
        const count = nacks.poll(at(now), out);
        for (let i = 0; i < count; i++) {
          const asked = highest - ((highest - out[i]!) & 0xffff);
          assert.ok(asked < highest && !came.has(asked));
          tries.set(asked, (tries.get(asked) ?? 0) + 1);
        }
        assert.ok(nacks.missing <= MAX_MISSING);
        const next = nacks.nextPoll(at(now));
        assert.equal(next === undefined, nacks.missing === 0);
        assert.ok(next === undefined || next >= now);
      }
      for (const count of tries.values()) assert.ok(count <= 10);
    }),
    { numRuns: 500 },
  );
});

test("NackGenerator asks ten times at most, however short the round trip", () => {
  const nacks = started();
  let extended = START;
  for (let ms = 0; ms < 2_000; ms += 20) {
    nacks.receive(extended += 2, at(ms), false);
    poll(nacks, ms + 10);
    nacks.receive(extended - 1, at(ms + 12), false);
  }
  assert.ok(nacks.rttMs < 5);
  nacks.receive(extended + 2, at(5_000), false);
  let asked = 0;
  for (let ms = 5_000; ms < 5_900; ms++) asked += poll(nacks, ms).length;
  assert.equal(asked, 10);
  assert.equal(nacks.hopeless, true);
});

test("NackGenerator gives up when many gaps add up to too much", () => {
  const nacks = started();
  const gap = MAX_MISSING / 4 + 1;
  for (let i = 1; i <= 3; i++) nacks.receive(START + i * gap, at(0), false);
  assert.equal(nacks.missing, 3 * (gap - 1));
  assert.equal(nacks.hopeless, false);
  nacks.receive(START + 5 * gap, at(0), false);
  assert.equal(nacks.missing, 0);
  assert.equal(nacks.hopeless, true);
});
