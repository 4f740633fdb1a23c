/**
 * Media in threads of its own: calls go on in them, each group in one, and a
 * thread that dies is replaced.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createSystemClock } from "../../clock.ts";
import { createLog } from "../../log.ts";
import { writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import type { PortSet } from "../../sfu/transport/native/choose_ports.ts";
import { openMedia } from "../../sfu/workers/open_media.ts";
import { WorkerOpenError } from "../../sfu/workers/worker_thread.ts";
import {
  type TestCallClient,
  TestCallServer,
} from "../support/test_call_server.ts";
import type { TestPeer } from "../support/test_peer.ts";
import { PAYLOAD_TYPES, type TestTrack } from "../support/test_sdp.ts";
import { waitFor, waitForValue } from "../support/wait_for.ts";

const AUDIO: TestTrack = { kind: "audio", ssrc: 1111 };
const HOST = "127.0.0.1";
const PORT_SETS: readonly PortSet[] = Deno.build.os === "linux"
  ? ["native", "portable"]
  : ["portable"];

/** What statistics tell of a group, as far as it is looked at here. */
interface Told {
  readonly name: string;
  readonly clients: readonly {
    readonly id: string;
    readonly up?: readonly ToldFlow[];
    readonly down?: readonly ToldFlow[];
  }[];
}

interface ToldFlow {
  readonly tracks: readonly {
    readonly bitrate: number;
    readonly asked: number;
    readonly repaired: number;
    readonly keyframeRequests: number;
    readonly pauses?: number;
  }[];
}

/** A server whose media is in that many threads, and what it logs. */
async function openServer(
  workers: number,
  portSet: PortSet = PORT_SETS[0]!,
  pingIntervalMs = 1_000,
) {
  const lines: string[] = [];
  const media = await openMedia({
    workers,
    module: new URL("../support/test_media_worker.ts", import.meta.url),
    hostname: "::",
    port: 0,
    reservedTcpPorts: [],
    publicAddresses: [HOST],
    portSet,
    clock: createSystemClock(),
    log: createLog("debug", (line) => lines.push(line)),
    pingIntervalMs,
  });
  return { server: new TestCallServer(HOST, media), media, lines };
}

/** Sends sound until something is so. */
async function feed(publisher: TestPeer, until: () => boolean): Promise<void> {
  await waitForValue("what sound leads to", () => {
    const n = numbers.get(publisher) ?? 0;
    numbers.set(publisher, n + 1);
    const packet = new Uint8Array(100);
    writeRtpHeader(packet, PAYLOAD_TYPES.audio, false, n, n * 960, AUDIO.ssrc);
    publisher.sendRtp(packet);
    return until() ? true : undefined;
  });
}

/** The next packet's number. */
const numbers = new WeakMap<TestPeer, number>();

/** Sends sound until some of it arrives. */
async function arrives(from: TestPeer, to: TestPeer): Promise<void> {
  let received = 0;
  to.onRtp = () => received++;
  await feed(from, () => received > 0);
}

/** One publishes `cam`, as many others view it; all are connected. */
async function startCall(server: TestCallServer, group: string, viewers = 1) {
  const alice = await server.join(`alice-${group}`, group);
  const others = await Promise.all(
    Array.from(
      { length: viewers },
      (_, n) => server.join(`viewer${n}-${group}`, group),
    ),
  );
  const id = `cam-${group}`;
  const publisher = await alice.publish(id, [AUDIO]);
  const first = others[0]!;
  const viewing = first.view(id);
  await feed(publisher, () => first.all("offer", id).length > 0);
  const peers = [
    await viewing,
    ...await Promise.all(others.slice(1).map((other) => other.view(id))),
  ];
  for (const peer of peers) await arrives(publisher, peer);
  return { alice, others, publisher, peers, id };
}

const portOf = (client: TestCallClient, id: string) =>
  /^a=candidate:(?:\S+ ){5}(\d+) /m
    .exec(client.all("answer", id).at(-1)?.sdp ?? "")?.[1];

for (const portSet of PORT_SETS) {
  Deno.test(`each group has one of the media workers (${portSet} ports)`, async () => {
    const { server, media, lines } = await openServer(2, portSet);
    const calls = [
      await startCall(server, "a", 2),
      await startCall(server, "b"),
    ];
    // Both tracks of a group, wherever there is more room.
    const other = calls[0]!.others[0]!;
    await other.publish("second-a", [AUDIO]);

    const ports = calls.map(({ alice, id }) => portOf(alice, id));
    assert.equal(new Set(ports).size, 2);
    assert.deepEqual(new Set(ports), new Set(media.ports.map(String)));
    assert.equal(portOf(other, "second-a"), ports[0]);
    await server.close();
    assert.deepEqual(lines, []);
  });
}

Deno.test("B.6 statistics tell of the flows of all media workers", async () => {
  const { server, lines } = await openServer(2);
  const calls = [
    await startCall(server, "a", 2),
    await startCall(server, "b"),
  ];
  const [portA, portB] = calls.map(({ alice, id }) => portOf(alice, id));
  assert.notEqual(portA, portB, "two workers");
  const groups = await waitFor(
    "bit rates of all flows",
    async () => {
      for (const { publisher, peers } of calls) {
        await arrives(publisher, peers[0]!);
      }
      return await server.app.statistics() as readonly Told[];
    },
    (groups) =>
      groups.flatMap(({ clients }) => clients)
        .flatMap(({ up = [], down = [] }) => [...up, ...down])
        .every(({ tracks }) => (tracks[0]?.bitrate ?? 0) > 0),
  );
  assert.deepEqual(
    groups.map(({ name, clients }) => [
      name,
      clients.map(({ id, up = [], down = [] }) => [id, up.length, down.length]),
    ]),
    [
      ["a", [["alice-a", 1, 0], ["viewer0-a", 0, 1], ["viewer1-a", 0, 1]]],
      ["b", [["alice-b", 1, 0], ["viewer0-b", 0, 1]]],
    ],
  );
  for (const { clients } of groups) {
    for (const { up = [], down = [] } of clients) {
      const [track] = [...up, ...down][0]!.tracks;
      const { asked, repaired, keyframeRequests } = track!;
      assert.deepEqual([asked, repaired, keyframeRequests], [0, 0, 0]);
      if (down.length > 0) assert.equal(track!.pauses, 0);
    }
  }
  await server.close();
  assert.deepEqual(lines, []);
});

for (
  const [way, reason] of [
    ["crash", "The test wants it"],
    ["hang", "it gives no sign of life"],
  ] as const
) {
  for (const workers of [1, 2]) {
    Deno.test(`after the ${way} of one of ${workers} media workers its groups' clients renegotiate`, async () => {
      const { server, lines } = await openServer(workers, PORT_SETS[0], 300);
      const lucky = workers > 1 ? await startCall(server, "lucky") : undefined;
      const call = await startCall(server, "unlucky");
      const { alice, others: [bob], id } = call;
      const evil = await server.join("evil", "unlucky");
      evil.say({ type: "offer", id: "fatal", label: "", sdp: way });

      await alice.next("renegotiate", id);
      await bob!.next("close", id);
      // One who comes now waits like the others.
      const late = await server.join("late", "unlucky");
      const publisher = await alice.publish(id, [AUDIO]);
      const offered = () =>
        bob!.all("offer", id).length > 1 && late.all("offer", id).length > 0;
      await feed(publisher, offered);
      await arrives(publisher, await bob!.view(id, 1));
      await arrives(publisher, await late.view(id));

      if (lucky !== undefined) {
        await arrives(lucky.publisher, lucky.peers[0]!);
        assert.deepEqual(lucky.alice.all("renegotiate"), []);
      }
      await server.close();
      const deaths = lines.filter((line) => line.includes("media worker died"));
      assert.equal(deaths.length, 1);
      assert.ok(deaths[0]!.includes(reason), lines.join());
    });
  }
}

Deno.test("media workers say which port they cannot have", async () => {
  const taken = Deno.listenDatagram({
    transport: "udp",
    hostname: "0.0.0.0",
    port: 0,
  });
  const { port } = taken.addr as Deno.NetAddr;
  const opening = openMedia({
    workers: 1,
    module: new URL("../../media_worker.ts", import.meta.url),
    hostname: "::",
    port,
    reservedTcpPorts: [],
    publicAddresses: [],
    portSet: PORT_SETS[0]!,
    clock: createSystemClock(),
    log: createLog("error", () => {}),
  });
  await assert.rejects(opening, (error) => {
    assert.ok(error instanceof WorkerOpenError);
    assert.equal(error.reason, "in-use");
    return true;
  });
  taken.close();
});
