import assert from "node:assert/strict";
import fc from "fast-check";
import { REPLAY_WINDOW, ReplayWindow } from "./replay_window.ts";

Deno.test("ReplayWindow accepts each index once, and none that is too old", () => {
  const step = fc.oneof(
    fc.integer({ min: -30, max: 30 }),
    fc.integer({ min: -REPLAY_WINDOW - 5, max: REPLAY_WINDOW + 5 }),
    fc.integer({ min: -3_000, max: 100_000 }),
  );
  const start = fc.constantFrom(0, 500, 2 ** 31 - 100, 2 ** 47);
  fc.assert(
    fc.property(start, fc.array(step, { maxLength: 150 }), (first, steps) => {
      const window = new ReplayWindow();
      const seen = new Set<number>();
      let highest = -1;
      let index = first;
      for (const ahead of [0, ...steps]) {
        index = (highest < 0 ? first : highest) + ahead;
        const isTooOld = index < 0 || highest - index >= REPLAY_WINDOW;
        assert.equal(window.isTooOld(index), isTooOld);
        assert.equal(window.accepts(index), !isTooOld && !seen.has(index));
        if (!window.accepts(index)) continue;
        window.add(index);
        seen.add(index);
        highest = Math.max(highest, index);
        assert.equal(window.highest, highest);
        assert.equal(window.accepts(index), false);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("ReplayWindow.accepts() changes nothing", () => {
  const window = new ReplayWindow();
  window.add(10);
  assert.equal(window.accepts(1_000_000), true);
  assert.equal(window.highest, 10);
  assert.equal(window.accepts(9), true);
  assert.equal(window.accepts(9), true);
  assert.equal(window.accepts(10), false);
});

Deno.test("ReplayWindow makes room as it moves on", () => {
  const window = new ReplayWindow();
  for (let index = 0; index < REPLAY_WINDOW; index++) window.add(index);
  window.add(REPLAY_WINDOW + 500);
  for (let index = REPLAY_WINDOW; index < REPLAY_WINDOW + 500; index++) {
    assert.equal(window.accepts(index), true);
  }
  assert.equal(window.accepts(REPLAY_WINDOW + 500), false);
  assert.equal(window.accepts(REPLAY_WINDOW - 1), false);
});

Deno.test("ReplayWindow remembers nothing of before a leap", () => {
  const window = new ReplayWindow();
  for (let index = 0; index < REPLAY_WINDOW; index++) window.add(index);
  window.add(10 * REPLAY_WINDOW);
  for (let back = 1; back < REPLAY_WINDOW; back++) {
    assert.equal(window.accepts(10 * REPLAY_WINDOW - back), true);
  }
});
