import assert from "node:assert/strict";
import { test } from "node:test";
import { addEntry, clearEntries } from "./chat_reducer.ts";
import { initialState } from "./session_state.ts";
import { message } from "./test_state.ts";

const FULL = [
  message({ text: "a", id: "1", source: "ann" }),
  message({ text: "b", id: "2", source: "bob" }),
  message({ text: "c", id: "3", source: "bob" }),
].reduce(
  (chat, entry) => addEntry(chat, { ...entry, history: false }, false),
  initialState("maths").chat,
);

function texts(which: { id?: string; source?: string }): string[] {
  return clearEntries(FULL, which).entries.map(({ text }) => text);
}

test("each message has a key of its own", () => {
  assert.deepEqual(FULL.entries.map(({ key }) => key), [1, 2, 3]);
});

test("clearing takes away one message, a person's messages, or all", () => {
  assert.deepEqual(texts({ id: "2", source: "bob" }), ["a", "c"]);
  assert.deepEqual(texts({ source: "bob" }), ["a"]);
  assert.deepEqual(texts({}), []);
});

test("no more messages are unread than there are", () => {
  assert.equal(clearEntries(FULL, { source: "bob" }).unread, 1);
});
