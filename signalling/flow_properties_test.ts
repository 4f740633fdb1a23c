/**
 * Random interleavings of what clients, networks and the media plane do, against
 * the invariants in `test_flow_invariants.ts` and `fake_media_plane.ts`.
 *
 * A failing run prints what happened, shrunk to what matters; run it again with
 * the seed and path that it prints.
 */
import fc from "fast-check";
import { test } from "node:test";
import { holds } from "./fake_media_plane.ts";
import { perform, stories, type Story } from "./test_flow_steps.ts";
import { EVERYTHING, TestWorld } from "./test_world.ts";
import { unclaimed } from "./test_client.ts";

const MEMBER = ["present", "message"];
const OPERATOR = ["op", "present", "message"];

/** Some clients of one group and one of another; ids are the same for all. */
function populate(world: TestWorld, size: number): void {
  world.connect("g", OPERATOR);
  for (let i = 1; i < size; i++) world.connect("g", MEMBER);
  world.connect("h", OPERATOR);
  for (const client of world.clients) {
    client.say(unclaimed({ type: "request", request: EVERYTHING }));
    world.deliver(client, 1);
  }
  world.startTrace();
}

/** How a story is played. */
interface Setting {
  /** How many clients the greater group has. */
  readonly size: number;
  /** Whether clients may break the order of things. */
  readonly isUnruly: boolean;
}

function play({ steps, pace }: Story, { size, isUnruly }: Setting): void {
  const world = new TestWorld();
  try {
    populate(world, size);
    for (const step of steps) {
      perform(world, step, pace);
      // Among clients that keep order fences alone keep late answers out.
      const { strayAnswers } = world.media;
      holds("no-late-answer-given", isUnruly || strayAnswers === 0, "");
    }
    world.settle(isUnruly ? 3 : 1);
    world.end();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`${what}\n${world.trace}`, { cause: error });
  }
}

test("FlowTable holds its invariants among clients that keep order", () => {
  const setting = { size: 4, isUnruly: false };
  fc.assert(
    fc.property(stories(false), (story) => play(story, setting)),
    { numRuns: 10_000 },
  );
});

test("FlowTable holds its invariants among clients that do anything", () => {
  const setting = { size: 4, isUnruly: true };
  fc.assert(
    fc.property(stories(true), (story) => play(story, setting)),
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
