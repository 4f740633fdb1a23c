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

/** Four clients of one group and one of another; ids are the same for all. */
function populate(world: TestWorld): void {
  world.connect("g", OPERATOR);
  for (let i = 0; i < 3; i++) world.connect("g", MEMBER);
  world.connect("h", OPERATOR);
  for (const client of world.clients) {
    client.say(unclaimed({ type: "request", request: EVERYTHING }));
    world.deliver(client, 1);
  }
}

function play(
  { steps, pace }: Story,
  check: (world: TestWorld) => void,
): void {
  const world = new TestWorld();
  try {
    populate(world);
    world.startTrace();
    for (const step of steps) {
      perform(world, step, pace);
      check(world);
    }
    world.settle();
    world.end();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`${what}\n${world.trace}`, { cause: error });
  }
}

test("FlowTable holds its invariants among clients that keep order", () => {
  fc.assert(
    fc.property(stories(false), (story) => {
      play(story, ({ media }) => {
        // Fences alone, without the plane's help, keep late answers out.
        holds("no-late-answer-given", media.strayAnswers === 0, "");
      });
    }),
    { numRuns: 12_000 },
  );
});

test("FlowTable holds its invariants among clients that do anything", () => {
  fc.assert(
    fc.property(stories(true), (story) => play(story, () => {})),
    { numRuns: 12_000 },
  );
});
