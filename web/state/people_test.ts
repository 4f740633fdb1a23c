import assert from "node:assert/strict";
import { test } from "node:test";
import { isMuted, listPeople } from "./people.ts";
import { flow, person } from "./test_state.ts";

const ME = { id: "me", username: "Zoe", permissions: ["op"] };

test("oneself comes first, the others by name", () => {
  const people = [
    person({ id: "1", username: "bob" }),
    person({ id: "2", username: "Ärmel" }),
    person({ id: "me", username: "Zoe" }),
    person({ id: "3", username: "Ann" }),
  ];

  assert.deepEqual(
    listPeople(people, [], ME).map(({ username }) => username),
    ["Zoe", "Ann", "Ärmel", "bob"],
  );
});

test("what somebody sends shows beside the name", () => {
  const people = [
    person({ id: "loud" }),
    person({ id: "muted", muted: true }),
    person({ id: "silent" }),
  ];
  const flows = [
    flow({ localId: "a", clientId: "loud" }),
    flow({ localId: "b", clientId: "muted", hasVideo: false }),
    flow({ localId: "c", clientId: "silent", kind: "screen", hasAudio: false }),
  ];

  assert.deepEqual(
    listPeople(people, flows, ME).map(({ id, microphone, camera, screen }) => [
      id,
      microphone,
      camera,
      screen,
    ]),
    [
      ["loud", "on", true, false],
      ["muted", "muted", false, false],
      ["silent", "none", false, true],
    ],
  );
});

test("operators and those who may present are marked", () => {
  const [operator, viewer] = listPeople(
    [
      person({ id: "a", permissions: ["op", "present"] }),
      person({ id: "b", permissions: ["message"] }),
    ],
    [],
    ME,
  );

  assert.deepEqual([operator?.isOperator, operator?.mayPresent], [true, true]);
  assert.deepEqual([viewer?.isOperator, viewer?.mayPresent], [false, false]);
});

test("somebody who is not in the list is not known to be muted", () => {
  assert.equal(isMuted([person({ id: "a", muted: true })], "a"), true);
  assert.equal(isMuted([person({ id: "a", muted: true })], "b"), false);
});
