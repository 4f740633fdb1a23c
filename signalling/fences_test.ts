import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlowId } from "../protocol/ids.ts";
import { Fences } from "./fences.ts";

const S1 = "S1" as FlowId;
const S2 = "S2" as FlowId;

test("Fences lets an id drain until the pong to its own ping", () => {
  const fences = new Fences();
  fences.countPing();
  fences.begin(S1);

  assert.equal(fences.mayOffer(S1), false);
  assert.equal(fences.handlePong(), false, "the pong to the earlier ping");
  assert.equal(fences.isDraining(S1), true);
  assert.equal(fences.handlePong(), true);
  assert.equal(fences.mayOffer(S1), true);
});

test("Fences counts no pongs in advance", () => {
  const fences = new Fences();
  fences.handlePong();
  fences.handlePong();
  fences.begin(S1);

  assert.equal(fences.isDraining(S1), true);
});

test("Fences waits for the latest ping of an id", () => {
  const fences = new Fences();
  fences.begin(S1);
  fences.begin(S2);
  fences.begin(S1);

  fences.handlePong();
  fences.handlePong();

  assert.deepEqual([fences.isDraining(S1), fences.isDraining(S2)], [
    true,
    false,
  ]);
});

test("Fences lets nothing be offered to who never answers pings", () => {
  const fences = new Fences();
  for (let i = 0; i < 256; i++) fences.begin(`f${i}` as FlowId);

  assert.equal(fences.mayOffer(S1), false);
  fences.handlePong();
  assert.equal(fences.mayOffer(S1), true);
});
