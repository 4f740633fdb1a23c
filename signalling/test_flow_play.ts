import { holds } from "./fake_media_plane.ts";
import { unclaimed } from "./test_client.ts";
import { perform, type Story } from "./test_flow_steps.ts";
import { EVERYTHING, TestWorld } from "./test_world.ts";

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
export interface Setting {
  /** How many clients the greater group has. */
  readonly size: number;
  /** Whether clients may break the order of things. */
  readonly isUnruly: boolean;
}

/**
 * Plays a story in a world of its own.
 *
 * @throws {Error} if an invariant does not hold, with what has happened
 */
export function play(
  { steps, pace }: Story,
  { size, isUnruly }: Setting,
): void {
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
