/**
 * Random interleavings of what clients, networks and the media plane do, against
 * the invariants in `test_flow_invariants.ts` and `fake_media_plane.ts`.
 *
 * A failing run prints what happened, shrunk to what matters; run it again with
 * the seed and path that it prints.
 */
import fc from "fast-check";
import { test } from "node:test";
import { play } from "./test_flow_play.ts";
import { stories } from "./test_flow_steps.ts";

test("FlowTable holds its invariants among clients that keep order", () => {
  const setting = { size: 4, isUnruly: false };
  fc.assert(
    fc.property(stories(false), (story) => play(story, setting)),
    { numRuns: 10_000 },
  );
});

test("FlowTable holds its invariants between two who replace and repeat", () => {
  const setting = { size: 2, isUnruly: true };
  fc.assert(
    fc.property(stories(true, 2), (story) => play(story, setting)),
    { numRuns: 5_000 },
  );
});
