import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { wallTimeAt } from "../../lib/time.ts";
import {
  ntpHigh,
  ntpLow,
  ntpMiddle,
  ntpToWallTime,
  roundTripMs,
  toNtpShort,
} from "./ntp.ts";

test("ntpHigh() and ntpLow() give binary fractions of a second", () => {
  const time = wallTimeAt(1_500); // 1970-01-01T00:00:01.500Z
  assert.equal(ntpHigh(time), 2_208_988_801);
  assert.equal(ntpLow(time), 0x8000_0000);
  assert.equal(ntpLow(wallTimeAt(250)), 0x4000_0000);
  assert.equal(ntpLow(wallTimeAt(999)), Math.floor(0.999 * 2 ** 32));
});

test("ntpToWallTime() undoes them, also after the wrap of 2036", () => {
  // To 2100, in microseconds.
  const times = fc.integer({ min: 0, max: 4_102_444_800_000_000 });
  fc.assert(fc.property(times, (micros) => {
    const time = wallTimeAt(micros / 1000);
    const high = ntpHigh(time);
    const low = ntpLow(time);
    assert.ok(high >= 0 && high < 2 ** 32 && low >= 0 && low < 2 ** 32);
    assert.ok(Math.abs(ntpToWallTime(high, low) - time) < 0.001);
  }));
});

test("ntpMiddle() takes RFC 3550's own example (§6.4.1, figure 2)", () => {
  const sent = ntpMiddle(0xb44d_b705, 0x2000_0000);
  assert.equal(sent, 0xb705_2000);
  const arrival = ntpMiddle(0xb44d_b710, 0x8000_0000);
  assert.equal(arrival, 0xb710_8000);
  const rtt = roundTripMs(arrival, sent, 0x0005_4000);
  assert.equal(rtt, 0x0006_2000 / 65536 * 1000, "6.125 s");
});

test("roundTripMs() is unknown without a report or before its time", () => {
  assert.equal(roundTripMs(1000, 0, 0), undefined);
  assert.equal(roundTripMs(1000, 990, 20), undefined);
});

test("roundTripMs() counts around the wrap", () => {
  assert.equal(roundTripMs(5, 0xffff_fffb, 0), 10 / 65.536);
});

test("toNtpShort() stays within 32 bits", () => {
  assert.equal(toNtpShort(1_000), 65_536);
  assert.equal(toNtpShort(-5), 0);
  assert.equal(toNtpShort(1e12), 0xffff_ffff);
});
