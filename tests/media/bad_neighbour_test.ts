/**
 * Two who watch the same picture, one of them over a link that loses a third of
 * all and who complains all the time, by real sockets.
 *
 * @module
 */
import assert from "node:assert/strict";
import { RtcpWriter } from "../../sfu/rtp/rtcp_writer.ts";
import { RtpView, writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import { LinkModel, PERFECT_LINK } from "../support/link_model.ts";
import { LinkRelay } from "../support/link_relay.ts";
import {
  openTestCallServer,
  type TestCallClient,
} from "../support/test_call_server.ts";
import { openTestPeer, type TestPeer } from "../support/test_peer.ts";
import {
  PAYLOAD_TYPES,
  readSsrcs,
  readTestSdp,
  type TestTrack,
  writeTestAnswer,
} from "../support/test_sdp.ts";
import { seededRandom } from "../support/virtual_time.ts";
import { waitFor } from "../support/wait_for.ts";

const VIDEO: TestTrack = { kind: "video", ssrc: 2222 };
const ROUNDS = 60;
const PACKETS_PER_ROUND = 8;

function packet(sequenceNumber: number, isKeyframe: boolean): Uint8Array {
  const bytes = new Uint8Array(1_000);
  const { ssrc } = VIDEO;
  const timestamp = sequenceNumber * 3_000;
  const payloadType = PAYLOAD_TYPES.video;
  writeRtpHeader(bytes, payloadType, true, sequenceNumber, timestamp, ssrc);
  bytes.set([0x10, isKeyframe ? 0 : 1], 12);
  return bytes;
}

/** Answers the offer of a flow by a peer that has another way to the server. */
async function viewBy(
  port: number,
  client: TestCallClient,
  id: string,
): Promise<{ peer: TestPeer; ssrc: number }> {
  const { sdp } = await client.next("offer", id);
  const peer = await openTestPeer({
    serverHost: "127.0.0.1",
    serverPort: port,
    remote: { ...readTestSdp(sdp), port },
  });
  client.say({ type: "answer", id, sdp: writeTestAnswer(sdp, peer.local) });
  await peer.connect();
  return { peer, ssrc: readSsrcs(sdp)[0]! };
}

/** Misses things, wants keyframes and can take next to nothing, it says. */
function complain(peer: TestPeer, ssrc: number, from: number): void {
  const writer = new RtcpWriter(new Uint8Array(400));
  const missing = Uint16Array.from({ length: 40 }, (_, n) => from + n);
  writer.receiverReport(1, [{
    ssrc,
    fractionLost: 85,
    cumulativeLost: 100,
    extendedHighest: from,
    jitter: 9_000,
    lastSenderReport: 0,
    delaySinceLast: 0,
  }]);
  writer.nack(1, ssrc, missing, missing.length);
  writer.pli(1, ssrc);
  writer.remb(1, 30_000, [ssrc]);
  peer.sendRtcp(writer.packet());
}

Deno.test("who watches over a good way gets every packet once and in order, whatever becomes of a neighbour's", async () => {
  await using server = await openTestCallServer();
  const up = new LinkModel(PERFECT_LINK, seededRandom(1));
  const down = new LinkModel(PERFECT_LINK, seededRandom(2));
  using relay = new LinkRelay({ port: server.port, up, down });
  const [alice, bob, cy] = await Promise.all(
    ["alice", "bob", "cy"].map((name) => server.join(name)),
  );
  const publisher = await alice!.publish("cam", [VIDEO]);
  let sequenceNumber = 100;
  publisher.sendRtp(packet(sequenceNumber, true));
  const good = await bob!.view("cam");
  const { peer: bad, ssrc } = await viewBy(relay.port, cy!, "cam");
  using _closed = bad;
  const got: number[] = [];
  const view = new RtpView();
  let badNumber = 0;
  let badCount = 0;
  good.onRtp = (bytes) => {
    if (view.parse(bytes)) got.push(view.sequenceNumber);
  };
  bad.onRtp = (bytes) => {
    if (view.parse(bytes)) badNumber = view.sequenceNumber;
    badCount++;
  };
  // Both get what is sent, before one of them has it hard.
  await waitFor("both", () => {
    publisher.sendRtp(packet(++sequenceNumber, true));
    return Math.min(got.length, badCount);
  }, (count) => count > 0);
  up.conditions = down.conditions = { ...PERFECT_LINK, loss: 0.3 };

  const from = sequenceNumber;
  for (let round = 1; round <= ROUNDS; round++) {
    for (let n = 0; n < PACKETS_PER_ROUND; n++) {
      publisher.sendRtp(packet(++sequenceNumber, n === 0));
    }
    complain(bad, ssrc, badNumber - 40 & 0xffff);
    const sent = sequenceNumber - from;
    // The network is the machine's own: what does not come was not sent.
    await waitFor(`round ${round}`, () => got.length, (all) => all >= sent);
  }
  const first = got[0]!;
  assert.deepEqual(got, got.map((_, n) => first + n & 0xffff));
  assert.ok(down.lostPackets > 50, `${down.lostPackets} lost beside`);
});
