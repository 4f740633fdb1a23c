import assert from "node:assert/strict";
import { instantAt as at } from "../lib/time.ts";
import { ViewerEstimate } from "./rtp/remb.ts";
import { TrackRate } from "./track_rate.ts";
import type { TrackShare } from "./track_share.ts";

/** A track of which this is granted, if anything is shared out. */
function track(targetBps?: number) {
  const estimate = new ViewerEstimate();
  const share = { targetBps } as unknown as TrackShare;
  return { rate: new TrackRate(share, estimate), estimate };
}

Deno.test("TrackRate is the less of what loss and the viewer's own estimate allow (B-38)", () => {
  const { rate, estimate } = track();
  assert.equal(rate.bps(at(0)), 512_000, "without any word of the viewer's");
  estimate.note(300_000, at(0));
  assert.equal(rate.bps(at(0)), 300_000);
  // Half of all is lost, twice: 3/4 of it each time.
  rate.report(128, 512_000, at(0));
  rate.report(128, 512_000, at(1_000));
  assert.equal(rate.bps(at(1_000)), 288_000);
  assert.equal(rate.bps(at(31_001)), 512_000, "both are forgotten");
});

Deno.test("TrackRate is what the path's estimate grants, where there is one, and no more than REMB", () => {
  const { rate, estimate } = track(900_000);
  rate.report(128, 512_000, at(0));
  assert.equal(rate.bps(at(0)), 900_000);
  estimate.note(300_000, at(0));
  assert.equal(rate.bps(at(0)), 300_000);
});

Deno.test("TrackRate lets reports count against a layer, and not for one", () => {
  const { rate } = track();
  rate.report(0, 100_000, at(0));
  assert.equal(rate.layerBps(at(0)), Infinity);
  rate.report(128, 512_000, at(1_000));
  assert.equal(rate.layerBps(at(1_000)), 384_000);
  assert.equal(rate.layerBps(at(11_000)), Infinity, "that was long ago");
});
