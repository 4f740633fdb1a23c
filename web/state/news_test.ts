import assert from "node:assert/strict";
import { test } from "node:test";
import { newsBetween } from "./news.ts";
import type { SessionAction } from "./session_action.ts";
import { reduceSession } from "./session_reducer.ts";
import { after, JOINED, message, person } from "./test_state.ts";

const START = after(
  JOINED,
  { kind: "person-put", person: person({ id: "me" }) },
  { kind: "person-put", person: person({ id: "bob" }) },
);

function newsOf(...actions: SessionAction[]) {
  return newsBetween(START, actions.reduce(reduceSession, START));
}

test("others' messages, hands, coming and going are news", () => {
  const entry = message({ text: "hi" });
  assert.deepEqual(
    newsOf({ kind: "chat-received", history: false, entry }),
    [{ kind: "message", username: "Bob", text: "hi" }],
  );
  const raised = person({ id: "bob", handSinceMs: 1 });
  assert.deepEqual(
    newsOf({ kind: "person-put", person: raised }),
    [{ kind: "hand", username: "bob" }],
  );
  assert.deepEqual(
    newsOf({ kind: "person-put", person: person({ id: "cy" }) }),
    [{ kind: "came", username: "cy" }],
  );
  assert.deepEqual(
    newsOf({ kind: "person-gone", id: "bob" }),
    [{ kind: "went", username: "bob" }],
  );
});

test("history, one's own doings, and a lost connection are none", () => {
  const entry = message({ text: "hi" });
  const own = message({ text: "me", own: true });
  assert.deepEqual(
    newsOf(
      { kind: "chat-received", history: true, entry },
      { kind: "chat-received", history: false, entry: own },
      { kind: "person-put", person: person({ id: "me", handSinceMs: 1 }) },
    ),
    [],
  );
  assert.deepEqual(
    newsOf(
      { kind: "connection-lost", attempt: 1, why: "unknown" },
      { kind: "person-gone", id: "bob" },
    ),
    [],
  );
});
