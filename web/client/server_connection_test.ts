import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeEnvironment, settle } from "./fake_environment.ts";
import { ServerConnection } from "./server_connection.ts";
import { join, JOINED, receiveCamera } from "./test_support.ts";

function connecting() {
  const environment = new FakeEnvironment();
  const connection = new ServerConnection(environment);
  const events: string[] = [];
  connection.onconnected = () => events.push("connected");
  connection.onclose = (code, reason) => events.push(`close ${code} ${reason}`);
  connection.onerror = (error) => events.push(`error ${error}`);
  connection.connect("wss://example.org/ws");
  return { environment, connection, events, socket: environment.socket };
}

test("ServerConnection shakes hands and then calls onconnected (A-5)", () => {
  const { connection, events, socket } = connecting();
  socket.open();

  assert.match(connection.id, /^[0-9a-f]{32}$/);
  assert.deepEqual(socket.take(), [
    {
      type: "handshake",
      version: ["2"],
      id: connection.id,
      extensions: ["speaking", "statistics", "tiles"],
    },
  ]);
  assert.deepEqual(events, []);

  socket.receive({ type: "handshake", version: ["2"] });
  assert.deepEqual(events, ["connected"]);
});

test("ServerConnection closes if anything precedes the handshake (G.9)", async () => {
  const { events, socket } = connecting();
  socket.open();
  socket.receive({ type: "ping" });
  await settle();

  assert.equal(socket.closed, true);
  assert.match(events[0] ?? "", /sent no handshake/);
  assert.equal(events[1], "close 1002 no handshake");
});

test("ServerConnection closes if the server speaks another version only", async () => {
  const { events, socket } = connecting();
  socket.open();
  socket.receive({ type: "handshake", version: ["17"] });
  await settle();

  assert.match(events[0] ?? "", /speaks version 17/);
  assert.equal(events[1], "close 1002 unknown protocol version");
});

test("ServerConnection.connect() refuses a second connection, and makes one after onclose", async () => {
  const { environment, connection, events, socket } = connecting();
  assert.throws(() => connection.connect("wss://example.org/ws"), TypeError);

  socket.drop(1011, "oops");
  assert.deepEqual(events, ["close 1011 oops"]);

  connection.connect("wss://example.org/ws");
  environment.socket.open();
  environment.socket.receive({ type: "handshake", version: ["2"] });
  await settle();
  assert.deepEqual(events, ["close 1011 oops", "connected"]);
});

test("ServerConnection.close() calls onclose once, without waiting for the server", async () => {
  const { connection, events, socket } = connecting();
  socket.open();
  connection.close();
  connection.close();
  assert.deepEqual(events, []);
  await settle();

  assert.equal(socket.closed, true);
  assert.deepEqual(events, ["close 1000 "]);
});

test("ServerConnection pings after 15 s of silence, and gives up after 65 s (A-9)", async () => {
  const { environment, events, socket } = connecting();
  socket.open();
  await environment.pass(5_000);
  socket.receive({ type: "handshake", version: ["2"] });
  socket.take();

  await environment.pass(14_000); // 14 s after the message
  assert.deepEqual(socket.take(), []);
  await environment.pass(1_000);
  assert.deepEqual(socket.take(), [{ type: "ping" }]);
  socket.receive({ type: "pong" }); // at 20 s

  await environment.pass(65_000);
  assert.equal(socket.closed, false);
  await environment.pass(10_000);
  assert.equal(socket.closed, true);
  assert.deepEqual(events.slice(1), [
    "error Error: Timeout",
    "close 1006 Timeout",
  ]);
  assert.equal(environment.timers, 0);
});

test("ServerConnection gives up on a server that says nothing for 10 s (A-9)", async () => {
  const { environment, events, socket } = connecting();
  socket.open();
  await environment.pass(10_000);

  assert.deepEqual(events, ["error Error: Timeout", "close 1006 Timeout"]);
});

test("ServerConnection.probe() finds a dead server within seconds, and a live one alive", async () => {
  const { connection, environment, events, socket } = connecting();
  socket.open();
  socket.receive({ type: "handshake", version: ["2"] });
  await settle();
  socket.take();
  connection.probe();
  connection.probe();
  assert.deepEqual(socket.take(), [{ type: "ping" }]);
  await environment.pass(1_000);
  socket.receive({ type: "pong" });
  await environment.pass(5_000);
  assert.equal(socket.closed, false);

  connection.probe();
  await environment.pass(5_000);
  assert.equal(socket.closed, true);
  assert.deepEqual(events.slice(1), [
    "error Error: Timeout",
    "close 1006 Timeout",
  ]);
  assert.equal(environment.timers, 0);
});

test("ServerConnection answers a ping (A-8)", async () => {
  const { say, take } = await join();
  await say({ type: "ping" });

  assert.deepEqual(take(), [{ type: "pong" }]);
});

test("ServerConnection.join() sends passwords and tokens (A-20)", async () => {
  const { connection, environment } = await join();
  await connection.join("lobby", "alice", "secret", { hand: true });
  await connection.join("lobby", "alice", { type: "password", password: "pw" });
  await connection.join("lobby", null, { type: "token", token: "abc" });

  const common = { type: "join", kind: "join", group: "lobby" };
  assert.deepEqual(environment.socket.take(), [
    { ...common, username: "alice", password: "secret", data: { hand: true } },
    { ...common, username: "alice", password: "pw" },
    { ...common, token: "abc" },
  ]);
});

test("ServerConnection.join() gets a token from an authorisation server (E-50)", async () => {
  const { connection, environment } = await join();
  const credentials = {
    type: "authServer" as const,
    authServer: "https://auth.example.org/",
    location: "https://example.org/group/lobby/",
    password: "pw",
  };
  environment.response = new Response("a.b.c", {
    headers: { "Content-Type": "application/jwt" },
  });
  await connection.join("lobby", "alice", credentials);
  environment.response = new Response(null, { status: 204 });
  await connection.join("lobby", "alice", credentials);

  const [withToken, withPassword] = environment.socket.take();
  assert.equal(withToken?.["token"], "a.b.c");
  assert.equal(withToken?.["password"], undefined);
  assert.equal(withPassword?.["password"], "pw");
  assert.deepEqual(JSON.parse(String(environment.requests[0]?.init.body)), {
    location: "https://example.org/group/lobby/",
    username: "alice",
    password: "pw",
  });

  environment.response = new Response("no", { status: 401 });
  await assert.rejects(
    connection.join("lobby", "alice", credentials),
    /answered 401/,
  );
  environment.response = new Response("<p>", {
    headers: { "Content-Type": "text/html" },
  });
  await assert.rejects(
    connection.join("lobby", "alice", credentials),
    /sent text\/html/,
  );
});

test("ServerConnection keeps what joined says, and calls onjoined (A-22, A-23)", async () => {
  const { connection, say } = await join();
  assert.equal(connection.group, "lobby");
  assert.equal(connection.username, "alice");
  assert.deepEqual(connection.permissions, ["present", "message"]);
  assert.equal(connection.status.clientCount, 1);

  const calls: unknown[][] = [];
  connection.onjoined = (...call) => calls.push(call);
  const status = { name: "lobby", clientCount: 2, locked: true };
  await say({
    ...JOINED,
    kind: "change",
    permissions: ["message"],
    status,
    rtcConfiguration: {
      iceServers: [{
        urls: ["turn:192.0.2.1"],
        username: "u",
        credential: "c",
        credentialType: "password",
      }],
      iceTransportPolicy: "relay",
    },
  });
  await say({ ...JOINED, kind: "change", group: "other" });

  assert.deepEqual(calls, [
    ["change", "lobby", ["message"], status, {}, "", ""],
  ]);
  assert.deepEqual(connection.permissions, ["message"]);
  assert.deepEqual(connection.getRTCConfiguration(), {
    iceServers: [
      { urls: ["turn:192.0.2.1"], username: "u", credential: "c" },
    ],
    iceTransportPolicy: "relay",
  });
});

test("ServerConnection passes on refusals and redirections (A-24, A-25)", async () => {
  const { connection, say } = await join();
  const calls: unknown[][] = [];
  connection.onjoined = (...call) => calls.push(call);
  await say({
    type: "joined",
    kind: "fail",
    group: "g",
    error: "need-username",
    username: "",
    value: "username required",
  });
  await say({
    type: "joined",
    kind: "redirect",
    group: "g",
    username: "",
    value: "https://example.com/group/g/",
  });

  assert.deepEqual(calls, [
    ["fail", "g", [], {}, {}, "need-username", "username required"],
    ["redirect", "g", [], {}, {}, "", "https://example.com/group/g/"],
  ]);
  assert.equal(connection.group, "lobby");
});

test("ServerConnection forgets the group on leave, and may join again (A-27)", async () => {
  const joined = await join();
  const { connection, say, take } = joined;
  await say({ type: "user", kind: "add", id: "b", username: "bob" });
  await receiveCamera(joined, "f1");
  take();
  const calls: string[] = [];
  connection.onuser = (id, kind) => calls.push(`${kind} ${id}`);
  connection.onjoined = (kind) => calls.push(kind);
  connection.leave("lobby");
  assert.deepEqual(take(), [{ type: "join", kind: "leave", group: "lobby" }]);

  await say({ ...JOINED, kind: "leave", permissions: undefined });
  assert.deepEqual(calls, ["delete b", "leave"]);
  assert.equal(connection.group, null);
  assert.deepEqual(connection.down, {});

  await say(JOINED);
  assert.deepEqual(calls, ["delete b", "leave", "join"]);
});

test("ServerConnection keeps users, and what one receives from each (A-31)", async () => {
  const joined = await join();
  const { connection, say } = joined;
  const calls: string[] = [];
  connection.onuser = (id, kind) => calls.push(`${kind} ${id}`);
  await say({
    type: "user",
    kind: "add",
    id: "bob",
    username: "bob",
    permissions: ["present"],
    data: { raisehand: true },
  });
  const { peer } = await receiveCamera(joined, "f1");
  peer.track("video");
  peer.track("audio");
  assert.deepEqual(connection.users["bob"], {
    username: "bob",
    permissions: ["present"],
    data: { raisehand: true },
    streams: { camera: { video: true, audio: true } },
  });

  await say({ type: "user", kind: "change", id: "bob", username: "bob" });
  assert.deepEqual(connection.users["bob"], {
    username: "bob",
    permissions: [],
    data: {},
    streams: { camera: { video: true, audio: true } },
  });
  await say({ type: "close", id: "f1" });
  assert.deepEqual(connection.users["bob"]?.streams, {});

  await say({ type: "user", kind: "delete", id: "bob", username: "bob" });
  assert.deepEqual(connection.users, {});
  assert.deepEqual(calls, ["add bob", "change bob", "delete bob"]);
});

test("ServerConnection sends chat, messages and actions under its own name (A-13)", async () => {
  const { connection, environment } = await join();
  connection.chat("", "", "hello");
  connection.userMessage("mute", "b", "please", true);
  connection.userAction("kick", "b", "bye");
  connection.groupAction("lock");
  connection.request({ "": ["audio", "video-low"] });

  const sender = { source: connection.id, username: "alice" };
  assert.deepEqual(environment.socket.take(), [
    { type: "chat", kind: "", dest: "", value: "hello", ...sender },
    {
      type: "usermessage",
      kind: "mute",
      dest: "b",
      value: "please",
      noecho: true,
      ...sender,
    },
    { type: "useraction", kind: "kick", dest: "b", value: "bye", ...sender },
    { type: "groupaction", kind: "lock", ...sender },
    { type: "request", request: { "": ["audio", "video-low"] } },
  ]);
});

test("ServerConnection passes on chat, history and user messages (A-61, A-65)", async () => {
  const { connection, say } = await join();
  const calls: unknown[][] = [];
  connection.onchat = (...call) => calls.push(call);
  connection.onusermessage = (...call) => calls.push(call);
  const time = "2026-07-29T10:00:00+02:00";
  const date = new Date("2026-07-29T08:00:00Z");
  await say({
    type: "chat",
    id: "m1",
    source: "b",
    username: "bob",
    time,
    privileged: true,
    kind: "me",
    value: "waves",
  });
  await say({ type: "chathistory", id: "m0", source: "b", time, value: "hi" });
  await say({
    type: "usermessage",
    kind: "error",
    dest: "a",
    privileged: true,
    error: "flow-id-taken",
    value: "taken",
  });

  assert.deepEqual(calls, [
    ["m1", "b", "", "bob", date, true, false, "me", "waves"],
    ["m0", "b", "", "", date, false, true, "", "hi"],
    ["", "a", "", null, true, "error", "flow-id-taken", "taken"],
  ]);
});

test("ServerConnection survives what it does not know, and callbacks that throw", async () => {
  const { connection, environment, say, take } = await join();
  const errors: unknown[] = [];
  connection.onerror = (error) => errors.push(error);
  connection.onuser = () => {
    throw new Error("a frontend's bug");
  };
  await say({ type: "from a later version" });
  await say({ type: "user", kind: "add", id: 7 });
  await say({ type: "user", kind: "add", id: "b", username: "bob" });
  await say("no object");
  await say({ type: "ping" });

  assert.equal(errors.length, 3);
  assert.equal(environment.socket.closed, false);
  assert.deepEqual(take(), [{ type: "pong" }]);
});

test("ServerConnection closes everything when the connection is lost", async () => {
  const joined = await join();
  const { connection, environment } = joined;
  const { stream } = await receiveCamera(joined, "f1");
  const up = connection.newUpStream();
  const events: string[] = [];
  stream.onclose = (replace) => events.push(`down ${replace}`);
  up.onclose = (replace) => events.push(`up ${replace}`);
  connection.onjoined = (kind) => events.push(kind);
  connection.onclose = (code) => events.push(`close ${code}`);
  environment.socket.drop(1006, "");

  assert.deepEqual(events, ["up false", "down false", "leave", "close 1006"]);
  assert.deepEqual(connection.up, {});
  assert.equal(environment.peers.every((peer) => peer.closed), true);
  assert.equal(environment.timers, 0);
});
