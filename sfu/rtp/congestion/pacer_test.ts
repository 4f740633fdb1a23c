import assert from "node:assert/strict";
import { test } from "node:test";
import { type Instant, instantAt } from "../../../lib/time.ts";
import { type PacedTrack, Pacer } from "./pacer.ts";

/** Sends packets of 1,000 bytes, and notes when. */
class Track implements PacedTrack {
  readonly sentMs = new Map<number, number>();
  readonly #pacer: Pacer;

  constructor(pacer: Pacer) {
    this.#pacer = pacer;
  }

  forward(extended: number, now: Instant): void {
    if (this.#pacer.mustWait(now)) {
      this.#pacer.push(this, extended, 1, 1_000, now);
    } else this.release(extended, 1, now);
  }

  release(extended: number, generation: number, now: Instant): void {
    assert.equal(generation, 1);
    this.sentMs.set(extended, now);
    this.#pacer.sent(1_000, now);
  }
}

function burst(estimateBps: number, packets: number) {
  const pacer = new Pacer();
  pacer.setEstimate(estimateBps);
  const tracks = [new Track(pacer), new Track(pacer)];
  for (let i = 0; i < packets; i++) tracks[i % 2]!.forward(i, instantAt(1_000));
  const before = tracks[0]!.sentMs.size + tracks[1]!.sentMs.size;
  for (let ms = 1_010; ms < 2_000; ms += 10) pacer.poll(instantAt(ms));
  assert.equal(pacer.waiting, 0);
  const sent = [...tracks[0]!.sentMs, ...tracks[1]!.sentMs]
    .sort(([a], [b]) => a - b);
  return { before, sent, times: sent.map(([, ms]) => ms - 1_000) };
}

test("Pacer spreads a burst over 2.5 times the estimate, in its order", () => {
  // 3.2 Mbit/s is 4 bytes a tenth of a millisecond: 1,000 a pair and a half.
  const { before, sent, times } = burst(1.28e6, 20);
  assert.equal(before, 5, "10 ms' worth, and the one with which that is full");
  assert.deepEqual(times, times.toSorted((a, b) => a - b));
  assert.deepEqual(sent.map(([number]) => number), [...sent.keys()]);
  assert.equal(times.at(-1), 40, "20,000 bytes at 4,000 per 10 ms");
});

test("Pacer lets nothing wait for much longer than 100 ms", () => {
  const { times } = burst(100_000, 50);
  assert.ok(times.at(-1)! <= 150, `${times.at(-1)}`);
  const first = times.filter((ms) => ms <= 50).length;
  assert.ok(first > 15 && first < 35, "evenly");
});

test("Pacer does nothing on fast paths, and where nothing is known", () => {
  for (const bps of [0, 12e6]) {
    const { before, times } = burst(bps, 300);
    assert.equal(before, 300);
    assert.equal(times.at(-1), 0);
  }
});

test("Pacer sends what waits longest if too much comes", () => {
  const { sent } = burst(1e6, 400);
  assert.equal(sent.length, 400);
  assert.ok(sent[100]![1] === 1_000 && sent[399]![1] > 1_000);
});

test("Pacer lets sound and repairs count, so that pictures give way", () => {
  const pacer = new Pacer();
  pacer.setEstimate(1.28e6);
  assert.equal(pacer.mustWait(instantAt(0)), false);
  pacer.sent(4_001, instantAt(0));
  assert.equal(pacer.mustWait(instantAt(0)), true);
  assert.equal(pacer.mustWait(instantAt(1)), false, "paid off");
});
