import assert from "node:assert/strict";
import { testDatagramSocket } from "../datagram_socket_contract.ts";
import type { DatagramSocket, Endpoint } from "../ports.ts";
import { Errno, type Libc, openLibc } from "./libc.ts";
import { openNativeDatagramSocket } from "./native_datagram_socket.ts";
import { NativeMemory } from "./native_memory.ts";

const libc = openLibc();

testDatagramSocket(
  "openNativeDatagramSocket()",
  (options) => openNativeDatagramSocket(libc, options),
);

/** A C library that refuses to send as often as asked, with an error number. */
class RefusingLibc {
  /** How many calls are refused yet. */
  refusals: number;
  calls = 0;
  readonly libc: Libc;
  readonly #memory = new NativeMemory(libc, 16);

  constructor(errno: number, refusals: number) {
    this.refusals = refusals;
    this.#memory.setU32(0, errno);
    this.libc = {
      ...libc,
      __errno_location: () => BigInt(this.#memory.base),
      sendmmsg: (...args) => {
        this.calls++;
        return this.refusals-- > 0 ? -1 : libc.sendmmsg(...args);
      },
    };
  }
}

function queue(socket: DatagramSocket, to: Endpoint, ...bytes: number[]): void {
  const offset = socket.reserve(bytes.length);
  assert.ok(offset >= 0);
  socket.arena.set(bytes, offset);
  socket.commit(to, offset, bytes.length);
}

/** A socket on that library, another program's, and its endpoint. */
function openPair(stack: DisposableStack, c: Libc) {
  const options = { hostname: "127.0.0.1", port: 0 };
  const socket = openNativeDatagramSocket(c, options);
  const other = Deno.listenDatagram({ ...options, transport: "udp" });
  stack.defer(() => socket.close());
  stack.defer(() => other.close());
  const { port } = other.addr as Deno.NetAddr;
  return { socket, other, to: socket.endpoint("127.0.0.1", port) };
}

Deno.test("NativeDatagramSocket sends later what the system does not take now", async () => {
  using stack = new DisposableStack();
  const refusing = new RefusingLibc(Errno.EAGAIN, 3);
  const { socket, other, to } = openPair(stack, refusing.libc);

  queue(socket, to, 1);
  queue(socket, to, 2, 2);
  socket.forget(to);
  socket.flush();

  assert.deepEqual((await other.receive())[0], Uint8Array.of(1));
  assert.deepEqual((await other.receive())[0], Uint8Array.of(2, 2));
  assert.equal(socket.refusedSends, 0);
});

Deno.test("NativeDatagramSocket sends one by one what the path takes no bundle of", async () => {
  using stack = new DisposableStack();
  const EIO = 5;
  const refusing = new RefusingLibc(EIO, 1);
  const { socket, other, to } = openPair(stack, refusing.libc);
  const receive = async () => [...(await other.receive())[0]];

  for (let i = 1; i <= 3; i++) queue(socket, to, i, i);
  socket.flush();
  assert.equal(refusing.calls, 4); // the bundle, then each
  for (let i = 1; i <= 3; i++) assert.deepEqual(await receive(), [i, i]);

  for (let i = 4; i <= 6; i++) queue(socket, to, i, i);
  socket.flush();
  assert.equal(refusing.calls, 5); // one call, three messages
  for (let i = 4; i <= 6; i++) assert.deepEqual(await receive(), [i, i]);
  assert.equal(socket.refusedSends, 0);
});

Deno.test("NativeDatagramSocket bundles by endpoint and keeps each one's order", async () => {
  using stack = new DisposableStack();
  const { socket, other, to } = openPair(stack, libc);
  const second = openPair(stack, libc);
  const { port } = second.other.addr as Deno.NetAddr;
  const also = socket.endpoint("127.0.0.1", port);

  for (let i = 0; i < 200; i++) {
    // Sizes that bundles begin, go on and end with, in turn.
    const bytes = new Array(1 + [5, 5, 3, 9, 9, 9, 2][i % 7]!).fill(i & 0xff);
    queue(socket, i % 3 === 0 ? to : also, ...bytes);
  }
  socket.flush();

  for (let i = 0; i < 200; i++) {
    const [datagram] = await (i % 3 === 0 ? other : second.other).receive();
    assert.equal(datagram.length, 1 + [5, 5, 3, 9, 9, 9, 2][i % 7]!);
    assert.ok(datagram.every((byte) => byte === (i & 0xff)));
  }
});

Deno.test("NativeDatagramSocket.commit() takes only what reserve() gave", () => {
  using stack = new DisposableStack();
  const { socket, to } = openPair(stack, libc);
  const offset = socket.reserve(10);
  for (const [at, size] of [[-1, 1], [offset + 1, 1], [offset, -1]] as const) {
    assert.throws(() => socket.commit(to, at, size), RangeError);
  }
  assert.throws(() => socket.commit(to, offset, 2 ** 30), RangeError);
});

Deno.test("NativeDatagramSocket may be closed while it hands on a datagram", async () => {
  using stack = new DisposableStack();
  const { socket, other } = openPair(stack, libc);
  let received = 0;
  socket.start({
    handleDatagram() {
      received++;
      socket.close();
    },
    handleBatchEnd: () => assert.fail("it is closed"),
  });
  const to = { hostname: "127.0.0.1", port: socket.port };
  for (let i = 0; i < 3; i++) {
    await other.send(Uint8Array.of(i), { transport: "udp", ...to });
  }
  await socket.closed;
  assert.equal(received, 1);
});
