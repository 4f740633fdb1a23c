/**
 * What every adapter of {@linkcode DatagramSocket} does. Its own test calls
 * {@linkcode testDatagramSocket}.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { DatagramSocketOptions } from "./deno_datagram_socket.ts";
import type { DatagramSocket, Endpoint } from "./ports.ts";

type Open = (options: DatagramSocketOptions) => DatagramSocket;

/** A datagram as it came. */
interface Received {
  readonly from: Endpoint;
  readonly text: string;
}

/** Gathers what a socket receives, and lets a test wait for it. */
class Inbox {
  readonly received: Received[] = [];
  batches = 0;
  #wake: (() => void) | undefined;

  constructor(socket: DatagramSocket) {
    socket.start({
      handleDatagram: (from, buffer, offset, sizeBytes) => {
        const datagram = buffer.subarray(offset, offset + sizeBytes);
        this.received.push({ from, text: decode(datagram) });
      },
      handleBatchEnd: () => {
        this.batches++;
        this.#wake?.();
      },
    });
  }

  async until(count: number): Promise<void> {
    while (this.received.length < count) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function queue(socket: DatagramSocket, to: Endpoint, text: string): void {
  const bytes = new TextEncoder().encode(text);
  const offset = socket.reserve(bytes.length + 32);
  assert.ok(offset >= 0, "there must be room");
  socket.arena.set(bytes, offset);
  socket.commit(to, offset, bytes.length);
}

/** A second program's socket, in a family of its own. */
function openOther(hostname: string): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
}

const portOf = (conn: Deno.DatagramConn) => (conn.addr as Deno.NetAddr).port;

function sendFrom(conn: Deno.DatagramConn, port: number, text: string) {
  const { hostname } = conn.addr as Deno.NetAddr;
  return conn.send(new TextEncoder().encode(text), {
    transport: "udp",
    hostname,
    port,
  });
}

/** Registers the tests of the contract for one adapter. */
export function testDatagramSocket(name: string, open: Open): void {
  testReceiving(name, open);
  testSending(name, open);
  testEndpoints(name, open);
}

function testReceiving(name: string, open: Open): void {
  for (const hostname of ["127.0.0.1", "::1"]) {
    Deno.test(`${name} receives from ${hostname} and answers there`, async () => {
      await using cleanup = new AsyncDisposableStack();
      const socket = opened(cleanup, open({ hostname: "::", port: 0 }));
      const other = opened(cleanup, openOther(hostname));
      const inbox = new Inbox(socket);

      await sendFrom(other, socket.port, "ping");
      await inbox.until(1);
      const { from, text } = inbox.received[0]!;
      queue(socket, from, "pong");
      socket.flush();
      const [answer, sender] = await other.receive();

      assert.equal(text, "ping");
      assert.deepEqual(socket.address(from), {
        host: hostname,
        port: portOf(other),
      });
      assert.equal(decode(answer), "pong");
      assert.equal((sender as Deno.NetAddr).port, socket.port);
    });
  }

  Deno.test(`${name} ends a batch after the datagrams in it`, async () => {
    await using cleanup = new AsyncDisposableStack();
    const socket = opened(cleanup, open({ hostname: "127.0.0.1", port: 0 }));
    const other = opened(cleanup, openOther("127.0.0.1"));
    for (let i = 0; i < 40; i++) await sendFrom(other, socket.port, `${i}`);

    const inbox = new Inbox(socket);
    await inbox.until(40);

    assert.deepEqual(
      inbox.received.map(({ text }) => text),
      Array.from({ length: 40 }, (_, i) => `${i}`),
    );
    assert.ok(inbox.batches < 40, `${inbox.batches} batches`);
  });

  Deno.test(`${name} goes on after an empty and an overlong datagram`, async () => {
    await using cleanup = new AsyncDisposableStack();
    const socket = opened(cleanup, open({ hostname: "127.0.0.1", port: 0 }));
    const other = opened(cleanup, openOther("127.0.0.1"));
    const inbox = new Inbox(socket);

    await sendFrom(other, socket.port, "");
    await sendFrom(other, socket.port, "x".repeat(60_000));
    await sendFrom(other, socket.port, "after");
    while (inbox.received.at(-1)?.text !== "after") {
      await inbox.until(inbox.received.length + 1);
    }

    assert.ok(inbox.received.length >= 1);
  });
}

function testSending(name: string, open: Open): void {
  Deno.test(`${name} sends a burst in order, each with its own bytes`, async () => {
    await using cleanup = new AsyncDisposableStack();
    const socket = opened(cleanup, open({ hostname: "127.0.0.1", port: 0 }));
    const other = opened(cleanup, openOther("127.0.0.1"));
    const to = socket.endpoint("127.0.0.1", portOf(other));
    const texts = Array.from(
      { length: 100 },
      (_, i) => `${i}-${"y".repeat(i)}`,
    );

    for (const text of texts) queue(socket, to, text);
    socket.flush();
    // Written while the burst may still be on its way.
    for (const text of texts) queue(socket, to, `again ${text}`);
    socket.flush();
    const got: string[] = [];
    while (got.length < 200) got.push(decode((await other.receive())[0]));

    assert.deepEqual(got, [...texts, ...texts.map((text) => `again ${text}`)]);
  });

  Deno.test(`${name} has no room for what is too long, and counts what is refused`, async () => {
    await using cleanup = new AsyncDisposableStack();
    const socket = opened(cleanup, open({ hostname: "127.0.0.1", port: 0 }));
    const other = opened(cleanup, openOther("127.0.0.1"));

    assert.equal(socket.reserve(100_000), -1);
    // A socket of one family cannot reach the other.
    queue(socket, socket.endpoint("2001:db8::1", 9), "lost");
    queue(socket, socket.endpoint("127.0.0.1", portOf(other)), "kept");
    socket.flush();
    const [answer] = await other.receive();

    assert.equal(decode(answer), "kept");
    assert.equal(socket.refusedSends, 1);
  });

  Deno.test(`${name} gives room again and again without a commit`, async () => {
    await using cleanup = new AsyncDisposableStack();
    const socket = opened(cleanup, open({ hostname: "127.0.0.1", port: 0 }));

    for (let i = 0; i < 100_000; i++) assert.ok(socket.reserve(1_500) >= 0);
  });
}

function testEndpoints(name: string, open: Open): void {
  Deno.test(`${name} numbers an address once, whatever its dress`, async () => {
    await using cleanup = new AsyncDisposableStack();
    const socket = opened(cleanup, open({ hostname: "::", port: 0 }));
    const other = opened(cleanup, openOther("127.0.0.1"));
    const inbox = new Inbox(socket);

    const asked = socket.endpoint("127.0.0.1", portOf(other));
    await sendFrom(other, socket.port, "ping");
    await inbox.until(1);

    assert.equal(inbox.received[0]!.from, asked);
    assert.equal(socket.endpoint("::ffff:127.0.0.1", portOf(other)), asked);
    assert.notEqual(socket.endpoint("127.0.0.1", 1), asked);
    assert.deepEqual(socket.address(socket.endpoint("0:0::1", 7)), {
      host: "::1",
      port: 7,
    });
  });

  Deno.test(`${name} forgets endpoints, and still sends what is queued`, async () => {
    await using cleanup = new AsyncDisposableStack();
    const socket = opened(cleanup, open({ hostname: "::", port: 0 }));
    const other = opened(cleanup, openOther("127.0.0.1"));
    const before = socket.endpointCount;

    for (let port = 1; port <= 1_000; port++) {
      socket.forget(socket.endpoint("192.0.2.1", port));
    }
    const to = socket.endpoint("127.0.0.1", portOf(other));
    queue(socket, to, "last words");
    socket.forget(to);
    socket.flush();
    const [answer] = await other.receive();

    assert.equal(decode(answer), "last words");
    assert.equal(socket.endpointCount, before);
    assert.notEqual(socket.endpoint("127.0.0.1", portOf(other)), to);
  });

  Deno.test(`${name} frees its port`, async () => {
    const socket = open({ hostname: "127.0.0.1", port: 0 });
    new Inbox(socket);
    // So that it waits for datagrams.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const { host: hostname, port } = socket;
    assert.throws(() => open({ hostname, port }), Deno.errors.AddrInUse);
    socket.close();
    await socket.closed;
    open({ hostname, port }).close();
  });

  Deno.test(`${name} closes twice without harm, and is silent then`, async () => {
    const socket = open({ hostname: "127.0.0.1", port: 0 });
    const inbox = new Inbox(socket);
    queue(socket, socket.endpoint("127.0.0.1", 9), "unsent");
    socket.close();
    socket.close();
    socket.flush();
    await socket.closed;

    assert.equal(inbox.received.length, 0);
  });
}

/** Whatever it is, a test closes it at its end. */
function opened<T extends { close(): void; closed?: Promise<void> }>(
  stack: AsyncDisposableStack,
  it: T,
): T {
  stack.defer(() => {
    it.close();
    return it.closed;
  });
  return it;
}
