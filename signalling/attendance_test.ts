import assert from "node:assert/strict";
import { test } from "node:test";
import { wallTimeAt } from "../lib/time.ts";
import type { GroupDescription } from "./group_description.ts";
import { MAX_IDLE_GROUPS } from "./groups.ts";
import { MAX_BACKLOG_LENGTH } from "./session.ts";
import { describeGroup, letIn, TestServer, type Wire } from "./test_server.ts";

const OPERATOR = "op,present,message";
const NOW_MS = Date.UTC(2026, 6, 29, 8);

function kicked(dest: string, value: string): Wire[] {
  return [
    { type: "usermessage", kind: "kicked", dest, privileged: true, value },
    { close: 1000, reason: `kicked out (${value})` },
  ];
}

/** What somebody hears who wants to join such a group: `join`, or why not. */
function tryJoin(
  server: TestServer,
  special: Partial<GroupDescription>,
  password: string,
): unknown {
  server.decide = letIn(special);
  const session = server.greet(`x${server.router.counts.sessions}`);
  server.join(session, { username: "x", password });
  const [joined] = server.hear(session);
  return joined?.kind === "fail" ? joined.value : joined?.kind;
}

test("Router keeps ordinary people to times and numbers, and lets operators in (A-24)", () => {
  const cases: [Partial<GroupDescription>, string][] = [
    [{ notBefore: wallTimeAt(NOW_MS + 1) }, "this group is not open yet"],
    [{ notBefore: wallTimeAt(NOW_MS) }, "join"],
    [{ expires: wallTimeAt(NOW_MS - 1) }, "this group is closed"],
    [{ expires: wallTimeAt(NOW_MS) }, "join"],
    [{ maxClients: 1 }, "too many users"],
    [{ maxClients: 2 }, "join"],
    [{ autolock: true }, "join"],
    [{ autokick: true }, "join"],
  ];
  for (const [special, expected] of cases) {
    const server = new TestServer();
    assert.equal(tryJoin(server, {}, OPERATOR), "join");
    assert.equal(
      tryJoin(server, special, "present,message"),
      expected,
      JSON.stringify(special),
    );
    assert.equal(tryJoin(server, special, OPERATOR), "join");
  }
});

test("Router lets nobody wait in a group that wants an operator (E-13)", () => {
  const server = new TestServer();
  const autokick = { autokick: true };
  const none = "there are no operators in this group";
  assert.equal(tryJoin(server, autokick, "message"), none);
  assert.equal(tryJoin(server, autokick, OPERATOR), "join");
  assert.equal(tryJoin(server, autokick, "message"), "join");
});

test("Router does not unlock by itself when an operator comes (E-13)", () => {
  const server = new TestServer();
  const autolock = { autolock: true };
  assert.equal(tryJoin(server, autolock, OPERATOR), "join");
  assert.equal(tryJoin(server, autolock, "message"), "this group is locked");
});

test("Router neither kicks nor locks when somebody only looks at a group (E-13, J-14)", () => {
  const server = new TestServer();
  const guest = server.enter("guest", "message");
  const description = describeGroup("g", { autokick: true, autolock: true });
  server.give({ kind: "group-changed", description });

  const [change, ...rest] = server.hear(guest);
  assert.equal(change?.kind, "change");
  server.router.occupancy("g");
  server.pass(50);
  assert.deepEqual([...rest, ...server.hear(guest)], []);
});

test("Router sends people away with the server's reason, not for want of an operator (A-15)", () => {
  const server = new TestServer();
  server.decide = letIn({ autokick: true, autolock: true });
  const o = server.enter("o", OPERATOR);
  server.say(o, { type: "groupaction", kind: "unlock" });
  const guest = server.enter("guest", "message");

  server.give({ kind: "shut-down", message: "server is shutting down" });

  const heard = server.hear(guest);
  assert.deepEqual(heard.slice(-2), kicked("guest", "server is shutting down"));
  assert.equal(server.router.counts.sessions, 0);
});

test("Router takes nobody in while it stops (A-15)", () => {
  const server = new TestServer();
  server.give({ kind: "shut-down", message: "server is shutting down" });
  const late = server.connect();
  assert.deepEqual(server.hear(late), [{ close: 1000, reason: "" }]);
  assert.equal(server.router.counts.sessions, 0);
});

test("Router tells members of a changed description, and takes no right away (A-23, A-101)", () => {
  const server = new TestServer();
  const a = server.enter("a", "present,message");

  server.give({
    kind: "group-changed",
    description: describeGroup("g", { displayName: "Maths", maxClients: 1 }),
  });

  assert.deepEqual(server.hear(a), [{
    type: "joined",
    kind: "change",
    group: "g",
    username: "a",
    permissions: ["present", "message"],
    status: { name: "g", displayName: "Maths", clientCount: 1 },
    rtcConfiguration: {},
  }]);
});

test("Router tells nobody when only the number of people changes (A-100)", () => {
  const server = new TestServer();
  const a = server.enter("a");
  server.enter("b");
  assert.deepEqual(server.hear(a).map(({ type }) => type), ["user"]);
});

test("Router keeps a subgroup apart from its ancestor (E-12)", () => {
  const server = new TestServer();
  const a = server.enter("a", OPERATOR);
  const b = server.greet("b");
  server.join(b, { group: "g/sub", username: "b" });
  assert.equal(server.hear(b)[0]?.group, "g/sub");

  server.say(a, { type: "chat", value: "x" });
  server.say(a, { type: "groupaction", kind: "lock" });
  server.say(a, { type: "useraction", kind: "kick", dest: "b" });

  assert.deepEqual(server.hear(b), []);
  assert.equal(server.router.occupancy("g/sub").locked, false);
});

test("Router keeps only so much of what is said before one is let in (J-17)", () => {
  const server = new TestServer();
  const a = server.greet("a");
  server.decide = () => undefined;
  server.join(a, { username: "a" });

  for (let i = 0; i < 2; i++) {
    server.say(a, { type: "chat", value: "x".repeat(MAX_BACKLOG_LENGTH / 2) });
  }

  assert.deepEqual(server.hear(a).at(-1), {
    close: 1002,
    reason: "too many messages",
  });
  assert.equal(server.router.counts.refused.backlog, 1);
});

test("Router keeps only so many groups that nobody is in (J-17)", () => {
  const server = new TestServer();
  for (let i = 0; i < MAX_IDLE_GROUPS + 2; i++) {
    const session = server.greet("a");
    server.join(session, { group: `g/${i}`, username: "a" });
    server.say(session, { type: "chat", value: i });
    server.pass(1);
    server.give({ kind: "disconnected", session });
  }
  server.pass(50);

  assert.equal(server.router.counts.groups, MAX_IDLE_GROUPS);
  assert.equal(server.router.counts.refused.idleGroups, 2);
  const session = server.greet("a");
  server.join(session, { group: "g/0", username: "a" });
  const types = server.hear(session).map(({ type }) => type);
  assert.equal(types.includes("chathistory"), false, "the oldest is forgotten");
});

test("Router goes on when a dead operator's end is that of silent others (E-13, A-8)", () => {
  const server = new TestServer();
  server.decide = letIn({ autokick: true });
  server.enter("o", OPERATOR);
  server.pass(20_000);
  const guest = server.enter("guest", "message");
  server.pass(25_001);

  assert.deepEqual(
    server.hearRest(guest),
    kicked("guest", "there are no operators in this group"),
  );
  assert.equal(server.router.counts.sessions, 0);
});
