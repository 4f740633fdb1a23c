import assert from "node:assert/strict";
import { testDatagramSocket } from "./datagram_socket_contract.ts";
import { openDenoDatagramSocket } from "./deno_datagram_socket.ts";

testDatagramSocket("openDenoDatagramSocket()", openDenoDatagramSocket);

Deno.test("openDenoDatagramSocket() falls back to IPv4 where there is no IPv6", () => {
  const tried: string[] = [];
  const socket = openDenoDatagramSocket({
    hostname: "::",
    port: 0,
    listen: (options) => {
      tried.push(options.hostname ?? "");
      if (options.hostname === "::") {
        throw new Error("Address family not supported");
      }
      return Deno.listenDatagram({ ...options, hostname: "127.0.0.1" });
    },
  });
  socket.close();

  assert.deepEqual(tried, ["::", "0.0.0.0"]);
});

Deno.test("openDenoDatagramSocket() throws if the port is in use", () => {
  const first = openDenoDatagramSocket({ hostname: "::", port: 0 });
  try {
    assert.throws(
      () => openDenoDatagramSocket({ hostname: "::", port: first.port }),
      Deno.errors.AddrInUse,
    );
  } finally {
    first.close();
  }
});

Deno.test("openDenoDatagramSocket() reads on after a failed receive", async () => {
  let failures = 3;
  const conn = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: 0,
  });
  const receive = conn.receive.bind(conn);
  conn.receive = (buffer) =>
    failures-- > 0
      ? Promise.reject(new Error("out of memory"))
      : receive(buffer);
  const socket = openDenoDatagramSocket({
    hostname: "127.0.0.1",
    port: 0,
    listen: () => conn,
  });
  const received = new Promise<string>((resolve) => {
    socket.start({
      handleDatagram: (_from, bytes) =>
        resolve(new TextDecoder().decode(bytes)),
      handleBatchEnd: () => {},
    });
  });

  await conn.send(new TextEncoder().encode("hello"), conn.addr);

  assert.equal(await received, "hello");
  assert.ok(failures < 0);
  socket.close();
});
