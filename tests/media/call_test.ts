import assert from "node:assert/strict";
import { RtpView, writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import { testWithPorts } from "../support/port_sets.ts";
import {
  openTestCallServer,
  type TestCallServer,
} from "../support/test_call_server.ts";
import type { TestPeer } from "../support/test_peer.ts";
import {
  PAYLOAD_TYPES,
  readSsrcs,
  type TestTrack,
} from "../support/test_sdp.ts";
import { waitForValue } from "../support/wait_for.ts";

const AUDIO: TestTrack = { kind: "audio", ssrc: 1111 };
const VIDEO: TestTrack = { kind: "video", ssrc: 2222 };
const KEYFRAME = [0x10, 0x00];
const DELTA = [0x10, 0x01];

function packet(
  track: TestTrack,
  sequenceNumber: number,
  start = DELTA,
): Uint8Array {
  const bytes = new Uint8Array(200);
  writeRtpHeader(
    bytes,
    PAYLOAD_TYPES[track.kind],
    true,
    sequenceNumber & 0xffff,
    sequenceNumber * 3000,
    track.ssrc,
  );
  bytes.set(start, 12);
  return bytes;
}

/** What a viewer gets, in order. */
class Received {
  readonly packets: RtpView[] = [];

  constructor(peer: TestPeer) {
    peer.onRtp = (bytes) => {
      const view = new RtpView();
      assert.ok(view.parse(bytes.slice()));
      this.packets.push(view);
    };
  }

  /** Waits until so many have come with this payload type. */
  async count(payloadType: number, least: number): Promise<RtpView[]> {
    return await waitForValue(`${least} packets of ${payloadType}`, () => {
      const found = this.packets.filter((view) =>
        view.payloadType === payloadType
      );
      return found.length >= least ? found : undefined;
    });
  }
}

/** Alice publishes one track as `cam`; Bob is connected and gets what comes. */
async function startCall(
  server: TestCallServer,
  track: TestTrack,
  sequenceNumber: number,
) {
  const alice = await server.join("alice");
  const bob = await server.join("bob");
  const publisher = await alice.publish("cam", [track]);
  publisher.sendRtp(packet(track, sequenceNumber, KEYFRAME));
  const viewer = await bob.view("cam");
  return { alice, bob, publisher, viewer, received: new Received(viewer) };
}

for (const host of ["127.0.0.1", "::1"]) {
  testWithPorts(
    `a flow goes from one client to another by ${host}`,
    async (openPorts) => {
      await using server = await openTestCallServer(openPorts, host);
      const alice = await server.join("alice");
      const bob = await server.join("bob");
      const publisher = await alice.publish("cam", [AUDIO, VIDEO]);
      publisher.sendRtp(packet(AUDIO, 1));
      publisher.sendRtp(packet(VIDEO, 1, KEYFRAME));
      const viewer = await bob.view("cam");
      const received = new Received(viewer);
      for (let seq = 2; seq < 12; seq++) {
        publisher.sendRtp(packet(AUDIO, seq));
        publisher.sendRtp(packet(VIDEO, seq, KEYFRAME));
      }
      const sound = await received.count(111, 10);
      const picture = await received.count(96, 10);
      const [soundSsrc, pictureSsrc] = readSsrcs((await bob.next("offer")).sdp);
      assert.ok(sound.every((view) => view.ssrc === soundSsrc));
      assert.ok(picture.every((view) => view.ssrc === pictureSsrc));
      assert.notEqual(pictureSsrc, VIDEO.ssrc);
      assert.equal(picture[0]!.payloadSize, 188);
    },
  );
}

testWithPorts(
  "300 packets lost across the wrap do no harm on either side",
  async (openPorts) => {
    await using server = await openTestCallServer(openPorts);
    const { publisher, viewer, received } = await startCall(
      server,
      VIDEO,
      65_300,
    );
    /** Sends until one that has this distance from the first has come. */
    const reach = async (from: number) => {
      let next = from;
      await waitForValue(`packets from ${from} on`, () => {
        publisher.sendRtp(packet(VIDEO, next++, KEYFRAME));
        const first = received.packets[0];
        const last = received.packets.at(-1);
        if (first === undefined || last === undefined) return undefined;
        const distance = (last.sequenceNumber - first.sequenceNumber) & 0xffff;
        return distance >= from - 65_300 ? true : undefined;
      });
    };
    await reach(65_399);
    // What is between is lost: 300 packets, less what it took to notice.
    await reach(65_700);
    assert.equal(viewer.refused, 0);
  },
);

testWithPorts("a viewer whose own numbers wrap goes on", async (openPorts) => {
  await using server = await openTestCallServer(openPorts);
  const { publisher, viewer, received } = await startCall(server, AUDIO, 0);
  publisher.sendRtp(packet(AUDIO, 1));
  await received.count(111, 1);
  // In steps that count as loss, not as a restart, twice around.
  for (let step = 1; step <= 60; step++) {
    publisher.sendRtp(packet(AUDIO, 1 + step * 2_500));
    await received.count(111, 1 + step);
  }
  assert.equal(viewer.refused, 0);
});

testWithPorts("a replayed packet is not forwarded again", async (openPorts) => {
  await using server = await openTestCallServer(openPorts);
  const { publisher, received } = await startCall(server, AUDIO, 1);
  let sealed = new Uint8Array();
  publisher.onSend = (datagram) => sealed = datagram.slice();
  publisher.sendRtp(packet(AUDIO, 2));
  for (let i = 0; i < 5; i++) publisher.sendRaw(sealed.slice());
  publisher.sendRtp(packet(AUDIO, 3));
  await received.count(111, 2);
  const [first, second] = received.packets;
  assert.equal(received.packets.length, 2);
  assert.equal((second!.sequenceNumber - first!.sequenceNumber) & 0xffff, 1);
});

testWithPorts(
  "a replaced flow goes on until the new one is live, without a close",
  async (openPorts) => {
    await using server = await openTestCallServer(openPorts);
    const alice = await server.join("alice");
    const bob = await server.join("bob");
    const oldPublisher = await alice.publish("old", [VIDEO]);
    oldPublisher.sendRtp(packet(VIDEO, 1, KEYFRAME));
    const oldViewer = await bob.view("old");
    const before = new Received(oldViewer);
    oldPublisher.sendRtp(packet(VIDEO, 2));
    await before.count(96, 1);

    const newPublisher = await alice.publish("new", [VIDEO], "old");
    assert.equal(bob.all("offer", "new").length, 0);
    oldPublisher.sendRtp(packet(VIDEO, 3));
    await before.count(96, 2);

    newPublisher.sendRtp(packet(VIDEO, 1, KEYFRAME));
    const offer = await bob.next("offer", "new");
    assert.equal(offer.replace, "old");
    oldPublisher.sendRtp(packet(VIDEO, 4));
    await before.count(96, 3);

    const newViewer = await bob.view("new");
    const after = new Received(newViewer);
    newPublisher.sendRtp(packet(VIDEO, 2, KEYFRAME));
    await after.count(96, 1);
    assert.deepEqual(bob.all("close"), []);

    // The old flow's media has ended: its id is free again.
    alice.offer("old", [AUDIO], oldPublisher);
    await waitForValue("a second answer", () => alice.all("answer", "old")[1]);
    assert.deepEqual(alice.all("abort"), []);
  },
);

testWithPorts(
  "an id that is taken is refused, and the call goes on",
  async (openPorts) => {
    await using server = await openTestCallServer(openPorts);
    const { alice, bob, publisher, received } = await startCall(
      server,
      AUDIO,
      1,
    );
    const mallory = await server.join("mallory");
    // She is offered the flow, and the others hear that she has come.
    await mallory.next("offer", "cam");
    const [heardByAlice, heardByBob] = [
      alice.messages.length,
      bob.messages.length,
    ];
    for (const extra of [{}, { replace: "cam" }, { replace: "mine" }]) {
      mallory.messages.length = 0;
      mallory.say({ type: "offer", id: "cam", sdp: "v=0", ...extra });
      await mallory.next("abort", "cam");
      const [refusal] = mallory.all("usermessage");
      assert.equal(refusal?.error, "flow-id-taken");
    }
    assert.equal(mallory.ended, false);
    publisher.sendRtp(packet(AUDIO, 2));
    await received.count(111, 1);
    assert.equal(alice.messages.length, heardByAlice);
    assert.equal(bob.messages.length, heardByBob);
  },
);

testWithPorts(
  "garbage at the media port does no harm to a call",
  async (openPorts) => {
    await using server = await openTestCallServer(openPorts);
    const { publisher, viewer, received } = await startCall(server, AUDIO, 1);
    for (let first = 0; first < 256; first++) {
      for (const size of [1, 2, 14, 20, 60]) {
        const garbage = crypto.getRandomValues(new Uint8Array(size));
        garbage[0] = first;
        publisher.sendRaw(garbage);
        viewer.sendRaw(garbage);
      }
    }
    // The garbage may have filled a socket's buffer: single packets may get lost.
    let seq = 1;
    await waitForValue("sound after the garbage", () => {
      publisher.sendRtp(packet(AUDIO, ++seq));
      return received.packets[0];
    });
    assert.equal(viewer.refused, 0);
  },
);
