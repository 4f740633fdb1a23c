import assert from "node:assert/strict";
import { test } from "node:test";
import { instantAt as at } from "../../lib/time.ts";
import { INITIAL_RATE_BPS, LossBasedRate } from "./loss_based_rate.ts";
import { RateMeter } from "./rate_meter.ts";
import {
  MAX_BITRATE_BPS,
  trackBitrate,
  upstreamBitrate,
  ViewerEstimate,
  type ViewerLimit,
} from "./remb.ts";

function viewer(rateBps: number, spatial = 0, temporal = 0): ViewerLimit {
  return { rateBps, maxSpatialLayer: spatial, maxTemporalLayer: temporal };
}

test("trackBitrate() asks for little while nobody watches", () => {
  assert.equal(trackBitrate([]), 204_800);
});

test("trackBitrate() is bounded by the weakest viewer", () => {
  assert.equal(trackBitrate([viewer(1e6), viewer(3e5)]), 3e5);
  assert.equal(trackBitrate([viewer(1e6), viewer(1)]), 204_800);
});

test("trackBitrate() lets temporal layers serve weak viewers", () => {
  assert.equal(trackBitrate([viewer(1e6, 0, 2), viewer(3e5)]), 1e6);
  assert.equal(trackBitrate([viewer(9e6, 0, 2), viewer(3e5)]), 1.2e6);
});

test("trackBitrate() makes room for lower spatial layers", () => {
  assert.equal(trackBitrate([viewer(1e6, 2, 2)]), 1.25e6);
});

test("trackBitrate() takes a recorder for unlimited", () => {
  assert.equal(trackBitrate([viewer(Infinity), viewer(5e5)]), 5e5);
  assert.equal(trackBitrate([viewer(Infinity)]), Infinity);
});

test("upstreamBitrate() sums tracks, with a fixed share for the low layer", () => {
  const high = { isLow: false, viewers: [viewer(1e6)] };
  const low = { isLow: true, viewers: [viewer(5e6)] };
  assert.equal(upstreamBitrate([high, low]), 1e6 + 102_400);
  assert.equal(upstreamBitrate([]), 0);
  const recorded = { isLow: false, viewers: [viewer(Infinity)] };
  assert.equal(upstreamBitrate([recorded]), MAX_BITRATE_BPS);
});

test("ViewerEstimate.bitrateBps() is good for 30 seconds", () => {
  const estimate = new ViewerEstimate();
  assert.equal(estimate.bitrateBps(at(0)), undefined);
  estimate.note(7e5, at(1_000));
  assert.equal(estimate.bitrateBps(at(31_000)), 7e5);
  assert.equal(estimate.bitrateBps(at(31_001)), undefined);
});

test("LossBasedRate rises while little is lost and the rate is used", () => {
  const rate = new LossBasedRate();
  assert.equal(rate.rateBps(at(0)), INITIAL_RATE_BPS);
  rate.report(0, 512_000, at(0));
  assert.equal(rate.rateBps(at(0)), 512_000 * 269 / 256);
  rate.report(0, 100_000, at(1));
  assert.equal(rate.rateBps(at(1)), 512_000 * 269 / 256, "not used");
});

test("LossBasedRate falls with loss, and stays in between", () => {
  const rate = new LossBasedRate();
  rate.report(128, 512_000, at(0));
  assert.equal(rate.rateBps(at(0)), 384_000);
  rate.report(10, 512_000, at(1));
  assert.equal(rate.rateBps(at(1)), 384_000);
});

test("LossBasedRate stays within its bounds", () => {
  const rate = new LossBasedRate();
  for (let i = 0; i < 200; i++) rate.report(255, 1e6, at(i));
  assert.equal(rate.rateBps(at(200)), 9_600);
  for (let i = 0; i < 500; i++) rate.report(0, 2 ** 40, at(i));
  assert.equal(rate.rateBps(at(500)), 2 ** 30);
});

test("LossBasedRate is forgotten after 30 seconds without reports", () => {
  const rate = new LossBasedRate();
  rate.report(255, 1e6, at(0));
  assert.notEqual(rate.rateBps(at(30_000)), INITIAL_RATE_BPS);
  assert.equal(rate.rateBps(at(30_001)), INITIAL_RATE_BPS);
  rate.report(10, 0, at(40_000));
  assert.equal(rate.rateBps(at(40_000)), INITIAL_RATE_BPS);
});

test("RateMeter counts the last second", () => {
  const meter = new RateMeter();
  assert.equal(meter.bytesPerSecond(at(5_000)), 0);
  for (let ms = 5_000; ms < 6_000; ms += 20) meter.add(100, at(ms));
  assert.equal(meter.bytesPerSecond(at(5_999)), 5_000);
  assert.equal(meter.packetsPerSecond(at(5_999)), 50);
  assert.equal(meter.bytesPerSecond(at(6_499)), 2_500);
  assert.equal(meter.bytesPerSecond(at(7_000)), 0);
});

test("RateMeter forgets after any pause", () => {
  const meter = new RateMeter();
  meter.add(100, at(1_234));
  assert.equal(meter.bytesPerSecond(at(1_000_000_000)), 0);
  meter.add(7, at(1_000_000_001));
  assert.equal(meter.bytesPerSecond(at(1_000_000_002)), 7);
  meter.add(7, at(999_999_999));
  assert.equal(
    meter.bytesPerSecond(at(1_000_000_002)),
    14,
    "clock stepped back",
  );
});

test("RateMeter tells the last moments apart from the last second", () => {
  const meter = new RateMeter();
  for (let ms = 0; ms < 1_000; ms += 10) meter.add(ms < 700 ? 100 : 20, at(ms));
  assert.equal(meter.bytesPerSecond(at(999)), 70 * 100 + 30 * 20);
  assert.equal(meter.recentBytesPerSecond(at(999)), 600 * 1_000 / 299);
});
