import assert from "node:assert/strict";
import { Placement } from "./placement.ts";

Deno.test("Placement keeps a group together, and gives new ones to the idlest worker", () => {
  const placement = new Placement(3);
  assert.equal(placement.addPublisher("a"), 0);
  placement.countSubscriber(0, 1);
  assert.equal(placement.addPublisher("b"), 1);
  assert.equal(placement.addPublisher("a"), 0);
  assert.equal(placement.addPublisher("c"), 2);
  placement.countSubscriber(2, 1);
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
  placement.countSubscriber(0, 1);
  placement.countSubscriber(0, 1);
  assert.equal(placement.addPublisher("a"), 1);
});

Deno.test("Placement avoids workers that are down", () => {
  const placement = new Placement(2);
  placement.addPublisher("a");
  placement.addPublisher("b");
  placement.countSubscriber(1, 1);
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
