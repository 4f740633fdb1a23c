import assert from "node:assert/strict";
import { test } from "node:test";
import { wallTimeAt } from "../lib/time.ts";
import { ChatHistory } from "./chat_history.ts";

/** A history in which `sources` have said one thing each, a second apart. */
function said(...sources: string[]): ChatHistory {
  const history = new ChatHistory();
  sources.forEach((source, i) => add(history, source, i));
  return history;
}

function add(
  history: ChatHistory,
  source: string,
  i: number,
  value = "x",
): void {
  const id = `m${i}`;
  const entry = { type: "chathistory", id, source, time: "", kind: "", value };
  history.add({ ...entry, type: "chathistory" }, wallTimeAt(i * 1000));
}

function idsOf(history: ChatHistory, nowMs = 0, maxAgeMs = 1e9): string[] {
  return history.recent(wallTimeAt(nowMs), maxAgeMs).map(({ id }) => id);
}

test("ChatHistory keeps the latest 50 (A-64)", () => {
  const history = said(...Array.from({ length: 60 }, () => "a1"));

  const ids = idsOf(history);

  assert.equal(ids.length, 50);
  assert.deepEqual([ids[0], ids[49]], ["m10", "m59"]);
});

test("ChatHistory forgets what is too old (A-64)", () => {
  const history = said("a1", "a1", "a1");

  assert.deepEqual(idsOf(history, 3_000, 2_000), ["m1", "m2"]);
  assert.deepEqual(idsOf(history), ["m1", "m2"]);
});

test("ChatHistory clears all, or one client's, or one message of one client's (A-70)", () => {
  const [all, client, message] = [1, 2, 3].map(() => said("a1", "b1", "a1"));
  assert.ok(all && client && message);

  all.clear(undefined, undefined);
  client.clear("a1", undefined);
  message.clear("a1", "m0");

  assert.deepEqual(idsOf(all), []);
  assert.deepEqual(idsOf(client), ["m1"]);
  assert.deepEqual(idsOf(message), ["m1", "m2"]);
});

test("ChatHistory keeps no more text than it may (J-17)", () => {
  const history = said("a1");

  for (let i = 1; i <= 3; i++) add(history, "a1", i, "x".repeat(100_000));
  add(history, "a1", 4, "x".repeat(300_000));

  assert.deepEqual(idsOf(history), ["m2", "m3"]);
});
