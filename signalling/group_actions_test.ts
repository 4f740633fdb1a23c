import assert from "node:assert/strict";
import { test } from "node:test";
import { TestServer, type Wire } from "./test_server.ts";

/** An operator and a member. */
function meeting() {
  const server = new TestServer();
  const o = server.enter("o", "op,message,record");
  const a1 = server.enter("a1");
  server.hear(o);
  return { server, o, a1 };
}

/** An action of the kind, with a value if there is one. */
function act(kind: string, value?: unknown): Wire {
  return { type: "groupaction", kind, value };
}

/** What those who come get of earlier chat. */
function historyOf(server: TestServer): unknown[] {
  const session = server.greet("late");
  server.join(session);
  const heard = server.hear(session);
  server.give({ kind: "disconnected", session });
  return heard.filter(({ type }) => type === "chathistory")
    .map(({ value }) => value);
}

test("handleGroupAction() locks for others than operators, and unlocks (K-4, A-71, A-72)", () => {
  const { server, o, a1 } = meeting();
  const late = server.greet("late");

  server.say(o, act("lock", "full"));
  const [change] = server.hear(a1);
  assert.deepEqual(change, {
    type: "joined",
    kind: "change",
    group: "g",
    username: "a1",
    permissions: ["present", "message"],
    status: { name: "g", locked: true, clientCount: 2 },
    rtcConfiguration: {},
  });
  assert.equal(server.hear(o)[0]?.kind, "change");
  server.join(late);
  assert.equal(server.hear(late)[0]?.value, "full");
  server.say(o, act("unlock"));
  server.join(late);

  assert.equal(server.hear(late)[0]?.kind, "join");
});

test("handleGroupAction() clears chat, all or in part, for everybody (A-70)", () => {
  const { server, o, a1 } = meeting();
  for (const value of ["one", "two"]) {
    server.say(a1, { type: "chat", source: "a1", id: value, value });
  }
  server.say(o, { type: "chat", source: "o", value: "three" });
  server.hear(a1);
  server.hear(o);

  const one = { id: "one", userId: "a1" };
  server.say(o, act("clearchat", one));
  const cleared = {
    type: "usermessage",
    kind: "clearchat",
    privileged: true,
    value: one,
  };
  assert.deepEqual([server.hear(a1), server.hear(o)], [[cleared], [cleared]]);
  assert.deepEqual(historyOf(server), ["two", "three"]);
  server.say(o, act("clearchat", { userId: "a1" }));
  assert.deepEqual(historyOf(server), ["three"]);
  server.say(o, act("clearchat"));

  assert.deepEqual(historyOf(server), []);
});

test("handleGroupAction() refuses a bad value, and goes on (A-70, A-76)", () => {
  const cases: [string, unknown, string][] = [
    ["clearchat", { id: "one" }, "bad value in clearchat"],
    ["clearchat", "one", "bad value in clearchat"],
    ["clearchat", { userId: 5 }, "bad value in clearchat"],
    ["setdata", "x", "Bad value in setdata"],
  ];
  for (const [kind, value, text] of cases) {
    const { server, o } = meeting();

    server.say(o, act(kind, value));

    assert.deepEqual(server.hear(o).map(({ value }) => value), [text]);
  }
});

test("handleGroupAction() refuses who may not (A-70 to A-76)", () => {
  const kinds = ["clearchat", "lock", "unlock", "record", "unrecord"];
  for (const kind of [...kinds, "subgroups", "setdata"]) {
    const { server, o, a1 } = meeting();

    server.say(a1, act(kind));

    assert.equal(server.hear(a1)[0]?.value, "not authorised", kind);
    assert.deepEqual(server.hear(o), []);
  }
});

test("handleGroupAction() merges data of the group, and tells everybody (A-76)", () => {
  const { server, o, a1 } = meeting();

  server.say(o, act("setdata", { topic: "sums", x: 1 }));
  server.say(o, act("setdata", { x: null }));

  assert.deepEqual(server.hear(a1).map(({ data }) => data), [
    { topic: "sums", x: 1 },
    { topic: "sums" },
  ]);
  const late = server.greet("late");
  server.join(late);
  assert.deepEqual(server.hear(late)[0]?.data, { topic: "sums" });
});

test("handleGroupAction() lists groups below that have members (A-75)", () => {
  const { server, o } = meeting();
  for (const [id, group] of [["x1", "g/x"], ["x2", "g/x"], ["y1", "gg"]]) {
    const session = server.greet(String(id));
    server.join(session, { group });
  }

  server.say(o, act("subgroups"));

  const [chat] = server.hear(o);
  assert.deepEqual([chat?.type, chat?.dest, chat?.username, chat?.value], [
    "chat",
    "o",
    "Server",
    "g/x (2 clients)\n",
  ]);
});
