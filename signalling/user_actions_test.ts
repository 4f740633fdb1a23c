import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId } from "../protocol/ids.ts";
import { MAX_TEXT_LENGTH } from "./operator_text.ts";
import { letIn, TestServer, type Wire } from "./test_server.ts";

const OPERATOR = "op,present,message,caption,token";

function act(
  server: TestServer,
  session: SessionId,
  kind: string,
  dest: string,
  value?: unknown,
): void {
  server.say(session, { type: "useraction", kind, dest, value });
}

function notice(kind: string, dest: string, value: string): Wire {
  return { type: "usermessage", kind, dest, privileged: true, value };
}

/** Three in a group, who have heard what there was to hear. */
function meet(special = {}) {
  const server = new TestServer();
  server.decide = letIn(special);
  const o = server.enter("o", OPERATOR);
  const a1 = server.enter("a1", "present,message");
  const b1 = server.enter("b1", "message");
  for (const session of [o, a1, b1]) server.hear(session);
  return { server, o, a1, b1 };
}

test("Router takes the right to publish: flows end, everybody is told (K-4, A-92, A-58)", () => {
  const { server, o, a1, b1 } = meet();
  server.say(a1, { type: "offer", id: "S1", sdp: "v=0" });
  server.media({
    kind: "publisher-answered",
    publisher: 1,
    negotiation: 1,
    sdp: "answer",
  });
  server.hear(a1);
  server.commands();

  server.say(o, {
    type: "useraction",
    kind: "unpresent",
    source: "o",
    username: "o",
    dest: "a1",
  });

  const change = {
    type: "user",
    kind: "change",
    id: "a1",
    username: "a1",
    permissions: ["message"],
  };
  assert.deepEqual(server.hear(a1), [
    {
      type: "joined",
      kind: "change",
      group: "g",
      username: "a1",
      permissions: ["message"],
      status: { name: "g", clientCount: 3 },
      rtcConfiguration: {},
    },
    { type: "abort", id: "S1" },
    notice("error", "a1", "permission denied"),
    change,
  ]);
  assert.deepEqual(server.commands(), [
    { kind: "close-publisher", publisher: 1 },
  ]);
  for (const session of [o, b1]) {
    assert.deepEqual(server.hear(session), [change]);
  }
  server.say(a1, { type: "offer", id: "S2", sdp: "v=0" });
  assert.deepEqual(server.hear(a1), [
    { type: "abort", id: "S2" },
    notice("error", "a1", "not authorised"),
  ]);
});

test("Router kicks: others hear of it first, then the victim (K-4, A-68, A-96)", () => {
  const { server, o, a1, b1 } = meet();

  act(server, o, "kick", "a1", "bye");

  const gone = { type: "user", kind: "delete", id: "a1", username: "a1" };
  for (const session of [o, b1]) assert.deepEqual(server.hear(session), [gone]);
  assert.deepEqual(server.hear(a1), [
    {
      type: "usermessage",
      kind: "kicked",
      id: "o",
      username: "o",
      dest: "a1",
      privileged: true,
      value: "bye",
    },
    { close: 1000, reason: "kicked out (bye) by o" },
  ]);
});

test("Router has words for kicks without a reason (A-11, A-68)", () => {
  for (const value of [undefined, "", { a: 1 }]) {
    const { server, o, a1 } = meet();
    act(server, o, "kick", "a1", value);
    const [notice, end] = server.hear(a1);
    assert.equal(notice?.value, "you have been kicked out");
    assert.deepEqual(end, { close: 1000, reason: "kicked out by o" });
  }
});

test("Router does not pass on a whole book with a kick (J-17)", () => {
  const { server, o, a1 } = meet();
  act(server, o, "kick", "a1", "x".repeat(MAX_TEXT_LENGTH + 1));
  assert.deepEqual(server.hear(o), [
    notice("error", "o", "message is too long"),
  ]);
  assert.deepEqual(server.hear(a1), []);
});

test("Router gives and takes rights, one at a time (A-90 to A-94)", () => {
  const changes: [string, string, string[], boolean][] = [
    ["op", "present,message", ["present", "message", "op"], false],
    ["op", "message", ["message", "op", "record"], true],
    ["op", "op", ["op"], false],
    ["unop", "op,record,token,caption", ["token", "caption"], false],
    ["present", "message", ["message", "present"], false],
    ["unpresent", "present,message", ["message"], false],
    ["shutup", "present,message,caption", ["present", "caption"], false],
    ["unshutup", "present", ["present", "message"], false],
  ];
  for (const [kind, before, after, allowRecording] of changes) {
    const server = new TestServer();
    server.decide = letIn({ allowRecording });
    const o = server.enter("o", OPERATOR);
    const x = server.enter("x", before);
    server.hear(o);

    act(server, o, kind, "x");

    const [joined, user] = server.hear(x);
    assert.deepEqual(
      [joined?.type, joined?.kind, joined?.permissions, joined?.data],
      ["joined", "change", after, undefined],
      kind,
    );
    assert.deepEqual([user?.type, user?.kind, user?.permissions], [
      "user",
      "change",
      after,
    ]);
    assert.deepEqual(server.hear(o), [user]);
  }
});

test("Router lets operators act on themselves (A-94)", () => {
  const { server, o, a1 } = meet();
  act(server, o, "unop", "o");
  assert.deepEqual(server.hear(o)[0]?.permissions, [
    "present",
    "message",
    "caption",
    "token",
  ]);
  act(server, o, "op", "o");
  assert.deepEqual(server.hear(o), [notice("error", "o", "not authorised")]);
  assert.equal(server.hear(a1).length, 1);
});

test("Router tells an operator where somebody is, and that person of it (A-95)", () => {
  const { server, o, a1, b1 } = meet();

  act(server, o, "identify", "a1");

  const address = "192.0.2.1:5000";
  assert.deepEqual(server.hear(o), [{
    type: "usermessage",
    kind: "userinfo",
    privileged: true,
    value: { id: "a1", username: "a1", address },
  }]);
  assert.deepEqual(server.hear(a1), [
    notice(
      "warning",
      "a1",
      "Your IP address has been communicated to user o.",
    ),
  ]);
  assert.deepEqual(server.hear(b1), []);
  act(server, o, "identify", "nobody");
  assert.deepEqual(server.hear(o), [notice("error", "o", "client not found")]);
});

test("Router lets clients change their own data, without any right (A-97)", () => {
  const server = new TestServer();
  const x = server.enter("x", "");
  const y = server.enter("y", OPERATOR);
  server.hear(x);
  const told = () => [x, y].map((one) => server.hear(one).map((m) => m.data));

  act(server, x, "setdata", "x", { raisehand: true, mood: "good" });
  const data = { raisehand: true, mood: "good" };
  assert.deepEqual(told(), [[data], [data]]);
  act(server, x, "setdata", "x", { raisehand: null });
  assert.deepEqual(told(), [[{ mood: "good" }], [{ mood: "good" }]]);

  act(server, y, "setdata", "x", { raisehand: true });
  assert.deepEqual(server.hear(y), [notice("error", "y", "not authorised")]);
  act(server, x, "setdata", "x", ["raisehand"]);
  assert.deepEqual(server.hear(x), [
    notice("error", "x", "Bad value in setdata"),
  ]);
});

test("Router keeps only so much of what a client says of itself (J-17)", () => {
  const server = new TestServer();
  const x = server.enter("x");
  act(server, x, "setdata", "x", { a: "x".repeat(10_000) });
  server.hear(x);
  act(server, x, "setdata", "x", { b: "x".repeat(10_000) });
  assert.deepEqual(server.hear(x), [notice("error", "x", "data is too large")]);
  assert.equal(server.router.counts.refused.userData, 1);
});

test("Router lets only operators act on others, and only on who is there (A-94, A-96)", () => {
  const kinds = [
    "op",
    "unop",
    "present",
    "unpresent",
    "shutup",
    "unshutup",
    "identify",
    "kick",
  ];
  for (const kind of kinds) {
    const { server, o, a1, b1 } = meet();
    const far = server.greet("far");
    server.join(far, { group: "h", username: "far" });
    server.hear(far);

    act(server, a1, kind, "b1");
    assert.deepEqual(server.hear(a1), [
      notice("error", "a1", "not authorised"),
    ]);
    assert.deepEqual(server.hear(b1), []);
    act(server, o, kind, "far");
    const [unknown] = server.hear(o);
    assert.equal(unknown?.kind, "error", kind);
    assert.deepEqual(server.hear(far), []);
  }
});

test("Router ends the connection of who asks for a user action that is none (A-98)", () => {
  const { server, a1 } = meet();
  act(server, a1, "explode", "b1");
  assert.deepEqual(server.hear(a1), [
    notice("error", "a1", "unknown user action"),
    { close: 1000, reason: "unknown user action" },
  ]);
});
