/**
 * Peers whose way to the server changes in mid-call.
 *
 * @module
 */
import assert from "node:assert/strict";
import { writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import {
  ForwardClock,
  openTestCallServer,
  type TestCallServer,
} from "../support/test_call_server.ts";
import type { TestPeer } from "../support/test_peer.ts";
import {
  PAYLOAD_TYPES,
  readTestSdp,
  type TestTrack,
  writeTestAnswer,
} from "../support/test_sdp.ts";
import { TestTcpSocket } from "../support/test_tcp_socket.ts";
import { waitForValue } from "../support/wait_for.ts";

const AUDIO: TestTrack = { kind: "audio", ssrc: 1111 };

/** Sound from Alice to Bob, over whatever ways. */
async function startSound(server: TestCallServer) {
  const alice = await server.join("alice");
  const bob = await server.join("bob");
  const publisher = await alice.publish("cam", [AUDIO]);
  let sequence = 0;
  const say = () => {
    const bytes = new Uint8Array(100);
    const { ssrc } = AUDIO;
    sequence++;
    writeRtpHeader(
      bytes,
      PAYLOAD_TYPES.audio,
      true,
      sequence & 0xffff,
      sequence * 960,
      ssrc,
    );
    publisher.sendRtp(bytes);
  };
  say();
  const viewer = await bob.view("cam");
  /** Waits until what is said from now on is heard. */
  const isHeard = async (by: TestPeer = viewer) => {
    let heard = 0;
    by.onRtp = () => heard++;
    await waitForValue("sound", () => {
      say();
      return heard > 3 ? true : undefined;
    });
  };
  return { alice, bob, publisher, viewer, isHeard };
}

for (const host of ["127.0.0.1", "::1"]) {
  Deno.test(`Who changes networks goes on without a new negotiation (by ${host})`, async () => {
    await using server = await openTestCallServer(undefined, host);
    const call = await startSound(server);
    await call.isHeard();
    const before = [call.alice, call.bob].map(({ messages }) =>
      messages.length
    );
    const overTcp = () => new TestTcpSocket();
    for (const openSocket of [undefined, overTcp, undefined]) {
      for (const peer of [call.publisher, call.viewer]) {
        const { port } = peer;
        await peer.move(openSocket);
        assert.notEqual(peer.port, port);
        await call.isHeard();
      }
    }
    const after = [call.alice, call.bob].map(({ messages }) => messages.length);
    assert.deepEqual(after, before);
  });
}

Deno.test("A viewer that has lost its way asks for another, and gets it without a new flow (A-54)", async () => {
  await using server = await openTestCallServer();
  const { bob, viewer, isHeard } = await startSound(server);
  await isHeard();
  const first = readTestSdp((await bob.next("offer", "cam")).sdp);
  bob.say({ type: "renegotiate", id: "cam" });
  const { sdp } = await waitForValue(
    "another offer",
    () => bob.all("offer", "cam")[1],
  );
  const remote = readTestSdp(sdp);
  assert.notEqual(remote.iceUfrag, first.iceUfrag);
  assert.deepEqual(remote.fingerprint, first.fingerprint);
  // Media goes on meanwhile, by the way that there was.
  await isHeard();
  viewer.ice.restart(remote);
  bob.say({
    type: "answer",
    id: "cam",
    sdp: writeTestAnswer(sdp, viewer.local),
  });
  await viewer.move();
  await isHeard();
  assert.deepEqual(bob.all("close"), []);
});

Deno.test("A publisher that has lost its way offers anew, and its viewers notice nothing (A-54)", async () => {
  await using server = await openTestCallServer();
  const { alice, bob, publisher, isHeard } = await startSound(server);
  await isHeard();
  const offers = bob.all("offer").length;
  const before = { ...publisher.ice.remote };
  publisher.ice.restart(before);
  alice.offer("cam", [AUDIO], publisher);
  const { sdp } = await waitForValue(
    "another answer",
    () => alice.all("answer", "cam")[1],
  );
  publisher.ice.remote = readTestSdp(sdp);
  assert.notEqual(publisher.ice.remote.iceUfrag, before.iceUfrag);
  await publisher.move();
  await isHeard();
  assert.equal(bob.all("offer").length, offers);
  assert.deepEqual(bob.all("close"), []);
});

Deno.test("B-10 Who has not been heard of for the time of consent restarts ICE when the server asks, and goes on", async () => {
  const clock = new ForwardClock();
  await using server = await openTestCallServer(undefined, undefined, {
    clock,
  });
  const { alice, bob, publisher, viewer, isHeard } = await startSound(server);
  await isHeard();
  const first = {
    publisher: publisher.ice.remote.iceUfrag,
    viewer: viewer.ice.remote.iceUfrag,
  };
  // RFC 7675 §5.1: consent ends after 30 seconds without a check.
  clock.advance(31_000);

  // The publisher is asked to offer anew, with ICE restarted.
  await alice.next("renegotiate", "cam");
  publisher.ice.restart({ ...publisher.ice.remote });
  alice.offer("cam", [AUDIO], publisher);
  const answer = await waitForValue(
    "another answer",
    () => alice.all("answer", "cam")[1],
  );
  publisher.ice.remote = readTestSdp(answer.sdp);
  assert.notEqual(publisher.ice.remote.iceUfrag, first.publisher);
  await publisher.move();

  // The viewer gets an offer, with ICE restarted.
  const { sdp } = await waitForValue(
    "another offer",
    () => bob.all("offer", "cam")[1],
  );
  const remote = readTestSdp(sdp);
  assert.notEqual(remote.iceUfrag, first.viewer);
  viewer.ice.restart(remote);
  bob.say({
    type: "answer",
    id: "cam",
    sdp: writeTestAnswer(sdp, viewer.local),
  });
  await viewer.move();
  await isHeard();
  assert.deepEqual([...alice.all("abort"), ...bob.all("close")], []);
});
