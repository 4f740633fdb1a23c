/**
 * The same as `flow_properties_test.ts`, among clients that break the order of
 * things: in a file of its own, so that both run at the same time.
 */
import fc from "fast-check";
import { test } from "node:test";
import { play } from "./test_flow_play.ts";
import { stories } from "./test_flow_steps.ts";

test("FlowTable holds its invariants among clients that do anything", () => {
  const setting = { size: 4, isUnruly: true };
  fc.assert(
    fc.property(stories(true), (story) => play(story, setting)),
    { numRuns: 10_000 },
  );
});
