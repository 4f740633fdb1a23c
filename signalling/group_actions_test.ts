import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId } from "../protocol/ids.ts";
import { MAX_TEXT_LENGTH } from "./operator_text.ts";
import { letIn, TestServer, type Wire } from "./test_server.ts";

const OPERATOR = "op,present,message,caption,token";
const ALL = "op,present,message,caption,token,record";

function act(
  server: TestServer,
  session: SessionId,
  kind: string,
  value?: unknown,
): void {
  server.say(session, { type: "groupaction", kind, value });
}

function error(dest: string, value: string): Wire {
  return { type: "usermessage", kind: "error", dest, privileged: true, value };
}

function say(server: TestServer, session: SessionId, value: string, id = "") {
  server.say(session, { type: "chat", source: `c${session}`, id, value });
}

/** What somebody who comes now is told of what was said. */
function history(server: TestServer): unknown[] {
  const late = server.greet("late");
  server.join(late, { username: "late" });
  const heard = server.hear(late).filter(({ type }) => type === "chathistory");
  server.give({ kind: "disconnected", session: late });
  return heard.map(({ value }) => value);
}

test("Router lets operators lock and unlock, and tells everybody (K-4, A-71, A-72)", () => {
  const server = new TestServer();
  const o = server.enter("o", OPERATOR);
  const a1 = server.enter("a1", "present,message");
  server.hear(o);

  act(server, o, "lock", "full");

  const status = { name: "g", locked: true, clientCount: 2 };
  assert.deepEqual(server.hear(a1), [{
    type: "joined",
    kind: "change",
    group: "g",
    username: "a1",
    permissions: ["present", "message"],
    status,
    rtcConfiguration: {},
  }]);
  assert.deepEqual(server.hear(o).map(({ status }) => status), [status]);

  const guest = server.greet("guest");
  server.join(guest, { username: "guest" });
  assert.deepEqual(server.hear(guest), [{
    type: "joined",
    kind: "fail",
    group: "g",
    username: "",
    value: "full",
  }]);
  const second = server.greet("o2");
  server.join(second, { username: "o2", password: "op" });
  assert.equal(server.hear(second)[0]?.kind, "join", "operators pass (E-14)");
  server.hear(a1);

  act(server, o, "unlock");
  assert.deepEqual(server.hear(a1).map(({ status }) => status), [
    { name: "g", clientCount: 3 },
  ]);
  server.join(guest, { username: "guest" });
  assert.equal(server.hear(guest)[0]?.kind, "join");
});

test("Router shows a plain text to those who are locked out without one (A-71)", () => {
  for (const value of [undefined, "", 5]) {
    const server = new TestServer();
    const o = server.enter("o", OPERATOR);
    act(server, o, "lock", value);
    const guest = server.greet("guest");
    server.join(guest, { username: "guest" });
    assert.equal(server.hear(guest)[0]?.value, "this group is locked");
  }
});

test("Router does not lock with a text that nobody reads (J-17)", () => {
  const server = new TestServer();
  const o = server.enter("o", OPERATOR);

  act(server, o, "lock", "x".repeat(MAX_TEXT_LENGTH + 1));

  assert.deepEqual(server.hear(o), [error("o", "message is too long")]);
  assert.equal(server.router.occupancy("g").locked, false);
  assert.equal(server.router.counts.refused.textLength, 1);
});

test("Router clears chat: all, one client's, one message (A-70)", () => {
  const cases: [unknown, string[], unknown][] = [
    [undefined, [], undefined],
    [{}, [], {}],
    [{ userId: "c2" }, ["one"], { userId: "c2" }],
    [{ userId: "c2", id: "m2" }, ["one", "three"], { id: "m2", userId: "c2" }],
    [{ userId: "c1", id: "m2" }, ["one", "two", "three"], {
      id: "m2",
      userId: "c1",
    }],
    [{ userId: "c1", id: null }, ["two", "three"], { userId: "c1" }],
  ];
  for (const [value, left, told] of cases) {
    const server = new TestServer();
    const c1 = server.enter("c1", OPERATOR);
    const c2 = server.enter("c2");
    say(server, c1, "one", "m1");
    say(server, c2, "two", "m2");
    say(server, c2, "three", "m3");
    server.hear(c1);
    server.hear(c2);

    act(server, c1, "clearchat", value);

    const clear = { type: "usermessage", kind: "clearchat", privileged: true };
    const expected = told === undefined ? clear : { ...clear, value: told };
    assert.deepEqual(server.hear(c1), [expected]);
    assert.deepEqual(server.hear(c2), [expected]);
    assert.deepEqual(history(server), left, JSON.stringify(value));
  }
});

test("Router refuses to clear chat by what names nothing (A-70)", () => {
  const server = new TestServer();
  const c1 = server.enter("c1", OPERATOR);
  say(server, c1, "one");
  server.hear(c1);
  for (
    const value of [{ id: "m1" }, "all", [], 5, { userId: 5 }, {
      userId: "x".repeat(65),
    }]
  ) {
    act(server, c1, "clearchat", value);
    assert.deepEqual(server.hear(c1), [error("c1", "bad value in clearchat")]);
  }
  assert.deepEqual(history(server), ["one"]);
});

test("Router lists the populated groups below, as chat to one (A-75, E-12)", () => {
  const server = new TestServer();
  const o = server.enter("o", OPERATOR);
  for (
    const [i, group] of ["g/a", "g/a", "g/b/c", "ga", "h", "g/d"].entries()
  ) {
    const session = server.greet(`x${i}`);
    server.join(session, { group, username: "x" });
    if (group === "g/d") server.give({ kind: "disconnected", session });
  }
  const list = {
    type: "chat",
    dest: "o",
    username: "Server",
    privileged: true,
    time: "2026-07-29T08:00:00Z",
  };

  act(server, o, "subgroups");
  assert.deepEqual(server.hear(o), [
    { ...list, value: "g/a (2 clients)\ng/b/c (1 client)\n" },
  ]);

  const alone = server.greet("alone");
  server.join(alone, { group: "z", username: "z", password: "op" });
  server.hear(alone);
  act(server, alone, "subgroups");
  assert.deepEqual(server.hear(alone), [{ ...list, dest: "alone", value: "" }]);
});

test("Router merges the group's data, and tells everybody (A-76, A-23)", () => {
  const server = new TestServer();
  const o = server.enter("o", OPERATOR);
  const a1 = server.enter("a1");
  server.hear(o);
  const told = () => server.hear(a1).map(({ kind, data }) => [kind, data]);

  act(server, o, "setdata", { colour: "red", page: 1 });
  assert.deepEqual(told(), [["change", { colour: "red", page: 1 }]]);
  act(server, o, "setdata", { colour: null, page: 2 });
  assert.deepEqual(told(), [["change", { page: 2 }]]);

  const b1 = server.greet("b1");
  server.join(b1, { username: "b" });
  assert.deepEqual(server.hear(b1)[0]?.data, { page: 2 });
  server.hear(a1);

  act(server, o, "lock");
  assert.deepEqual(told(), [["change", { page: 2 }]]);
  act(server, o, "setdata", { page: null });
  assert.deepEqual(told(), [["change", {}]]);
  act(server, o, "unlock");
  assert.deepEqual(told(), [["change", undefined]]);
});

test("Router refuses group data that is none, or too much (A-76, J-17)", () => {
  const server = new TestServer();
  const o = server.enter("o", OPERATOR);
  for (const value of [undefined, [1], "x", 5]) {
    act(server, o, "setdata", value);
    assert.deepEqual(server.hear(o), [error("o", "Bad value in setdata")]);
  }
  act(server, o, "setdata", { a: "x".repeat(10_000) });
  server.hear(o);
  act(server, o, "setdata", { b: "x".repeat(10_000) });
  assert.deepEqual(server.hear(o), [error("o", "data is too large")]);
  assert.equal(server.router.counts.refused.groupData, 1);
});

test("Router says that it does not record, if it has no recorder (A-73)", () => {
  const server = new TestServer();
  const o = server.enter("o", ALL);
  act(server, o, "record");
  assert.deepEqual(server.hear(o), [error("o", "this server does not record")]);
});

test("Router lets only those act on the group who may (A-70 to A-76)", () => {
  const needed = {
    clearchat: "op",
    lock: "op",
    unlock: "op",
    subgroups: "op",
    setdata: "op",
    record: "record",
    unrecord: "record",
  };
  for (const [kind, permission] of Object.entries(needed)) {
    const server = new TestServer();
    const others = ALL.split(",").filter((one) => one !== permission).join();
    const x = server.enter("x", others);
    const y = server.enter("y");
    server.hear(x);
    act(server, x, kind, { a: 1 });
    assert.deepEqual(server.hear(x), [error("x", "not authorised")], kind);
    assert.deepEqual(server.hear(y), []);
  }
});

test("Router ends the connection of who asks for an action that is none (A-80)", () => {
  const server = new TestServer();
  const o = server.enter("o", OPERATOR);
  act(server, o, "explode");
  assert.deepEqual(server.hear(o), [
    error("o", "unknown group action"),
    { close: 1000, reason: "unknown group action" },
  ]);
});

test("Router wants people in a group before they act on it (A-80)", () => {
  const server = new TestServer();
  const x = server.greet("x");
  act(server, x, "lock");
  assert.deepEqual(server.hear(x), [error("x", "join a group first")]);
});

test("Router keeps locks, data and chat of an empty group, and nothing of others (E-11, E-14)", () => {
  const server = new TestServer();
  const kept: [string, Wire][] = [
    ["locked", { type: "groupaction", kind: "lock" }],
    ["data", { type: "groupaction", kind: "setdata", value: { a: 1 } }],
    ["chat", { type: "chat", value: "hi" }],
    ["nothing", { type: "ping" }],
  ];
  for (const [group, message] of kept) {
    const session = server.greet(group);
    server.decide = letIn();
    server.join(session, { group, username: "o", password: OPERATOR });
    server.say(session, message);
    server.give({ kind: "disconnected", session });
  }
  server.pass(50);
  assert.equal(server.router.counts.groups, 3);
  assert.equal(server.router.occupancy("locked").locked, true);
  server.pass(4 * 3600 * 1000);
  assert.equal(server.router.counts.groups, 0);
});
