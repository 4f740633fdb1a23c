import assert from "node:assert/strict";
import { test } from "node:test";
import { Redundancy } from "./redundancy.ts";

test("Redundancy is of use as long as something is lost, and deeper if much is", () => {
  const redundancy = new Redundancy();
  assert.equal(redundancy.want(0.003), 0);
  assert.equal(redundancy.want(0.005), 1);
  assert.equal(redundancy.want(0.003), 1, "once it is on, it stays a while");
  assert.equal(redundancy.want(0.03), 2);
  assert.equal(redundancy.want(0.1), 3);
  assert.equal(redundancy.want(0.001), 0);
});

test("Redundancy repeats what is of use and what there is room for", () => {
  const redundancy = new Redundancy();
  redundancy.grant(3);
  assert.equal(redundancy.depth, 0, "nothing is lost");
  redundancy.want(0.03);
  redundancy.grant(3.02);
  assert.equal(redundancy.depth, 2);
  redundancy.grant(1.98);
  assert.equal(redundancy.depth, 1);
  redundancy.grant(0);
  assert.equal(redundancy.depth, 0);
});
