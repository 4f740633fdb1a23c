import assert from "node:assert/strict";

import { testWithPorts } from "../../../tests/support/port_sets.ts";
import {
  openTestHub,
  type TestHub,
  until,
} from "../../../tests/support/test_hub.ts";
import { TestTcpSocket } from "../../../tests/support/test_tcp_socket.ts";
import { encodeBindingRequest } from "../stun_encode.ts";
import { MAX_FRAME_BYTES } from "./frame_reader.ts";
import { QUEUE_BYTES } from "./tcp_connection.ts";

const overTcp = { openSocket: () => new TestTcpSocket() };

function connectTo({ host: hostname, port }: TestHub): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname, port });
}

/** Waits until the server has closed a connection; what it said before that. */
async function lastWords(conn: Deno.TcpConn): Promise<number> {
  let total = 0;
  try {
    const buffer = new Uint8Array(65_536);
    for (let n; (n = await conn.read(buffer)) !== null;) total += n;
  } catch (error) {
    assert.ok(error instanceof Deno.errors.ConnectionReset, String(error));
  }
  conn.close();
  return total;
}

function framed(payload: Uint8Array): Uint8Array {
  return Uint8Array.of(payload.length >> 8, payload.length & 255, ...payload);
}

testWithPorts(
  "A peer connects over TCP and gets media both ways, as over UDP (RFC 6544)",
  async (openPorts) => {
    using hub = await openTestHub(openPorts);
    const byTcp = await hub.call(overTcp);
    const byUdp = await hub.call();
    for (const call of [byTcp, byUdp, byTcp]) {
      await call.arrives();
      await call.returns();
    }
    assert.equal(byTcp.observer.connected, 1);
    assert.deepEqual(hub.errors, []);
  },
);

Deno.test("A peer goes from UDP to TCP and back without a new negotiation", async () => {
  using hub = await openTestHub();
  const call = await hub.call();
  await call.returns();
  await call.peer.move(overTcp.openSocket);
  await call.arrives();
  await call.returns();
  await call.peer.move();
  await call.arrives();
  await call.returns();
  assert.equal(call.observer.connected, 1);
});

Deno.test("A connection that ends is forgotten, and media goes where a check came from before", async () => {
  using hub = await openTestHub();
  const call = await hub.call();
  const udpOnly = hub.endpointCount();
  const conn = await connectTo(hub);
  const request = call.peer.ice.request({ useCandidate: true });
  const { icePwd } = call.peer.ice.remote;
  await conn.write(framed(encodeBindingRequest(request, icePwd)));
  await conn.read(new Uint8Array(512)); // The answer: it is nominated now.
  assert.equal(hub.endpointCount(), udpOnly + 1);
  conn.close();
  await until(() => hub.endpointCount() === udpOnly);
  await call.returns();
});

Deno.test("A stranger's connection ends with its first frame that is no authentic check", async () => {
  using hub = await openTestHub();
  const call = await hub.call();
  const request = call.peer.ice.request();
  const frames = [
    Uint8Array.of(0, 1, 0),
    new Uint8Array(100).fill(0x80),
    Uint8Array.of(22, 254, 253),
    encodeBindingRequest(request, "not-the-password-of-anybody"),
  ];
  for (const frame of frames) {
    const conn = await connectTo(hub);
    await conn.write(framed(frame));
    assert.equal(await lastWords(conn), 0);
  }
  await call.arrives();
});

Deno.test("A frame that is too long ends its connection, whoever sends it", async () => {
  using hub = await openTestHub();
  const call = await hub.call(overTcp);
  const before = hub.endpointCount();
  const conn = await connectTo(hub);
  await conn.write(framed(new Uint8Array(MAX_FRAME_BYTES + 1)).subarray(0, 9));
  assert.equal(await lastWords(conn), 0);
  await until(() => hub.endpointCount() === before);
  await call.arrives();
});

Deno.test("Strangers who say nothing are sent away in time, and a thousand of them keep nobody out", async () => {
  using hub = await openTestHub(undefined, "127.0.0.1", {
    strangersPerNetwork: 50,
    strangerMs: 0,
  });
  const idle: Deno.TcpConn[] = [];
  for (let n = 0; n < 1_000; n++) {
    idle.push(await connectTo(hub));
    assert.ok(hub.endpointCount() <= 50);
  }
  const call = await hub.call(overTcp);
  await call.arrives();
  await Promise.all(idle.map(lastWords));
  assert.equal(hub.endpointCount(), 1);
  await call.returns();
});

Deno.test("A client that does not read loses packets, then its connection, and keeps nobody waiting", async () => {
  using hub = await openTestHub(undefined, "127.0.0.1", { stalledMs: 0 });
  const other = await hub.call(overTcp);
  const slow = await hub.call();
  const conn = await connectTo(hub);
  const request = slow.peer.ice.request({ useCandidate: true });
  await conn.write(
    framed(encodeBindingRequest(request, slow.peer.ice.remote.icePwd)),
  );
  await conn.read(new Uint8Array(512));
  const endpoints = hub.endpointCount();

  const header = new Uint8Array(12).fill(0x80);
  const payload = new Uint8Array(1_200);
  let sequence = 0;
  do {
    for (let sent = 0; sent <= QUEUE_BYTES; sent += payload.length) {
      new DataView(header.buffer).setUint16(2, sequence++ & 0xffff);
      slow.transport.sendRtp(header, payload);
    }
    assert.ok(hub.hub.dropped["send-refused"] > 0);
    hub.hub.flush();
    await other.returns();
  } while (hub.endpointCount() === endpoints);
  await lastWords(conn);
  await slow.returns();
});
