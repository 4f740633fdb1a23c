import assert from "node:assert/strict";
import { test } from "node:test";
import { letIn, TestServer, type Wire } from "./test_server.ts";

/** An operator and a member. */
function meeting(operator = "op,message") {
  const server = new TestServer();
  server.decide = letIn({ allowRecording: true });
  const o = server.enter("o", operator);
  const a1 = server.enter("a1");
  server.hear(o);
  return { server, o, a1 };
}

/** The text of the error that somebody got. */
function errorOf(heard: readonly Wire[]): unknown {
  return heard.find(({ kind }) => kind === "error")?.value;
}

test("handleUserAction() adds and removes permissions (A-90 to A-94)", () => {
  const { server, o, a1 } = meeting();
  const steps: [string, string[]][] = [
    ["op", ["present", "message", "op", "record"]],
    ["unop", ["present", "message"]],
    ["shutup", ["present"]],
    ["unpresent", []],
    ["present", ["present"]],
    ["unshutup", ["present", "message"]],
  ];
  for (const [kind, expected] of steps) {
    server.say(o, { type: "useraction", kind, dest: "a1" });

    const [joined, user] = server.hear(a1);
    assert.deepEqual([joined?.type, joined?.kind], ["joined", "change"]);
    assert.deepEqual(joined?.permissions ?? [], expected, kind);
    assert.deepEqual([user?.type, user?.kind], ["user", "change"]);
    assert.deepEqual(server.hear(o), [user], "everybody hears of it");
  }
});

test("handleUserAction() wants an operator, and a user (A-94, A-96)", () => {
  for (const kind of ["op", "unpresent", "shutup", "kick", "identify"]) {
    const { server, o, a1 } = meeting();

    server.say(a1, { type: "useraction", kind, dest: "o" });
    server.say(o, { type: "useraction", kind, dest: "nobody" });

    assert.equal(errorOf(server.hear(a1)), "not authorised", kind);
    assert.equal(errorOf(server.hear(o)), "no such user", kind);
  }
});

test("handleUserAction() sends somebody away (K-4, A-68, A-96)", () => {
  const kick = { type: "useraction", kind: "kick", dest: "a1" };
  const cases: [Wire, string, string][] = [
    [{ value: "bye" }, "bye", "kicked out (bye) by o"],
    [{}, "you have been kicked out", "kicked out by o"],
  ];
  for (const [more, value, reason] of cases) {
    const { server, o, a1 } = meeting();

    server.say(o, { ...kick, ...more });

    assert.deepEqual(server.hear(o), [
      { type: "user", kind: "delete", id: "a1", username: "a1" },
    ]);
    assert.deepEqual(server.hear(a1), [
      {
        type: "usermessage",
        kind: "kicked",
        id: "o",
        username: "o",
        dest: "a1",
        privileged: true,
        value,
      },
      { close: 1000, reason },
    ]);
  }
});

test("handleUserAction() tells addresses, and those whose they are (A-95)", () => {
  const { server, o, a1 } = meeting();

  server.say(o, { type: "useraction", kind: "identify", dest: "a1" });

  const [info] = server.hear(o);
  assert.deepEqual([info?.kind, info?.privileged, info?.value], [
    "userinfo",
    true,
    { id: "a1", username: "a1", address: "192.0.2.1:5000" },
  ]);
  const [warning] = server.hear(a1);
  assert.equal(warning?.kind, "warning");
});

test("handleUserAction() lets everybody change its own data only (A-97)", () => {
  const { server, o, a1 } = meeting();
  const set = { type: "useraction", kind: "setdata" };

  server.say(a1, { ...set, dest: "a1", value: { raisehand: true, x: 1 } });
  server.say(a1, { ...set, dest: "a1", value: { x: null } });
  server.say(a1, { ...set, dest: "o", value: { x: 1 } });
  server.say(a1, { ...set, dest: "a1", value: "x" });

  assert.deepEqual(server.hear(o).map(({ data }) => data), [
    { raisehand: true, x: 1 },
    { raisehand: true },
  ]);
  const errors = server.hear(a1).filter(({ kind }) => kind === "error");
  assert.deepEqual(errors.map(({ value }) => value), [
    "not authorised",
    "Bad value in setdata",
  ]);
});
