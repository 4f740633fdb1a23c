import assert from "node:assert/strict";
import type { ViewerKey } from "../../protocol/media_plane.ts";
import { Placement } from "./placement.ts";

const viewer = (key: number) => key as ViewerKey;

Deno.test("Placement keeps a group together, and gives new ones to the idlest worker", () => {
  const placement = new Placement(3);
  assert.equal(placement.addPublisher("a"), 0);
  placement.addSubscriber(viewer(1), 0);
  assert.equal(placement.addPublisher("b"), 1);
  assert.equal(placement.addPublisher("a"), 0);
  assert.equal(placement.addPublisher("c"), 2);
  placement.addSubscriber(viewer(2), 2);
  assert.equal(placement.addPublisher("d"), 1);
  assert.deepEqual([0, 1, 2].map((n) => placement.peersOf(n)), [3, 2, 2]);
});

Deno.test("Placement lets a group go anywhere after its last publisher", () => {
  const placement = new Placement(2);
  assert.equal(placement.addPublisher("a"), 0);
  assert.equal(placement.addPublisher("a"), 0);
  assert.equal(placement.addPublisher("b"), 1);
  placement.removePublisher("a");
  assert.equal(placement.addPublisher("a"), 0);
  placement.removePublisher("a");
  placement.removePublisher("a");
  placement.addSubscriber(viewer(1), 0);
  placement.addSubscriber(viewer(1), 0);
  assert.equal(placement.addPublisher("a"), 1);
});

Deno.test("Placement avoids workers that are down", () => {
  const placement = new Placement(2);
  placement.addPublisher("a");
  placement.addPublisher("b");
  placement.addSubscriber(viewer(3), 1);
  placement.clear(0);
  placement.setUp(0, false);
  assert.equal(placement.peersOf(0), 0);
  assert.equal(placement.addPublisher("a"), 1);
  placement.setUp(1, false);
  assert.equal(placement.addPublisher("c"), undefined);
  assert.equal(placement.addPublisher("a"), 1);
  placement.setUp(1, true);
  assert.equal(placement.addPublisher("d"), 1);
});

Deno.test("Placement sends viewers of a large group elsewhere, each to one worker", () => {
  const placement = new Placement(3, 3);
  const home = placement.addPublisher("a")!;
  assert.equal(placement.addSubscriber(viewer(1), home), 0);
  assert.equal(placement.addSubscriber(viewer(2), home), 0);
  assert.equal(placement.addSubscriber(viewer(3), home), 1, "0 has three");
  assert.equal(placement.addSubscriber(viewer(2), home), 0, "it stays");
  assert.equal(placement.addSubscriber(viewer(3), home), 1, "it stays");
  assert.equal(placement.addSubscriber(viewer(4), home), 2);
  placement.setUp(2, false);
  assert.equal(placement.addSubscriber(viewer(5), home), 0, "1 has half of it");
  placement.removeSubscriber(viewer(4), 2);
  placement.removeSubscriber(viewer(3), 1);
  placement.removeSubscriber(viewer(3), 1);
  assert.deepEqual([0, 1, 2].map((n) => placement.peersOf(n)), [5, 0, 0]);
  assert.equal(placement.addSubscriber(viewer(3), home), 1);
  placement.clear(1);
  placement.setUp(1, false);
  assert.equal(placement.addSubscriber(viewer(3), home), 0, "1 is down");
});
