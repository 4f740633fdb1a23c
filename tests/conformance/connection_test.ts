/**
 * How connections begin and end.
 *
 * @module
 */
import assert from "node:assert/strict";

import { RawWebSocket } from "../support/raw_websocket.ts";
import { TestServer } from "../support/server.ts";
import {
  assertFatal,
  Client,
  heardSince,
  newGroup,
  serverError,
} from "./client.ts";
import { serverUrl, testOwn } from "./target.ts";
import { askForUpgrade } from "./upgrade.ts";

Deno.test("A-1 /ws upgrades, without sub-protocol and compression", async () => {
  const { status, headers } = await askForUpgrade({
    "Sec-WebSocket-Extensions": "permessage-deflate",
  });
  assert.equal(status, 101);
  assert.equal(headers.get("sec-websocket-accept"), ACCEPT);
  assert.equal(headers.get("sec-websocket-extensions"), null);
  assert.equal(headers.get("sec-websocket-protocol"), null);
});

/** For the key that {@linkcode askForUpgrade} sends (RFC 6455 §4.2.2). */
const ACCEPT = "ICX+Yqv66kxgM0FcWaLWlFLwTAI=";

Deno.test("A-1 pages of this server and of allowOrigin may connect, others get 403", async () => {
  const { host } = new URL(serverUrl());
  const table = [
    [`http://${host}`, 101],
    [`https://${host.toUpperCase()}`, 101],
    ["https://friend.example.org", 101],
    ["HTTPS://FRIEND.example.org", 101],
    ["http://friend.example.org", 403],
    ["https://friend.example.org:8443", 403],
    ["https://evil.example.org", 403],
    [`https://evil.example.org/${host}`, 403],
    ["null", 403],
  ] as const;
  for (const [origin, status] of table) {
    assert.equal((await askForUpgrade({ origin })).status, status, origin);
  }
});

Deno.test("A-2 K-7 one JSON value a message, text or binary, with whatever else", async () => {
  await using client = await Client.as("maria", newGroup());
  const bytes = (text: string) => new TextEncoder().encode(text);
  const said = [
    `{"type":"chat","kind":"","value":"text"}`,
    bytes(`{"type":"chat","kind":"","value":"binary"}`),
    `{"type":"chat","value":"trailing"} and more {`,
    `{"type":"chat","value":"unknown fields","colour":{"red":1}}`,
    `{"TYPE":"chat","Value":"any case"}`,
    `{"type":"chat","value":"nulls","dest":null,"replace":null,"data":null,"source":null,"username":null,"noecho":null}`,
  ];
  for (const one of said) client.sayRaw(one);
  await client.settle();
  assert.deepEqual(client.all({ type: "chat" }).map((one) => one["value"]), [
    "text",
    "binary",
    "trailing",
    "unknown fields",
    "any case",
    "nulls",
  ]);
});

Deno.test("A-2 A-11 K-7 what cannot be read: 1011, and not a word", async () => {
  const said = [
    `{"type":5}`,
    `{"type":"chat","dest":7}`,
    `{"type":"chat","noecho":"yes"}`,
    `{"type":"join","data":[]}`,
    `[]`,
    `nonsense`,
    ``,
  ];
  for (const one of said) {
    await using client = await Client.as("maria", newGroup());
    const before = client.heard.length;
    client.sayRaw(one);
    assert.deepEqual(await client.ended(), { code: 1011, reason: "" }, one);
    assert.equal(client.heard.length, before, one);
  }
});

Deno.test("A-3 K-7 a message above 1 MiB: 1009; one of 1 MiB is read", async () => {
  await using good = await Client.greet();
  good.sayRaw(`{"type":"ping"}`.padEnd(1 << 20));
  await good.settle();
  await using bad = await Client.greet();
  bad.sayRaw(`{"type":"ping"}`.padEnd((1 << 20) + 1));
  assert.equal((await bad.ended()).code, 1009);
});

Deno.test("A-4 who says something else first: 1002, and no message", async () => {
  await using client = await Client.connect();
  client.say({ type: "ping" });
  assert.deepEqual(await client.ended(), {
    code: 1002,
    reason: "you must handshake first",
  });
  assert.deepEqual(client.heard, []);
});

Deno.test("A-4 who says first what is no JSON is cut off", async () => {
  await using client = await Client.connect();
  client.sayRaw("hello");
  const { reason } = await client.ended();
  assert.equal(reason, "");
  assert.deepEqual(client.heard, []);
});

Deno.test("A-5 G.9-1 G.9-2 the server answers the handshake, and says nothing before", async () => {
  await using client = await Client.connect();
  client.say({ type: "handshake", version: ["2"], id: client.id });
  client.say({
    type: "join",
    kind: "join",
    group: newGroup(),
    username: "al",
    password: "",
  });
  await client.next({ type: "joined", kind: "join" });
  assert.deepEqual(client.heard[0], { type: "handshake", version: ["2"] });
});

Deno.test("A-6 clients of another version are warned, and let in", async () => {
  for (const version of [["1"], ["3", "4"], undefined]) {
    await using client = await Client.connect();
    client.say({ type: "handshake", version, id: client.id });
    await client.settle();
    assert.deepEqual(client.heard, [
      { type: "handshake", version: ["2"] },
      {
        type: "usermessage",
        kind: "warning",
        dest: client.id,
        privileged: true,
        value: "This client is using an unknown protocol version.\n" +
          "Perhaps it needs upgrading?\n" +
          "Trying to continue, things may break.",
      },
    ]);
    const answer = await client.tryJoin({ group: newGroup(), username: "al" });
    assert.equal(answer["kind"], "join");
  }
});

Deno.test("A-7 an id of any form is the client's for as long as it is connected", async () => {
  const group = newGroup();
  const id = `a/b ü "${crypto.randomUUID()}"`;
  await using client = await Client.as("maria", group, id);
  await using other = await Client.as("paul", group);
  assert.equal(other.all({ type: "user", id }).length, 1);
  client.say({ type: "chat", source: id, value: "hi" });
  assert.equal((await other.next({ type: "chat" }))["source"], id);
  await using nameless = await Client.greet("");
  await nameless.settle();
});

Deno.test("A-8 A-9 a ping gets a pong at once, before and in a group", async () => {
  await using client = await Client.greet();
  await client.settle();
  await client.tryJoin({ group: newGroup(), username: "al" });
  await client.settle();
});

Deno.test("A-11 who goes in peace is let go in peace: 1000", async () => {
  const { port } = new URL(serverUrl());
  using socket = await RawWebSocket.open(Number(port));
  await socket.send(new Uint8Array([0x03, 0xe8]), { opcode: 8 });
  assert.equal((await socket.readClose())?.code, 1000);
});

Deno.test("A-12 others hear that somebody is gone, however it went", async () => {
  const group = newGroup();
  await using witness = await Client.as("paul", group);
  for (const say of [`{"type":"foo"}`, "nonsense"]) {
    const client = await Client.as("maria", group);
    client.sayRaw(say);
    await client.ended();
    const gone = { type: "user", kind: "delete", id: client.id };
    assert.deepEqual(await witness.next(gone), { ...gone, username: "maria" });
  }
  const client = await Client.as("maria", group);
  await client.close();
  await witness.next({ type: "user", kind: "delete", id: client.id });
});

Deno.test("A-13 K-7 spoofed source or username: 1002", async () => {
  const types = ["chat", "usermessage", "groupaction", "ping", "request"];
  for (const type of types) {
    for (
      const [claims, text] of [
        [{ source: "evil" }, "spoofed client id"],
        [{ username: "evil" }, "spoofed username"],
        [{ username: "" }, "spoofed username"],
      ] as const
    ) {
      await using client = await Client.as("maria", newGroup());
      client.say({ type, ...claims });
      await assertFatal(client, 1002, text);
    }
  }
});

Deno.test("A-13 before one joins, the assigned name is the empty one", async () => {
  await using good = await Client.greet();
  good.say({ type: "ping", source: good.id, username: "" });
  await good.settle();
  await using bad = await Client.greet();
  bad.say({ type: "ping", username: "maria" });
  await assertFatal(bad, 1002, "spoofed username");
  await using joining = await Client.greet();
  joining.say({ type: "join", kind: "join", source: "evil", group: "club" });
  await assertFatal(joining, 1002, "spoofed client id");
});

Deno.test("A-13 what one does not say of oneself stays unsaid", async () => {
  await using client = await Client.as("maria", newGroup());
  const [silent] = await client.ask({ type: "chat", value: "hi" });
  assert.equal(silent?.["value"], "hi");
  assert.ok(!("source" in silent) && !("username" in silent));
  const claims = { source: client.id, username: "maria" };
  const [named] = await client.ask({ type: "chat", value: "hi", ...claims });
  assert.deepEqual({ ...named, ...claims }, named);
});

Deno.test("A-14 A-11 K-7 an unknown type: error and 1002", async () => {
  for (const message of [{ type: "foo" }, {}, { type: "handshake" }]) {
    await using client = await Client.greet();
    client.say(message);
    await assertFatal(client, 1002, "unexpected message");
    assert.equal(client.heard.length, 2);
  }
});

testOwn(
  "A-15 a server that stops locks all groups and sends everybody away",
  async () => {
    const server = await TestServer.start({
      groups: {
        club: { users: { olga: { password: "pw", permissions: "op" } } },
      },
    });
    const url = `${server.http.replace(/^http/, "ws")}/ws`;
    await using client = await Client.connect("o", url);
    client.say({ type: "handshake", version: ["2"], id: "o" });
    await client.tryJoin({ group: "club", username: "olga", password: "pw" });
    await client.settle();
    const before = client.heard.length;
    await server.stop();
    assert.deepEqual(await client.ended(), {
      code: 1000,
      reason: "kicked out (server is shutting down)",
    });
    const [change, kicked, ...more] = client.heard.slice(before);
    assert.equal(change?.["kind"], "change");
    assert.deepEqual(change?.["status"], {
      name: "club",
      locked: true,
      clientCount: 1,
    });
    assert.deepEqual(kicked, {
      type: "usermessage",
      kind: "kicked",
      dest: "o",
      privileged: true,
      value: "server is shutting down",
    });
    assert.deepEqual(more, []);
  },
);

Deno.test("A-11 a user's error ends with 1000 and its text", async () => {
  await using client = await Client.as("maria", newGroup());
  client.say({ type: "join", kind: "leave", group: "another" });
  await assertFatal(client, 1000, "you are not joined");
  assert.deepEqual(
    client.heard.at(-1),
    serverError(client, "you are not joined"),
  );
});

Deno.test("A.2 members that are empty or false are left out", async () => {
  const group = newGroup();
  await using observer = await Client.as("oscar", group);
  const joined = observer.all({ type: "joined" })[0];
  assert.deepEqual(joined, {
    type: "joined",
    kind: "join",
    group,
    username: "oscar",
    status: {
      name: group,
      displayName: "The club",
      clientCount: 1,
      canChangePassword: true,
    },
    rtcConfiguration: {},
  });
  await using client = await Client.as("maria", group);
  const [heard] = await heardSince(
    [observer],
    () =>
      client.ask({ type: "chat", noecho: true, value: "", kind: "", dest: "" }),
  );
  assert.deepEqual(Object.keys(heard?.[0] ?? {}).sort(), [
    "id",
    "noecho",
    "time",
    "type",
    "value",
  ]);
});
