import assert from "node:assert/strict";
import { test } from "node:test";
import type { GroupName, SessionId } from "../protocol/ids.ts";
import { letIn, TestServer, type Wire } from "./test_server.ts";

const ALL = "op,present,message,record";
const GROUP = "g" as GroupName;

function act(server: TestServer, session: SessionId, kind: string): void {
  server.say(session, { type: "groupaction", kind });
}

/** What was said of users: of whom, and what. */
function users(heard: readonly Wire[]): unknown[] {
  return heard.filter(({ type }) => type === "user")
    .map(({ kind, username, permissions }) => [kind, username, permissions]);
}

function texts(heard: readonly Wire[]): unknown[] {
  return heard.filter(({ type }) => type === "usermessage")
    .map(({ kind, value }) => [kind, value]);
}

/** A client opens a flow, which delivers. */
function publish(server: TestServer, from: SessionId, id: string, more = {}) {
  const publisher = ++lastPublisher;
  server.say(from, { type: "offer", id, sdp: "offer", ...more });
  server.media({ kind: "publisher-answered", publisher, negotiation: 1 });
  const tracks = [{ kind: "audio" }];
  const complete = true;
  server.media({ kind: "publisher-tracks", publisher, tracks, complete });
  return publisher;
}
let lastPublisher = 0;

test("A-32 A-73 C-13 A recorder is a member that everybody sees, and there is one at most", () => {
  const server = new TestServer({ records: true });
  const o = server.enter("o", ALL);
  const guest = server.enter("guest");
  server.hear(o);

  act(server, o, "record");
  for (const session of [o, guest]) {
    assert.deepEqual(users(server.hear(session)), [
      ["add", "RECORDING", ["system"]],
    ]);
  }
  assert.deepEqual(server.recordings, [
    { kind: "prepare-recording", group: GROUP },
  ]);
  act(server, o, "record");
  assert.deepEqual(texts(server.hear(o)), [["error", "already recording"]]);

  const late = server.greet("late");
  server.join(late, { username: "late" });
  const there = users(server.hear(late)).map((one) => (one as string[])[1]);
  assert.ok(there.includes("RECORDING"));
});

test("A-74 unrecord takes the recorder away, and is silent if there is none", () => {
  const server = new TestServer({ records: true });
  const o = server.enter("o", ALL);
  act(server, o, "unrecord");
  assert.deepEqual(server.hear(o), []);

  act(server, o, "record");
  server.hear(o);
  act(server, o, "unrecord");
  assert.deepEqual(users(server.hear(o)), [["delete", "RECORDING", undefined]]);
  act(server, o, "record");
  assert.deepEqual(users(server.hear(o)), [["add", "RECORDING", ["system"]]]);
});

test("C-12 A recorder gets all flows there are, those that come, and the successors of others", () => {
  lastPublisher = 0;
  const server = new TestServer({ records: true });
  const o = server.enter("o", ALL);
  publish(server, o, "first");
  act(server, o, "record");
  server.pass(50);
  publish(server, o, "second", { replace: "first" });
  server.pass(50);
  server.say(o, { type: "close", id: "second" });
  server.pass(50);
  const [, ...told] = server.recordings.map((command) => ({ ...command }));
  const username = "o";
  const kind = "record-publisher";
  assert.deepEqual(told, [
    { kind, publisher: 1, group: GROUP, username },
    { kind: "release-publisher", publisher: 1 },
    { kind, publisher: 2, group: GROUP, username },
    { kind: "release-publisher", publisher: 2 },
  ]);
});

test("C-12 Who kicks the recorder ends the recording, and so does a group without operators", () => {
  const server = new TestServer({ records: true });
  server.decide = letIn({ autokick: true });
  const o = server.enter("o", ALL);
  act(server, o, "record");
  const recorder = server.hear(o).find(({ username }) =>
    username === "RECORDING"
  );
  server.say(o, { type: "useraction", kind: "kick", dest: recorder?.["id"] });
  assert.deepEqual(users(server.hear(o)), [["delete", "RECORDING", undefined]]);

  act(server, o, "record");
  server.give({ kind: "disconnected", session: o });
  assert.equal(server.router.occupancy("g").clientCount, 0);
});

test("C-11 Operators hear what cannot be recorded, and a recording that fails is over", () => {
  const server = new TestServer({ records: true });
  const o = server.enter("o", ALL);
  const guest = server.enter("guest");
  act(server, o, "record");
  server.hear(o);
  server.hear(guest);

  const warn = (kind: "recording-warning" | "recording-failed") =>
    server.give({
      kind: "recording",
      event: { kind, group: GROUP, text: "the disk is full" },
    });
  warn("recording-warning");
  assert.deepEqual(texts(server.hear(o)), [["warning", "the disk is full"]]);
  assert.deepEqual(server.hear(guest), []);
  warn("recording-failed");
  const heard = server.hear(o);
  assert.deepEqual(texts(heard), [["warning", "the disk is full"]]);
  assert.deepEqual(users(heard), [["delete", "RECORDING", undefined]]);
  warn("recording-failed");
  assert.deepEqual(server.hear(o), []);
});

test("A recording ends with the server", () => {
  const server = new TestServer({ records: true });
  lastPublisher = 0;
  const o = server.enter("o", ALL);
  publish(server, o, "first");
  act(server, o, "record");
  server.pass(50);
  server.give({ kind: "shut-down", message: "bye" });
  assert.deepEqual(server.recordings.at(-1), {
    kind: "release-publisher",
    publisher: 1,
  });
});
