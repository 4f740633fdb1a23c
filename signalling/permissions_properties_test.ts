/**
 * Random sequences of all that clients may say, by clients of every permission,
 * against the invariants in `test_permission_invariants.ts`.
 *
 * A failing run prints what happened, shrunk to what matters; run it again with
 * the seed and path that it prints.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  perform,
  populate,
  stories,
  type Story,
} from "./test_permission_steps.ts";
import { TestMeeting } from "./test_meeting.ts";

function play(story: Story): TestMeeting {
  const meeting = new TestMeeting();
  try {
    populate(meeting, story);
    for (const step of story.steps) perform(meeting, step);
    meeting.end();
    return meeting;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`${what}\n${meeting.trace}`, { cause: error });
  }
}

test("Router lets nobody see or do what it may not, or end anybody else's session", () => {
  fc.assert(fc.property(stories(), (story) => void play(story)), {
    numRuns: 10_000,
  });
});

test("The random sequences reach what they are to test", () => {
  const seen = new Map<string, number>();
  for (const story of fc.sample(stories(), { numRuns: 1_000, seed: 1 })) {
    for (const what of play(story).seen) {
      seen.set(what, (seen.get(what) ?? 0) + 1);
    }
  }
  const wanted = [
    ...["join", "change", "leave", "fail", "redirect"].map((kind) =>
      `joined ${kind}`
    ),
    ...["add", "change", "delete"].map((kind) => `user ${kind}`),
    ...["error", "warning", "kicked", "clearchat", "userinfo", "token"].map(
      (kind) => `usermessage ${kind}`,
    ),
    "usermessage tokenlist",
    "chat",
    "chat caption",
    "chathistory",
    "offer",
    "answer",
    "abort",
    "close",
    "renegotiate",
    "disconnect",
    "act-on-tokens",
  ];
  const missing = wanted.filter((what) => (seen.get(what) ?? 0) < 20);
  assert.deepEqual(missing, [], JSON.stringify([...seen]));
});
