import assert from "node:assert/strict";
import { test } from "node:test";
import { unreadable } from "../protocol/errors.ts";
import type { SessionId } from "../protocol/ids.ts";
import { MAX_BACKLOG } from "./session.ts";
import { describeGroup, letIn, TestServer, type Wire } from "./test_server.ts";

const HANDSHAKE = { type: "handshake", version: ["2"] };

/** A message of the server's own to one client. */
function notice(kind: string, dest: string, value: string): Wire {
  return { type: "usermessage", kind, dest, privileged: true, value };
}

/** What a client hears when its connection ends by `text`, with a word before. */
function fatal(code: number, dest: string, text: string): Wire[] {
  return [notice("error", dest, text), { close: code, reason: text }];
}

test("Router lets somebody join by password (K-1)", () => {
  const server = new TestServer();
  const a1 = server.connect();

  server.say(a1, { type: "handshake", version: ["2"], id: "a1" });
  server.join(a1, { username: "alice", password: "present,message" });

  const permissions = ["present", "message"];
  assert.deepEqual(server.hear(a1), [
    HANDSHAKE,
    {
      type: "joined",
      kind: "join",
      group: "g",
      username: "alice",
      permissions,
      status: { name: "g", clientCount: 1 },
      rtcConfiguration: {},
    },
    { type: "user", kind: "add", id: "a1", username: "alice", permissions },
  ]);
});

test("Router tells newcomers of everybody, themselves first, and chats (K-2, A-21)", () => {
  const server = new TestServer();
  const a1 = server.enter("a1");
  const b1 = server.greet("b1");

  server.join(b1, { username: "bob" });

  assert.deepEqual(
    server.hear(b1).map(({ type, id }) => [type, id]),
    [["joined", undefined], ["user", "b1"], ["user", "a1"]],
  );
  assert.deepEqual(server.hear(a1).map(({ kind, id }) => [kind, id]), [
    ["add", "b1"],
  ]);
  server.say(b1, {
    type: "chat",
    source: "b1",
    dest: "",
    username: "bob",
    kind: "",
    value: "hi",
  });
  const chat = {
    type: "chat",
    id: "random-1",
    source: "b1",
    username: "bob",
    time: "2026-07-29T08:00:00Z",
    value: "hi",
  };
  assert.deepEqual(server.hear(a1), [chat]);
  assert.deepEqual(server.hear(b1), [chat]);
});

test("Router refuses and lets try again (K-5)", () => {
  const server = new TestServer();
  const a1 = server.greet("a1");
  const refused = { type: "joined", kind: "fail", group: "g", username: "" };

  server.decide = () => ({ kind: "refused", reason: "not-authorised" });
  server.join(a1, { username: "alice", password: "wrong" });
  server.decide = () => ({ kind: "refused", reason: "need-username" });
  server.join(a1, { token: "t" });
  server.decide = letIn();
  server.join(a1, { token: "t", username: "alice" });

  const [first, second, third] = server.hear(a1);
  assert.deepEqual(first, { ...refused, value: "not authorised" });
  assert.deepEqual(second, {
    ...refused,
    error: "need-username",
    value: "username required",
  });
  assert.equal(third?.kind, "join");
});

test("Router ends connections with what was wrong (K-7, A-11, A-13, A-14)", () => {
  const wrongs: [Wire, Wire[]][] = [
    [{ type: "foo" }, fatal(1002, "a1", "unexpected message")],
    [
      { type: "handshake", version: ["2"], id: "a1" },
      fatal(1002, "a1", "unexpected message"),
    ],
    [
      { type: "chat", source: "evil", value: "x" },
      fatal(1002, "a1", "spoofed client id"),
    ],
    [
      { type: "chat", source: "a1", username: "bob", value: "x" },
      fatal(1002, "a1", "spoofed username"),
    ],
    [
      { type: "join", kind: "join", group: "h" },
      fatal(1002, "a1", "cannot join multiple groups"),
    ],
    [
      { type: "join", kind: "leave", group: "h" },
      fatal(1000, "a1", "you are not joined"),
    ],
    [
      { type: "groupaction", kind: "dance" },
      fatal(1000, "a1", "unknown group action"),
    ],
    [
      { type: "useraction", kind: "dance" },
      fatal(1000, "a1", "unknown user action"),
    ],
    [{ type: 5 }, [{ close: 1011, reason: "" }]],
  ];
  for (const [message, end] of wrongs) {
    const server = new TestServer();
    const a1 = server.enter("a1");
    const b1 = server.enter("b1");
    server.hear(a1);

    server.say(a1, message);

    assert.deepEqual(server.hear(a1), end, JSON.stringify(message));
    assert.deepEqual(server.hear(b1), [
      { type: "user", kind: "delete", id: "a1", username: "a1" },
    ]);
    server.say(a1, { type: "ping" });
    assert.deepEqual(server.hear(a1), [], "it is over");
  }
});

test("Router accepts who says nothing of itself (A-13)", () => {
  const server = new TestServer();
  const a1 = server.enter("a1");

  server.say(a1, { type: "chat", source: "", value: "x" });

  const [chat] = server.hear(a1);
  assert.equal(chat?.value, "x");
  assert.equal("source" in (chat ?? {}), false);
  assert.equal("username" in (chat ?? {}), false);
});

test("Router wants a handshake first, within 15 s (A-4)", () => {
  const server = new TestServer();
  const early = server.connect();
  const garbled = server.connect();
  const odd = server.connect();
  const late = server.connect();

  server.say(early, { type: "ping" });
  server.give({
    kind: "faulted",
    session: garbled,
    error: unreadable("not JSON"),
  });
  server.say(odd, { type: "foo" });
  server.pass(14_999);
  assert.deepEqual(server.hear(late), []);
  server.pass(1);

  const mustHandshake = { close: 1002, reason: "you must handshake first" };
  assert.deepEqual(server.hear(early), [mustHandshake]);
  assert.deepEqual(server.hear(odd), [mustHandshake]);
  assert.deepEqual(server.hear(garbled), [{ close: 1006, reason: "" }]);
  assert.deepEqual(server.hear(late), [{ close: 1006, reason: "" }]);
});

test("Router warns clients of another version, and goes on (A-6)", () => {
  for (const handshake of [{ version: ["1"] }, {}]) {
    const server = new TestServer();
    const a1 = server.connect();

    server.say(a1, { type: "handshake", id: "a1", ...handshake });
    server.say(a1, { type: "ping" });

    const [reply, warning, pong] = server.hear(a1);
    assert.deepEqual(reply, HANDSHAKE);
    assert.deepEqual([warning?.kind, warning?.dest, warning?.privileged], [
      "warning",
      "a1",
      true,
    ]);
    assert.deepEqual(pong, { type: "pong" });
  }
});

test("Router pings who is silent, and gives up after 45 s (A-8)", () => {
  const server = new TestServer();
  const a1 = server.enter("a1");
  const b1 = server.enter("b1");
  const ping = { type: "ping" };

  server.pass(20_000);
  assert.deepEqual(server.hearRest(a1), []);
  server.pass(1);
  assert.deepEqual(server.hearRest(a1), [ping]);
  server.say(b1, { type: "pong" });
  server.pass(9_999);
  assert.deepEqual(server.hearRest(a1), []);
  server.pass(1);
  assert.deepEqual(server.hearRest(a1), [ping]);
  server.pass(15_000);

  assert.deepEqual(server.hearRest(a1).at(-1), { close: 1011, reason: "" });
  assert.deepEqual(server.hearRest(b1).filter(({ close }) => close), []);
});

test("Router keeps what is said while credentials are checked, in order", () => {
  const server = new TestServer();
  const a1 = server.greet("a1");
  server.decide = () => undefined;

  server.join(a1, { username: "alice" });
  server.say(a1, { type: "chat", username: "alice", value: "one" });
  server.say(a1, { type: "ping" });
  assert.deepEqual(server.hear(a1), []);
  server.decideAll(letIn());

  assert.deepEqual(server.hear(a1).map(({ type }) => type), [
    "joined",
    "user",
    "chat",
    "pong",
  ]);
});

test("Router keeps only so much of it", () => {
  const server = new TestServer();
  const a1 = server.greet("a1");
  server.decide = () => undefined;

  server.join(a1);
  for (let i = 0; i <= MAX_BACKLOG; i++) server.say(a1, { type: "ping" });

  assert.deepEqual(server.hear(a1), fatal(1002, "a1", "too many messages"));
});

test("Router ignores credentials of an attempt that is over", () => {
  const server = new TestServer();
  const a1 = server.greet("a1");
  server.decide = () => undefined;
  server.join(a1);
  const [check] = server.checks;
  assert.ok(check);

  server.give({ kind: "disconnected", session: a1 });
  server.decideAll(letIn());

  assert.deepEqual(server.hear(a1), []);
  assert.deepEqual(server.router.counts.sessions, 0);
});

test("Router lets nobody do anything after a refused join (J-2)", () => {
  const server = new TestServer();
  const a1 = server.greet("a1");
  server.decide = letIn({ maxClients: 0 });

  server.join(a1, { username: "alice", password: "present,message,system" });
  server.say(a1, { type: "offer", id: "S1", sdp: "v=0" });
  server.say(a1, { type: "chat", value: "x" });

  const heard = server.hear(a1);
  assert.deepEqual(heard.map(({ type, value }) => [type, value]), [
    ["joined", "too many users"],
    ["abort", undefined],
    ["usermessage", "not authorised"],
    ["usermessage", "join a group first"],
  ]);
  assert.deepEqual(server.commands(), []);
});

test("Router sends to another server, and nobody gets in here (A-25, J-1)", () => {
  const server = new TestServer();
  server.decide = letIn({ redirect: "https://example.org/group/g/" });
  const a1 = server.greet("a1");

  server.join(a1, { username: "alice" });
  server.say(a1, { type: "offer", id: "S1", sdp: "v=0" });
  server.say(a1, { type: "join", kind: "leave", group: "g" });

  const [joined, ...rest] = server.hear(a1);
  assert.deepEqual(joined, {
    type: "joined",
    kind: "redirect",
    group: "g",
    username: "",
    value: "https://example.org/group/g/",
  });
  assert.deepEqual(rest.slice(-2), fatal(1000, "a1", "you are not joined"));
});

test("Router refuses a client id that is taken or empty, and disturbs nobody (A-26)", () => {
  const server = new TestServer();
  const a1 = server.enter("a1");
  const again = server.greet("a1");
  const empty = server.greet("");

  server.join(again, { password: "op" });
  server.join(empty, { password: "op" });

  for (const session of [again, empty]) {
    const [joined] = server.hear(session);
    assert.equal(joined?.value, "internal server error");
    assert.equal("error" in (joined ?? {}), false);
  }
  assert.deepEqual(server.hear(a1), []);
});

test("Router lets a client leave and come again (A-27)", () => {
  const server = new TestServer();
  const a1 = server.enter("a1");
  const b1 = server.enter("b1");
  server.hear(a1);

  server.say(a1, { type: "join", kind: "leave", group: "g" });

  const [left] = server.hear(a1);
  assert.deepEqual(left, {
    type: "joined",
    kind: "leave",
    group: "g",
    username: "a1",
    status: { name: "g", clientCount: 1 },
    rtcConfiguration: {},
  });
  assert.deepEqual(server.hear(b1).map(({ kind }) => kind), ["delete"]);
  server.join(a1, { username: "a1" });
  assert.equal(server.hear(a1)[0]?.kind, "join");
});

test("Router shows the data that somebody comes with (A-29)", () => {
  const server = new TestServer();
  const a1 = server.enter("a1");
  const b1 = server.greet("b1");

  server.join(b1, { username: "bob", data: { raisehand: true } });

  assert.deepEqual(server.hear(a1)[0]?.data, { raisehand: true });
});

test("Router refuses requests from outside as Galène does (A-55)", () => {
  const server = new TestServer();
  const a1 = server.greet("a1");

  server.say(a1, { type: "request", request: { "": ["audio"] } });

  assert.deepEqual(server.hear(a1), [{ close: 1011, reason: "" }]);
});

test("Router sends everybody away before it stops (A-15)", () => {
  const server = new TestServer();
  const a1 = server.enter("a1");
  const outside = server.greet("x1");
  server.hear(a1);

  server.give({ kind: "shut-down", message: "server is shutting down" });

  const [locked, ...rest] = server.hear(a1);
  assert.deepEqual([locked?.kind, (locked?.status as Wire).locked], [
    "change",
    true,
  ]);
  const end = {
    close: 1000,
    reason: "kicked out (server is shutting down)",
  };
  assert.deepEqual(rest, [
    notice("kicked", "a1", "server is shutting down"),
    end,
  ]);
  assert.deepEqual(server.hear(outside).at(-1), end);
});

test("Router locks a group whose operators are gone, if told to (E-13)", () => {
  const server = new TestServer();
  server.decide = letIn({ autolock: true });
  const guest = server.greet("g1");
  server.join(guest);
  assert.equal(server.hear(guest)[0]?.value, "this group is locked");

  const op = server.enter("o", "op,present,message");
  server.say(op, { type: "groupaction", kind: "unlock" });
  server.join(guest);
  assert.equal(server.hear(guest)[0]?.kind, "join");
  server.give({ kind: "disconnected", session: op });

  const change = server.hear(guest).at(-1);
  assert.equal(change?.kind, "change");
  assert.equal((change?.status as Wire).locked, true);
});

test("Router sends everybody away when the last operator leaves, if told to (E-13)", () => {
  const server = new TestServer();
  server.decide = letIn({ autokick: true });
  const op = server.enter("o", "op,present,message");
  const guests = [server.enter("g1"), server.enter("g2")];

  server.give({ kind: "disconnected", session: op });

  const text = "there are no operators in this group";
  for (const guest of guests) {
    assert.deepEqual(server.hear(guest).slice(-1), [
      { close: 1000, reason: `kicked out (${text})` },
    ]);
  }
  const late = server.greet("g3");
  server.join(late);
  assert.equal(server.hear(late)[0]?.value, text);
});

test("Router tells everybody of a changed description, once (A-101)", () => {
  const server = new TestServer();
  const a1 = server.enter("a1");
  const description = describeGroup("g", { displayName: "Maths" });

  server.give({ kind: "group-changed", description });
  server.give({ kind: "group-changed", description });

  const heard = server.hear(a1);
  assert.equal(heard.length, 1);
  assert.equal((heard[0]?.status as Wire).displayName, "Maths");
});

test("Router tells of other ICE servers who is there and who comes (B-62, A-23)", () => {
  const server = new TestServer();
  const early = server.enter("early");
  const rtcConfiguration = {
    iceServers: [{ urls: ["stun:a"], credentialType: "password" as const }],
  };
  server.give({ kind: "rtc-configuration-changed", rtcConfiguration });
  const [change] = server.hear(early);
  assert.equal(change?.kind, "change");
  assert.deepEqual(change?.["rtcConfiguration"], rtcConfiguration);

  const late = server.greet("late");
  server.join(late);
  assert.deepEqual(
    server.hear(late)[0]?.["rtcConfiguration"],
    rtcConfiguration,
  );
});

test("Router forgets nobody's group too early, and its chat when it is old (E-11, A-64)", () => {
  const server = new TestServer();
  server.decide = letIn({ maxHistoryAgeMs: 60_000 });
  const historyFor = (id: string) => {
    const session = server.greet(id);
    server.join(session);
    const heard = server.hear(session);
    server.give({ kind: "disconnected", session });
    return heard.filter(({ type }) => type === "chathistory");
  };
  const a1 = server.enter("a1");
  server.say(a1, { type: "chat", value: "hi" });
  server.give({ kind: "disconnected", session: a1 });

  server.pass(59_999);
  assert.equal(historyFor("b1").length, 1);
  server.pass(60_000);
  assert.equal(historyFor("c1").length, 0);
});

test("Router ignores inputs for sessions that it does not know", () => {
  const server = new TestServer();
  const session = 99 as SessionId;

  server.say(session, { type: "ping" });
  server.give({ kind: "disconnected", session });

  const { sessions, groups, flows, subscriptions } = server.router.counts;
  assert.deepEqual([sessions, groups, flows, subscriptions], [0, 0, 0, 0]);
});
