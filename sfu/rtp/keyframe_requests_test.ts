import assert from "node:assert/strict";
import { test } from "node:test";
import { instantAt as at } from "../../lib/time.ts";
import { KeyframeRequests } from "./keyframe_requests.ts";

test("KeyframeRequests.poll() merges a burst into one request", () => {
  const requests = new KeyframeRequests();
  assert.equal(requests.poll(at(0)), false);
  requests.want();
  requests.want();
  assert.equal(requests.poll(at(0)), true);
  assert.equal(requests.poll(at(0)), false);
});

test("KeyframeRequests.poll() repeats the request until a keyframe starts", () => {
  const requests = new KeyframeRequests();
  requests.want();
  assert.equal(requests.poll(at(0)), true);
  assert.equal(requests.poll(at(499)), false);
  assert.equal(requests.poll(at(500)), true);
  requests.keyframeStarted();
  assert.equal(requests.wanted, false);
  assert.equal(requests.poll(at(5_000)), false);
});

test("KeyframeRequests.poll() keeps the interval over a keyframe", () => {
  const requests = new KeyframeRequests();
  requests.want();
  assert.equal(requests.poll(at(0)), true);
  requests.keyframeStarted();
  requests.want();
  assert.equal(requests.poll(at(100)), false);
  assert.equal(requests.nextPoll(at(100)), 500);
  assert.equal(requests.poll(at(500)), true);
});

test("KeyframeRequests.nextPoll() is now, or when the interval ends, or never", () => {
  const requests = new KeyframeRequests();
  assert.equal(requests.nextPoll(at(7)), undefined);
  requests.want();
  assert.equal(requests.nextPoll(at(7)), 7);
  requests.poll(at(7));
  assert.equal(requests.nextPoll(at(8)), 507);
});

test("KeyframeRequests.poll() bothers a source less that never answers", () => {
  const requests = new KeyframeRequests();
  requests.want();
  let sent = 0;
  for (let ms = 0; ms < 60_000; ms += 10) if (requests.poll(at(ms))) sent++;
  assert.ok(sent >= 12 && sent <= 20, `${sent} in a minute`);
  requests.keyframeStarted();
  requests.want();
  assert.equal(requests.poll(at(70_000)), true);
  assert.equal(requests.poll(at(70_500)), true, "patient again");
});
