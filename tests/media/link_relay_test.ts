import assert from "node:assert/strict";
import { LinkModel, PERFECT_LINK } from "../support/link_model.ts";
import { LinkRelay } from "../support/link_relay.ts";
import { seededRandom } from "../support/virtual_time.ts";

function listen(): Deno.DatagramConn {
  return Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: 0,
  });
}

Deno.test("LinkRelay joins a client and a server, by links that lose and delay", async () => {
  const server = listen();
  const client = listen();
  const up = new LinkModel(PERFECT_LINK, seededRandom(1));
  const down = new LinkModel(
    { ...PERFECT_LINK, delayMs: 20 },
    seededRandom(1),
  );
  const { port } = server.addr as Deno.NetAddr;
  const relay = new LinkRelay({ port, up, down });
  try {
    const there: Deno.NetAddr = {
      transport: "udp",
      hostname: "127.0.0.1",
      port: relay.port,
    };
    up.outage(performance.now() + 1e6);
    await client.send(Uint8Array.of(0), there);
    // What the relay has lost, it has seen; the next one it lets through.
    while (up.lostPackets === 0) await new Promise((go) => setTimeout(go, 1));
    up.outage(-Infinity);
    await client.send(Uint8Array.of(1), there);
    const [ping, from] = await server.receive();
    assert.deepEqual([...ping], [1]);

    const sentMs = performance.now();
    for (const number of [2, 3, 4]) {
      await server.send(Uint8Array.of(number), from);
    }
    const arrived: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      const [pong, back] = await client.receive();
      arrived.push(...pong);
      assert.equal((back as Deno.NetAddr).port, relay.port);
    }
    // What is due in one millisecond comes in no order: it is UDP.
    assert.deepEqual(arrived.sort(), [2, 3, 4]);
    assert.ok(
      performance.now() - sentMs >= 19,
      "no sooner than the link allows",
    );
    assert.equal(down.deliveredBytes, 3 * 29);
  } finally {
    relay.close();
    server.close();
    client.close();
  }
});
