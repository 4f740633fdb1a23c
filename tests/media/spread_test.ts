/**
 * A group that is too large for one media worker: those who come later are
 * served by another, and get the same.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createSystemClock } from "../../clock.ts";
import { createLog } from "../../log.ts";
import { readRtcp } from "../../sfu/rtp/rtcp_reader.ts";
import { RtcpWriter } from "../../sfu/rtp/rtcp_writer.ts";
import { RtpView, writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import { openMedia } from "../../sfu/workers/open_media.ts";
import {
  type TestCallClient,
  TestCallServer,
} from "../support/test_call_server.ts";
import type { TestPeer } from "../support/test_peer.ts";
import {
  PAYLOAD_TYPES,
  readSsrcs,
  readTestSdp,
  type TestTrack,
} from "../support/test_sdp.ts";
import { waitForValue } from "../support/wait_for.ts";

const HOST = "127.0.0.1";
const AUDIO: TestTrack = { kind: "audio", ssrc: 1111 };
const VIDEO: TestTrack = { kind: "video", ssrc: 2222 };
const TRACKS = [AUDIO, VIDEO];

/** As many peers as one worker has before others are used. */
const SPREAD_PEERS = 3;

/** The bytes with which VP8 frames of one packet begin (RFC 7741 §4.2, §4.3). */
const KEYFRAME = [0x10, 0x00, 0, 0, 0x9d, 0x01, 0x2a];
const INTERFRAME = [0x10, 0x01];

/**
 * Both kinds of packets of one publisher, every 10 ms, until it is disposed. A
 * frame is a keyframe only if one was asked for.
 */
class Feed implements Disposable {
  /** How many keyframes its viewers have asked for. */
  keyframesWanted = 0;
  readonly #timer: ReturnType<typeof setInterval>;
  #sequenceNumber = 1;
  #isWanted = true;

  constructor(publisher: TestPeer) {
    publisher.onRtcp = (packet) => {
      readRtcp(packet, {
        pli: () => {
          this.keyframesWanted++;
          this.#isWanted = true;
        },
      });
    };
    this.#timer = setInterval(() => this.#send(publisher), 10);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #send(publisher: TestPeer): void {
    const n = this.#sequenceNumber++;
    const picture = this.#isWanted ? KEYFRAME : INTERFRAME;
    this.#isWanted = false;
    for (const { kind, ssrc } of TRACKS) {
      const packet = new Uint8Array(1_000);
      const timestamp = n * (kind === "audio" ? 480 : 900);
      writeRtpHeader(packet, PAYLOAD_TYPES[kind], true, n, timestamp, ssrc);
      packet.set(kind === "video" ? picture : [], 12);
      packet[999] = n & 0xff;
      publisher.sendRtp(packet);
    }
  }
}

/** What a viewer has got, by SSRC: the last byte of each packet, in order. */
function listen(peer: TestPeer): Map<number, number[]> {
  const view = new RtpView();
  const heard = new Map<number, number[]>();
  peer.onRtp = (packet) => {
    if (!view.parse(packet, 0, packet.length)) return;
    const bytes = heard.get(view.ssrc) ?? [];
    heard.set(view.ssrc, bytes);
    bytes.push(packet.at(-1)!);
  };
  return heard;
}

/** Views a flow; where it comes from, and what of it. */
async function watch(client: TestCallClient, id: string) {
  const peer = await client.view(id);
  const { sdp } = client.all("offer", id)[0]!;
  const heard = listen(peer);
  const [audio = 0, video = 0] = readSsrcs(sdp);
  await waitForValue(
    "both tracks to come",
    () =>
      (heard.get(audio)?.length ?? 0) > 5 && (heard.get(video)?.length ?? 0) > 5
        ? true
        : undefined,
  );
  return { peer, heard, audio, video, port: readTestSdp(sdp).port };
}

async function openServer(workers: number) {
  const lines: string[] = [];
  const media = await openMedia({
    workers,
    module: new URL("../support/test_media_worker.ts", import.meta.url),
    hostname: "::",
    port: 0,
    publicAddresses: [HOST],
    portSet: Deno.build.os === "linux" ? "native" : "portable",
    clock: createSystemClock(),
    log: createLog("warn", (line) => lines.push(line)),
    pingIntervalMs: 300,
    spreadPeers: SPREAD_PEERS,
    reservedTcpPorts: [],
  });
  return { server: new TestCallServer(HOST, media), media, lines };
}

/** Alice publishes to four, of whom the last two find the worker full. */
async function startCall(server: TestCallServer) {
  const alice = await server.join("alice");
  const publisher = await alice.publish("cam", TRACKS);
  const feed = new Feed(publisher);
  const viewers = [];
  for (let n = 0; n < 4; n++) {
    const client = await server.join(`viewer${n}`);
    viewers.push({ client, ...await watch(client, "cam") });
  }
  return { alice, publisher, feed, viewers };
}

/** Whether each packet is the next one after that before it. */
const isGapless = (bytes: readonly number[]) =>
  bytes.every((byte, n) => n === 0 || byte === (bytes[n - 1]! + 1 & 0xff));

Deno.test("a group that is large is served by several media workers", async () => {
  const { server, media, lines } = await openServer(2);
  const { alice, feed, viewers } = await startCall(server);
  const home = readTestSdp(alice.all("answer", "cam")[0]!.sdp).port;
  const other = media.ports.find((port) => port !== home);
  assert.deepEqual(
    viewers.map(({ port }) => port),
    [home, home, other, other],
  );
  // Nothing is lost on the way from one worker to the other.
  const last = viewers.at(-1)!;
  for (const ssrc of [last.audio, last.video]) {
    assert.ok(isGapless(last.heard.get(ssrc)!), `${last.heard.get(ssrc)}`);
  }
  // What they want reaches the publisher.
  const before = feed.keyframesWanted;
  const writer = new RtcpWriter(new Uint8Array(100));
  writer.receiverReport(1, []);
  writer.pli(1, last.video);
  last.peer.sendRtcp(writer.packet());
  await waitForValue(
    "the request for a keyframe",
    () => feed.keyframesWanted > before ? true : undefined,
  );

  // What is told of them all is told once.
  const [group] = await server.app.statistics() as {
    clients: { id: string; up?: unknown[]; down?: unknown[] }[];
  }[];
  const counts = group!.clients.map(({ id, up, down }) => [
    id,
    up?.length ?? 0,
    down?.length ?? 0,
  ]);
  assert.deepEqual(counts.sort(), [
    ["alice", 1, 0],
    ["viewer0", 0, 1],
    ["viewer1", 0, 1],
    ["viewer2", 0, 1],
    ["viewer3", 0, 1],
  ]);

  // Who is served elsewhere hears of the end like the others.
  alice.say({ type: "close", id: "cam" });
  for (const { client } of viewers) await client.next("close", "cam");
  feed[Symbol.dispose]();
  await server.close();
  assert.deepEqual(lines, []);
});

Deno.test("a media worker that others help may die, and so may one that helps", async () => {
  const { server, lines } = await openServer(2);
  const { alice, feed, viewers } = await startCall(server);
  const [near, , far] = viewers;
  const id = "cam";

  // The one that helps: only its viewers are offered the flow anew.
  const evil = await server.join("evil", "elsewhere");
  evil.say({ type: "offer", id: "fatal", label: "", sdp: "crash" });
  const again = await far!.client.view(id, 1);
  const heard = listen(again);
  await waitForValue("sound", () => heard.size > 0 ? true : undefined);
  assert.equal(near!.client.all("offer", id).length, 1);
  assert.deepEqual(alice.all("renegotiate"), []);

  // The one with the connection: all are, as soon as it is there again.
  const worse = await server.join("worse");
  worse.say({ type: "offer", id: "fatal2", label: "", sdp: "crash" });
  await alice.next("renegotiate", id);
  feed[Symbol.dispose]();
  const publisher = await alice.publish(id, TRACKS);
  const fresh = new Feed(publisher);
  const nearAgain = listen(await near!.client.view(id, 1));
  await waitForValue("sound", () => nearAgain.size > 0 ? true : undefined);
  const nth = far!.client.all("offer", id).length;
  const farAgain = listen(await far!.client.view(id, Math.max(2, nth - 1)));
  await waitForValue("sound", () => farAgain.size > 0 ? true : undefined);
  fresh[Symbol.dispose]();
  await server.close();
  const deaths = lines.filter((line) => line.includes("media worker died"));
  assert.equal(deaths.length, 2, lines.join("\n"));
});
