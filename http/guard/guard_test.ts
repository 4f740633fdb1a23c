import assert from "node:assert/strict";

import { createSystemClock } from "../../clock.ts";
import { Opcode, RawWebSocket } from "../../tests/support/raw_websocket.ts";
import { createTestLog } from "../../tests/support/test_log.ts";
import { waitFor } from "../../tests/support/wait_for.ts";
import { makeCertificate } from "../certificate.ts";
import { openServers, type Servers } from "../server.ts";
import { createWebSocketEndpoint } from "../websocket.ts";
import {
  DEFAULT_GUARD_LIMITS,
  Guard,
  type GuardedClient,
  type GuardLimits,
  type GuardRefusal,
} from "./guard.ts";

/** Memory that a process may take while it refuses 100 MiB. */
const MAX_GROWTH_BYTES = 64 << 20;

/** How often that is tried, as other tests take memory at the same time. */
const MAX_ROUNDS = 5;

/** A server that answers `fine`, and at `/ws` takes in clients that say nothing. */
interface Fixture extends AsyncDisposable {
  readonly port: number;
  readonly servers: Servers;
  readonly refusals: GuardRefusal[];
  /** Fails unless a request is answered as ever. */
  assertServes(): Promise<void>;
}

function openFixture(limits: Partial<GuardLimits> = {}): Fixture {
  const log = createTestLog();
  const refusals: GuardRefusal[] = [];
  const endpoint = createWebSocketEndpoint({
    clock: createSystemClock(),
    log,
    signalling: {
      open: (connection) => ({
        receive() {},
        faulted: ({ closeCode, message }) =>
          connection.disconnect(closeCode, message),
        closed() {},
      }),
    },
  });
  const servers = openServers({
    http: { hostname: "127.0.0.1", port: 0 },
    https: undefined,
    limits: () => Promise.resolve({ ...DEFAULT_GUARD_LIMITS, ...limits }),
    count: (refusal) => refusals.push(refusal),
    fetch: async (request, remote) => {
      if (request.url.endsWith("/ws")) {
        return await endpoint.upgrade(request, remote);
      }
      await request.body?.cancel();
      return new Response("fine");
    },
    log,
  });
  const port = servers.http?.port ?? 0;
  return {
    port,
    servers,
    refusals,
    async assertServes() {
      const response = await fetch(`http://127.0.0.1:${port}/`);
      assert.equal(await response.text(), "fine");
    },
    [Symbol.asyncDispose]: () => servers.close(0),
  };
}

/** Sends a text, and gives all that comes back until the connection ends. */
async function exchange(port: number, text: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(text));
  return await readAll(connection);
}

async function readAll(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(65_536);
  let text = "";
  for (;;) {
    const length = await connection.read(buffer).catch(() => null);
    if (length === null) return text;
    text += new TextDecoder().decode(buffer.subarray(0, length));
  }
}

Deno.test("A message in fragments without end is refused at its limit, and takes no memory", async () => {
  await using fixture = openFixture();
  // Other tests of this process take memory too: what is kept grows each time.
  const growths: number[] = [];
  do {
    const before = Deno.memoryUsage().rss;
    await floodWithFragments(fixture.port);
    growths.push(Deno.memoryUsage().rss - before);
  } while (growths.at(-1)! >= MAX_GROWTH_BYTES && growths.length < MAX_ROUNDS);
  assert.ok(
    Math.min(...growths) < MAX_GROWTH_BYTES,
    `${growths} bytes more after 100 MiB`,
  );
  assert.deepEqual(fixture.refusals, growths.map(() => "messageBytes"));
  await fixture.assertServes();
});

/** Sends 100 MiB of a message, and sees that it is refused. */
async function floodWithFragments(port: number): Promise<void> {
  using client = await RawWebSocket.open(port);
  const closed = client.readClose();
  const piece = new Uint8Array(1 << 18);
  const flood = (async () => {
    await client.send(piece, { opcode: Opcode.text, fin: false });
    for (let count = 0; count < 400; count += 1) {
      await client.send(piece, { opcode: Opcode.continuation, fin: false });
    }
  })().catch(() => {}); // cut off in the middle

  assert.equal((await closed)?.code, 1009);
  await flood;
}

Deno.test("A client that does not answer a close is cut", async () => {
  await using fixture = openFixture();
  using client = await RawWebSocket.open(fixture.port);
  await client.send("garbage");

  assert.equal((await client.readClose())?.code, 1011);
  // Says nothing more, and does not close.
  assert.equal(await client.read(), undefined);
  await waitFor(
    "the connection to be gone",
    () => fixture.servers.connectionCount,
    (count) => count === 0,
  );
});

Deno.test("Heads that do not end, or come too slowly, hold nobody up", async () => {
  await using fixture = openFixture({ headMs: 500, idleMs: 500 });
  const { port } = fixture;
  const slow = await Promise.all(
    Array.from({ length: 500 }, async () => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nA"));
      return connection;
    }),
  );
  await fixture.assertServes();
  for (const connection of slow) {
    assert.equal(await readAll(connection), "");
    connection.close();
  }
  const heads = fixture.refusals.filter((refusal) => refusal === "head");
  assert.equal(heads.length, slow.length);

  const later = exchange(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT");
  assert.match(await later, /fine$/, "and then it was cut");
  const long = await exchange(port, `GET /${"x".repeat(40_000)} HTTP/1.1\r\n`);
  assert.match(long, /^HTTP\/1\.1 431 /);
  const garbage = await exchange(port, "\x16\x03\x01\x02\x00\n\n\n");
  assert.match(garbage, /^HTTP\/1\.1 400 /);
  await fixture.assertServes();
});

Deno.test("A client that does not read an answer waits alone, and not for ever", async () => {
  await using fixture = openFixture({ headMs: 500, idleMs: 500 });
  using connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: fixture.port,
  });
  // So many answers that the system's own buffers are full some day.
  const requests = new TextEncoder().encode(
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1_000),
  );
  let at = 0;
  const writing = (async () => {
    for (;;) {
      at += await connection.write(requests.subarray(at));
      if (at === requests.length) at = 0;
    }
  })();
  await assert.rejects(writing, "cut in the end");
  assert.equal(fixture.refusals.length, 1);
  await fixture.assertServes();
});

Deno.test("Half a TLS handshake holds up nobody, and goes on counting", async () => {
  const certificate = await makeCertificate(["localhost"], new Date());
  const refusals: GuardRefusal[] = [];
  const servers = openServers({
    http: undefined,
    https: { address: { hostname: "127.0.0.1", port: 0 }, certificate },
    limits: () => Promise.resolve({ ...DEFAULT_GUARD_LIMITS, headMs: 2_000 }),
    count: (refusal) => refusals.push(refusal),
    fetch: () => Promise.resolve(new Response("fine")),
    log: createTestLog(),
  });
  const port = servers.https?.port ?? 0;
  using _silent = await Deno.connect({ hostname: "127.0.0.1", port });
  using half = await Deno.connect({ hostname: "127.0.0.1", port });
  await half.write(new Uint8Array([0x16, 0x03, 0x01, 0x02, 0x00]));
  using garbage = await Deno.connect({ hostname: "127.0.0.1", port });
  await garbage.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));

  {
    using client = Deno.createHttpClient({ caCerts: [certificate.cert] });
    const response = await fetch(`https://localhost:${port}/`, {
      client,
      headers: { "Connection": "close" },
    });
    assert.equal(await response.text(), "fine");
  }
  await readAll(garbage);
  await waitFor(
    "those that say nothing to be counted",
    () => refusals.length,
    (count) => count === 2,
  );
  await waitFor(
    "only them to be left",
    () => servers.connectionCount,
    (count) => count <= 2,
  );
  assert.equal(servers.connectionCount, 2, "they go on counting");
  await servers.close(0);
});

Deno.test("So many connections there may be, and no more", async () => {
  await using fixture = openFixture({ connections: 1 });
  {
    using _client = await RawWebSocket.open(fixture.port);
    await assert.rejects(() => RawWebSocket.open(fixture.port));
    assert.deepEqual(fixture.refusals, ["connections"]);
  }
  await waitFor(
    "the place to be free",
    () => fixture.servers.connectionCount,
    (count) => count === 0,
  );
  await fixture.assertServes();
});

Deno.test("Guard.find() knows its own connections, and no others", async () => {
  const seen: (GuardedClient | undefined)[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (_request, { remoteAddr }) => {
      seen.push(guard.find(remoteAddr));
      return new Response("fine");
    },
  );
  const guard = new Guard({
    limits: () => Promise.resolve(DEFAULT_GUARD_LIMITS),
    log: createTestLog(),
    count() {},
    serverPort: server.addr.port,
  });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  guard.listen(listener);
  const get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  assert.match(await exchange(listener.addr.port, get), /fine$/);
  assert.match(await exchange(server.addr.port, get), /fine$/);

  assert.equal(seen[0]?.remote.hostname, "127.0.0.1");
  assert.equal(seen[1], undefined, "somebody else on this machine");
  await guard.close(0);
  await server.shutdown();
});
