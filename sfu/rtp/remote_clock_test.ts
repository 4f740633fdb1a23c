import assert from "node:assert/strict";
import { test } from "node:test";
import { instantAt as at, wallTimeAt } from "../../lib/time.ts";
import { ntpHigh, ntpLow } from "./ntp.ts";
import { RemoteClock, SourceClock } from "./remote_clock.ts";

/** When the publisher's wall clock says this, in milliseconds since 1970. */
const REMOTE = 1_700_000_000_000;

function report(
  clock: SourceClock,
  remoteMs: number,
  rtpTimestamp: number,
  arrival: number,
): void {
  const time = wallTimeAt(remoteMs);
  clock.senderReport(ntpHigh(time), ntpLow(time), rtpTimestamp, at(arrival));
}

test("SourceClock.timestampAt() goes on from the last report", () => {
  const clock = new SourceClock(90_000, new RemoteClock());
  assert.equal(clock.known, false);
  assert.equal(clock.timestampAt(at(0)), undefined);
  report(clock, REMOTE, 5_000, 100);
  assert.equal(clock.known, true);
  assert.equal(clock.timestampAt(at(100)), 5_000);
  assert.equal(clock.timestampAt(at(1_100)), 95_000);
  report(clock, REMOTE + 1_000, 0xffff_ffff, 1_100);
  assert.equal(clock.timestampAt(at(1_101)), 89);
});

test("SourceClock.timestampAt() keeps lips and sound together", () => {
  const remote = new RemoteClock();
  const video = new SourceClock(90_000, remote);
  const audio = new SourceClock(48_000, remote);
  // Both timestamps are 0 at the same moment; the video's report is slow.
  report(audio, REMOTE, 0, 20);
  report(video, REMOTE + 500, 45_000, 520 + 300);
  const now = at(10_000);
  const heard = audio.timestampAt(now)! / 48;
  const seen = video.timestampAt(now)! / 90;
  assert.ok(Math.abs(heard - seen) < 0.1, `${heard} and ${seen} ms`);
});

test("SourceClock.timestampAt() takes arrival for the time where there is none", () => {
  const clock = new SourceClock(90_000, new RemoteClock());
  clock.senderReport(0, 0, 7, at(50));
  assert.equal(clock.timestampAt(at(60)), 907);
});

test("SourceClock.timestampAt() does not trust a report of an hour ago", () => {
  const clock = new SourceClock(90_000, new RemoteClock());
  report(clock, REMOTE, 0, 0);
  assert.notEqual(clock.timestampAt(at(3_600_000)), undefined);
  assert.equal(clock.timestampAt(at(3_600_001)), undefined);
  report(clock, REMOTE, 0, 0);
  clock.clear();
  assert.equal(clock.known, false);
});

test("RemoteClock follows the fastest reports, and a clock that runs slow", () => {
  const clock = new RemoteClock();
  assert.equal(clock.toInstant(REMOTE), undefined);
  clock.observe(REMOTE, at(50));
  clock.observe(REMOTE + 1_000, at(1_020));
  // Not at once: what one track's viewers know may be from before.
  const corrected = clock.toInstant(REMOTE + 1_000)!;
  assert.ok(corrected > 1_040 && corrected < 1_050);
  // It loses 20 ms in 1,000 s: 20 parts per million.
  for (let s = 2; s <= 1_000; s++) {
    clock.observe(REMOTE + s * 1_000 * (1 - 2e-5), at(s * 1_000 + 20));
  }
  const estimate = clock.toInstant(REMOTE + 1_000_000 - 20)!;
  assert.ok(Math.abs(estimate - 1_000_020) < 1);
});

test("RemoteClock follows a remote clock that is set", () => {
  const clock = new RemoteClock();
  clock.observe(REMOTE, at(0));
  clock.observe(REMOTE + 3_600_000, at(1_000));
  assert.equal(clock.toInstant(REMOTE + 3_600_000), 1_000);
});

test("RemoteClock is not moved by reports that are slow on their way", () => {
  const clock = new RemoteClock();
  clock.observe(REMOTE, at(20));
  clock.observe(REMOTE + 1_000, at(1_400));
  const estimate = clock.toInstant(REMOTE + 1_000)!;
  assert.ok(estimate >= 1_020 && estimate < 1_021);
});
