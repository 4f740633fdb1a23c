import assert from "node:assert/strict";

import { DEFAULT_LIMITS } from "../auth/limits.ts";
import { createSystemClock } from "../clock.ts";
import type { ClientMessage } from "../protocol/client_message.ts";
import type { ProtocolError } from "../protocol/errors.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import { Opcode, RawWebSocket } from "../tests/support/raw_websocket.ts";
import { createTestLog } from "../tests/support/test_log.ts";
import type { Connection, ConnectionHandle } from "./ports.ts";
import { openServers } from "./server.ts";
import {
  createWebSocketEndpoint,
  isAllowedOrigin,
  type WebSocketEndpoint,
  type WebSocketParts,
} from "./websocket.ts";

/** What the application was told, in order. */
type Note =
  | { readonly kind: "open"; readonly connection: Connection }
  | { readonly kind: "message"; readonly message: ClientMessage }
  | { readonly kind: "fault"; readonly error: ProtocolError }
  | { readonly kind: "closed" };

interface Fixture extends AsyncDisposable {
  readonly port: number;
  readonly endpoint: WebSocketEndpoint;
  readonly log: ReturnType<typeof createTestLog>;
  /** The next thing that the application is told; waits for it. */
  next(): Promise<Note>;
  nextOf<K extends Note["kind"]>(kind: K): Promise<Note & { kind: K }>;
  /** How many notes have come and are not taken yet. */
  readonly pending: number;
}

const PING = '{"type":"ping"}';

/**
 * A server with an application that writes down what it is told. It answers
 * `ping`, disconnects whoever is at fault, and has a bug in `pong`.
 */
function openFixture(
  options: Partial<WebSocketParts> & { readonly remote?: string } = {},
): Fixture {
  const notes: Note[] = [];
  const waiting: ((note: Note) => void)[] = [];
  const tell = (note: Note) => {
    const waiter = waiting.shift();
    if (waiter === undefined) notes.push(note);
    else waiter(note);
  };
  const log = createTestLog();
  const endpoint = createWebSocketEndpoint({
    clock: createSystemClock(),
    log,
    signalling: { open: (connection) => openHandle(connection, tell) },
    ...options,
  });
  const servers = openServers({
    fetch: (request, remote) =>
      Promise.resolve(
        endpoint.upgrade(request, {
          ...remote,
          hostname: options.remote ?? remote.hostname,
        }),
      ),
    http: { hostname: "127.0.0.1", port: 0 },
    https: undefined,
    log,
  });
  const next = () => {
    const note = notes.shift();
    if (note !== undefined) return Promise.resolve(note);
    return new Promise<Note>((resolve) => waiting.push(resolve));
  };
  return {
    port: servers.http?.port ?? 0,
    endpoint,
    log,
    next,
    async nextOf<K extends Note["kind"]>(kind: K) {
      const note = await next();
      assert.equal(note.kind, kind);
      return note as Note & { kind: K };
    },
    get pending() {
      return notes.length;
    },
    [Symbol.asyncDispose]: () => servers.close(0),
  };
}

function openHandle(
  connection: Connection,
  tell: (note: Note) => void,
): ConnectionHandle {
  tell({ kind: "open", connection });
  return {
    receive(message) {
      if (message.type === "pong") throw new Error("a bug of ours");
      tell({ kind: "message", message });
      if (message.type === "ping") connection.send({ type: "pong" });
    },
    faulted(error) {
      tell({ kind: "fault", error });
      connection.disconnect(error.closeCode, error.message);
    },
    closed: () => tell({ kind: "closed" }),
  };
}

/** Shows that the server still serves others. */
async function assertServes(fixture: Fixture): Promise<void> {
  using client = await RawWebSocket.open(fixture.port);
  await fixture.nextOf("open");
  await client.send(PING);
  await fixture.nextOf("message");
  const pong = await client.read();
  assert.equal(new TextDecoder().decode(pong?.payload), '{"type":"pong"}');
  await client.closeWrite();
  await fixture.nextOf("closed");
}

function textOf(frame: { readonly payload: Uint8Array } | undefined): string {
  return new TextDecoder().decode(frame?.payload);
}

Deno.test("A client's messages arrive in order, text and binary alike (A-2)", async () => {
  await using fixture = openFixture();
  using client = await RawWebSocket.open(fixture.port);
  const { connection } = await fixture.nextOf("open");
  assert.match(connection.address, /^127\.0\.0\.1:\d+$/);

  await client.send('{"type":"handshake","version":["2"],"id":"a"}');
  await client.send('{"type":"close","id":"f1"}', { opcode: Opcode.binary });
  await client.send(PING);

  const types = [];
  for (let n = 0; n < 3; n++) {
    types.push((await fixture.nextOf("message")).message.type);
  }
  assert.deepEqual(types, ["handshake", "close", "ping"]);
  const answer = await client.read();
  assert.equal(answer?.opcode, Opcode.text);
  assert.equal(textOf(answer), '{"type":"pong"}');
});

Deno.test("Fragments make one message, with pings in between", async () => {
  await using fixture = openFixture();
  using client = await RawWebSocket.open(fixture.port);
  await fixture.nextOf("open");

  await client.send('{"type":', { fin: false });
  await client.send("", { opcode: Opcode.continuation, fin: false });
  await client.send("beep", { opcode: Opcode.ping });
  await client.send('"ping"}', { opcode: Opcode.continuation });

  const { message } = await fixture.nextOf("message");
  assert.equal(message.type, "ping");
  const pong = await client.read();
  assert.equal(pong?.opcode, Opcode.pong);
  assert.equal(textOf(pong), "beep");
});

Deno.test("A message above 1 MiB ends the connection with 1009 (A-3)", async () => {
  await using fixture = openFixture();
  const limit = 1 << 20;
  for (const [opcode, unit] of [[Opcode.text, "€"], [Opcode.binary, "x"]]) {
    using client = await RawWebSocket.open(fixture.port);
    await fixture.nextOf("open");
    const unitBytes = new TextEncoder().encode(String(unit)).length;
    const text = (bytes: number) =>
      '{"type":"ping"}' +
      String(unit).repeat(Math.floor((bytes - 15) / unitBytes));

    await client.send(text(limit), { opcode: Number(opcode) });
    await fixture.nextOf("message");
    await client.send(text(limit + 3), { opcode: Number(opcode) });

    assert.equal((await fixture.nextOf("fault")).error.closeCode, 1009);
    assert.equal((await client.readClose())?.code, 1009);
  }
  await assertServes(fixture);
});

Deno.test("What is no message is the client's fault, and nobody else's", async () => {
  await using fixture = openFixture();
  const garbage: [string | Uint8Array, number][] = [
    ["", 1011],
    ["garbage", 1011],
    ['{"type":5}', 1011],
    ['{"type":"foo"}', 1002],
    [new Uint8Array([0xff, 0xfe]), 1011],
  ];
  for (const [payload, code] of garbage) {
    using client = await RawWebSocket.open(fixture.port);
    await fixture.nextOf("open");
    const opcode = typeof payload === "string" ? Opcode.text : Opcode.binary;

    await client.send(payload, { opcode });

    assert.equal((await fixture.nextOf("fault")).error.closeCode, code);
    assert.equal((await client.readClose())?.code, code);
  }
  await assertServes(fixture);
});

Deno.test("Broken frames end their connection only", async () => {
  await using fixture = openFixture();
  const broken = [
    [0xff, 0xff, 1, 2, 3], // reserved bits and opcode
    [0x80, 0x80, 0, 0, 0, 0], // continues nothing
    [0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe], // text that is not UTF-8
    [0x89, 0xfe, 0x10, 0x00, 0, 0, 0, 0], // a ping of 4 KiB
  ];
  for (const bytes of broken) {
    using client = await RawWebSocket.open(fixture.port);
    await fixture.nextOf("open");

    await client.write(new Uint8Array(bytes));

    await fixture.nextOf("closed");
    assert.equal(await client.read(), undefined);
  }
  await assertServes(fixture);
  assert.equal(fixture.pending, 0);
});

Deno.test("Half a connection is none", async () => {
  await using fixture = openFixture();
  using client = await RawWebSocket.open(fixture.port);
  await fixture.nextOf("open");
  await client.send('{"type":"pi', { fin: false });

  await client.closeWrite();

  await fixture.nextOf("closed");
  assert.equal(fixture.endpoint.connectionCount, 0);
});

Deno.test("An orderly close is told once", async () => {
  await using fixture = openFixture();
  using client = await RawWebSocket.open(fixture.port);
  await fixture.nextOf("open");

  await client.send(new Uint8Array([0x03, 0xe8]), { opcode: Opcode.close });

  await fixture.nextOf("closed");
  assert.equal((await client.readClose())?.code, 1000);
  await assertServes(fixture);
  assert.equal(fixture.pending, 0);
});

Deno.test("A client that never reads is dropped, and nobody waits for it", async () => {
  await using fixture = openFixture();
  using stuck = await RawWebSocket.open(fixture.port);
  const { connection } = await fixture.nextOf("open");
  const message: ServerMessage = {
    type: "usermessage",
    kind: "info",
    id: "",
    source: "",
    dest: "",
    privileged: false,
    time: "",
    noecho: false,
    value: "x".repeat(1 << 20),
  };

  // Kernel buffers take some megabytes before anything has to wait.
  let sent = 0;
  while (fixture.pending === 0 && sent < 100) {
    connection.send(message);
    sent += 1;
    await new Promise((resolve) => setTimeout(resolve));
  }

  await fixture.nextOf("closed");
  assert.ok(sent < 100, "it was dropped after a bounded number of messages");
  assert.deepEqual(fixture.log.lines.map(({ text }) => text), [
    "Client dropped: it reads too slowly",
  ]);
  await assertServes(fixture);
  // What it could still read was thrown away with its connection.
  assert.equal(await stuck.readClose(), undefined);
});

Deno.test("A client that floods is at fault", async () => {
  await using fixture = openFixture();
  using client = await RawWebSocket.open(fixture.port);
  await fixture.nextOf("open");
  const frame = new Uint8Array([
    0x81,
    0x80 + 15,
    0,
    0,
    0,
    0,
    ...new TextEncoder().encode(PING),
  ]);
  const flood = new Uint8Array(frame.length * 10_000);
  for (let at = 0; at < flood.length; at += frame.length) flood.set(frame, at);

  const ended = client.readClose(); // or without, if it is still writing then
  await client.write(flood).catch(() => {}); // cut off in the middle

  let taken = 0;
  let note = await fixture.next();
  for (; note.kind === "message"; note = await fixture.next()) taken += 1;
  assert.ok(note.kind === "fault");
  assert.equal(note.error.message, "too many messages");
  assert.ok(taken >= 3000 && taken < 10_000, String(taken));
  await ended;
  await assertServes(fixture);
});

Deno.test("A bug of ours ends the client that met it, and no other", async () => {
  await using fixture = openFixture();
  using client = await RawWebSocket.open(fixture.port);
  await fixture.nextOf("open");

  await client.send('{"type":"pong"}');

  await fixture.nextOf("closed");
  assert.deepEqual(await client.readClose(), { code: 1011, reason: "" });
  const [line] = fixture.log.lines;
  assert.equal(line?.level, "error");
  assert.match(String(line?.fields["error"]), /a bug of ours/);
  await assertServes(fixture);
});

Deno.test("disconnect() comes after what was sent, and is the last word", async () => {
  await using fixture = openFixture();
  using client = await RawWebSocket.open(fixture.port);
  const { connection } = await fixture.nextOf("open");

  connection.send({ type: "pong" });
  connection.disconnect(1000, "é".repeat(100));
  connection.disconnect(1011, "again");
  connection.send({ type: "pong" });

  assert.equal(textOf(await client.read()), '{"type":"pong"}');
  assert.deepEqual(await client.readClose(), {
    code: 1000,
    reason: "é".repeat(61), // 122 bytes, and 123 would cut one in two
  });
  await client.send(PING).catch(() => {}); // the server may be gone already
  await client.closeWrite().catch(() => {});
  assert.equal(fixture.pending, 0, "what comes later is nobody's business");
});

Deno.test("disconnect() without a code gives none to the client (A-4)", async () => {
  await using fixture = openFixture();
  using client = await RawWebSocket.open(fixture.port);
  const { connection } = await fixture.nextOf("open");

  connection.disconnect();

  assert.equal(await client.readClose(), undefined, "not even a close frame");
});

Deno.test("Only so many connections come from one network, but any from here", async () => {
  await using fixture = openFixture({
    limits: () => Promise.resolve({ ...DEFAULT_LIMITS, clientsPerAddress: 1 }),
    remote: "203.0.113.7",
  });
  {
    using _client = await RawWebSocket.open(fixture.port);
    await fixture.nextOf("open");
    await assert.rejects(() => RawWebSocket.open(fixture.port), /429/);
  }
  await fixture.nextOf("closed");
  using _another = await RawWebSocket.open(fixture.port);
  await fixture.nextOf("open");

  await using local = openFixture({
    limits: () => Promise.resolve({ ...DEFAULT_LIMITS, clientsPerAddress: 1 }),
  });
  using _first = await RawWebSocket.open(local.port);
  using _second = await RawWebSocket.open(local.port);
  assert.equal(local.endpoint.connectionCount, 2);
});

Deno.test("A page of somebody else's may not connect (A-1)", async () => {
  await using fixture = openFixture({
    allowOrigin: () => Promise.resolve(["https://friend.example"]),
  });
  const open = (origin: string) =>
    RawWebSocket.open(fixture.port, { "Origin": origin });

  await assert.rejects(() => open("https://evil.example"), /403/);
  using _own = await open(`http://127.0.0.1:${fixture.port}`);
  using _friend = await open("https://friend.example");
  assert.equal(fixture.endpoint.connectionCount, 2);
});

Deno.test("isAllowedOrigin() compares hosts, and whole origins with the list", () => {
  const isAllowed = (origin: string | undefined, host = "a.org:8443") =>
    isAllowedOrigin(
      new Request("https://a.org:8443/ws", {
        headers: { "Host": host, ...(origin ? { "Origin": origin } : {}) },
      }),
      ["https://Friend.example:444"],
    );

  assert.equal(isAllowed(undefined), true);
  assert.equal(isAllowed("https://a.org:8443"), true);
  assert.equal(isAllowed("https://A.ORG:8443", "a.Org:8443"), true);
  assert.equal(isAllowed("https://friend.example:444"), true);
  for (
    const origin of [
      "null",
      "https://a.org",
      "https://a.org:8444",
      "https://evil.example/a.org:8443",
      "https://friend.example",
      "http://friend.example:444",
      "garbage",
    ]
  ) {
    assert.equal(isAllowed(origin), false, origin);
  }
});

Deno.test("What is not a WebSocket is told so", async () => {
  await using fixture = openFixture();
  const url = `http://127.0.0.1:${fixture.port}/ws`;

  const plain = await fetch(url);
  assert.equal(plain.status, 426);
  assert.equal(plain.headers.get("Upgrade"), "websocket");
  await plain.text();
  await assert.rejects(
    () => RawWebSocket.open(fixture.port, { "Sec-WebSocket-Version": "8" }),
    /426/,
  );
  assert.equal(fixture.pending, 0);
});
