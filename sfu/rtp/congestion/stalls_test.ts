import assert from "node:assert/strict";
import { test } from "node:test";
import { instantAt as at } from "../../../lib/time.ts";
import { SendClock } from "./send_clock.ts";
import { Stalls } from "./stalls.ts";

/** Polls every 10 ms, and once in each period after a stall instead. */
function disturbedShare(everyMs: number, stallMs: number): number {
  const stalls = new Stalls();
  let disturbed = 0;
  let polls = 0;
  let ms = 0;
  while (ms < 60_000) {
    const isStall = ms % everyMs < 10 && ms > 0;
    ms = Math.round((ms + (isStall ? stallMs : 10)) / 10) * 10;
    stalls.poll(10, at(ms));
    polls++;
    if (stalls.disturb(at(ms))) disturbed++;
  }
  return disturbed / polls;
}

test("Stalls leaves out what was sent in a stall and shortly after", () => {
  const stalls = new Stalls();
  for (let ms = 0; ms <= 1_000; ms += 10) stalls.poll(10, at(ms));
  stalls.poll(10, at(1_120));
  assert.equal(stalls.disturb(at(999)), false);
  assert.equal(stalls.disturb(at(1_000)), true);
  assert.equal(stalls.disturb(at(1_320)), true);
  assert.equal(stalls.disturb(at(1_331)), false);
});

test("Stalls takes nothing for a stall that is only a little late", () => {
  assert.equal(disturbedShare(200, 40), 0);
  assert.ok(disturbedShare(5_000, 200) > 0.02);
});

test("Stalls does not make a server blind that is always late", () => {
  const share = disturbedShare(100, 80);
  assert.ok(share > 0.2 && share < 0.7, `${share}`);
});

test("SendClock tells when what was written has left", () => {
  const clock = new SendClock();
  const first = clock.next;
  assert.equal(clock.timeOf(first, at(5)), 5, "not yet");
  clock.flushed(at(20), at(30));
  assert.equal(clock.timeOf(first, at(5)), 25);
  assert.notEqual(clock.next, first);
  for (let i = 0; i < 10_000; i++) clock.flushed(at(100 + i), at(100 + i));
  assert.equal(clock.timeOf(first, at(5)), 5, "forgotten");
  assert.equal(clock.timeOf(clock.next - 1, at(5)), 10_099);
});
