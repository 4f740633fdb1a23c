import assert from "node:assert/strict";
import type {
  Negotiation,
  PlaneEvent,
  PublisherKey,
  SubscriberKey,
  ViewerKey,
} from "../protocol/media_plane.ts";
import { FakeHub, type FakePeer } from "../tests/support/fake_hub.ts";
import { LayeredCamera } from "../tests/support/layered_camera.ts";
import { createSimulatedPlane } from "../tests/support/simulated_plane.ts";
import { answerTo } from "../tests/support/test_sdp.ts";
import { seededRandom, VirtualTime } from "../tests/support/virtual_time.ts";
import type { Plane } from "./plane.ts";
import { DependencyDescriptor } from "./rtp/dependency_descriptor.ts";
import { readRtcp } from "./rtp/rtcp_reader.ts";
import { RtcpWriter } from "./rtp/rtcp_writer.ts";
import { RtpView } from "./rtp/rtp_packet.ts";
import { CAMERA } from "./sdp/fixtures/chromium.ts";
import { DEPENDENCY_EXTENSION, DEPENDENCY_ID } from "./sdp/extensions.ts";

const PUBLISHER = 1 as PublisherKey;
const VIEWER = 1 as SubscriberKey;
const FIRST = 1 as Negotiation;
const SSRC = 345100753;
const EXTENSION_ID = 12;

const AV1_OFFER = CAMERA.replace("VP8/90000", "AV1/90000").replace(
  "a=mid:1\r\n",
  `a=mid:1\r\na=extmap:${EXTENSION_ID} ${DEPENDENCY_EXTENSION}\r\n`,
);

/** What a viewer's packet says of itself. */
interface Seen {
  readonly sequenceNumber: number;
  readonly marker: boolean;
  readonly spatial: number;
  readonly frame: number;
  readonly endsFrame: boolean;
  readonly descriptor: string;
}

/** Somebody who publishes AV1 in three sizes at once, and one viewer. */
class LayeredCall {
  readonly time = new VirtualTime();
  readonly camera: LayeredCamera;
  /** How often the publisher was asked for a keyframe. */
  asked = 0;
  readonly publisher: FakePeer;
  readonly viewer: FakePeer;
  readonly #hub = new FakeHub();
  readonly #plane: Plane;
  readonly #events: PlaneEvent[] = [];
  readonly #view = new RtpView();
  /** Of the track, as the viewer knows it. */
  #ssrc = 0;
  readonly #descriptor = new DependencyDescriptor();

  constructor(answer = (sdp: string) => sdp) {
    this.#plane = createSimulatedPlane({
      hub: this.#hub,
      now: () => this.time.now,
      random: seededRandom(1),
      onEvent: (event) => this.#events.push(event),
    });
    this.#plane.handle({
      kind: "open-publisher",
      publisher: PUBLISHER,
      group: "g",
      codecs: ["av1", "opus"],
      negotiation: FIRST,
      sdp: AV1_OFFER,
    });
    this.publisher = this.#hub.peers[0]!;
    this.publisher.connect(this.time.now);
    this.camera = new LayeredCamera(
      { ssrc: SSRC, payloadType: 96, extensionId: EXTENSION_ID },
      (packet) => this.publisher.receive(packet, this.time.now),
    );
    this.time.every(33, () => this.camera.shoot());
    this.time.every(10, () => this.#poll());
    this.time.runUntil(200);
    this.viewer = this.#subscribe(answer);
  }

  want(video: "low" | "high"): void {
    this.#plane.handle({ kind: "want-layers", subscriber: VIEWER, video });
  }

  /** Lets time pass, and returns what the viewer got since the last time. */
  after(ms: number): Seen[] {
    this.time.runUntil(this.time.now + ms);
    return this.viewer.rtp.splice(0).map((packet) => this.read(packet));
  }

  /** The viewer misses a packet; what it is sent then. */
  askAgain(sequenceNumber: number): Seen {
    const writer = new RtcpWriter(new Uint8Array(100));
    writer.receiverReport(1, []);
    writer.nack(1, this.#ssrc, new Uint16Array([sequenceNumber]), 1);
    this.viewer.rtp.length = 0;
    this.viewer.observer.handleRtcp(writer.packet(), this.time.now);
    const [packet] = this.viewer.rtp.splice(0);
    assert.ok(packet, "something is sent again");
    return this.read(packet);
  }

  /** Reads a packet of the viewer's. */
  read(packet: Uint8Array): Seen {
    const view = this.#view;
    assert.ok(view.parse(packet));
    this.#ssrc ||= view.ssrc;
    const at = view.findExtension(DEPENDENCY_ID);
    assert.ok(at > 0, "there is a descriptor");
    const size = view.elementSize;
    const descriptor = this.#descriptor;
    assert.ok(descriptor.parse(packet, at, size));
    return {
      sequenceNumber: view.sequenceNumber,
      marker: view.marker,
      spatial: descriptor.spatialLayer,
      frame: descriptor.frameNumber,
      endsFrame: descriptor.endsFrame,
      descriptor: packet.slice(at, at + size).toHex(),
    };
  }

  #subscribe(answer: (sdp: string) => string): FakePeer {
    this.#plane.handle({
      kind: "open-subscriber",
      subscriber: VIEWER,
      publisher: PUBLISHER,
      viewer: 1 as ViewerKey,
      shows: "camera",
      negotiation: FIRST,
      wanted: { audio: false, video: "high" },
    });
    const offer = this.#events.findLast(({ kind }) =>
      kind === "subscriber-offered"
    );
    assert.ok(offer?.kind === "subscriber-offered");
    this.#plane.handle({
      kind: "answer-subscriber",
      subscriber: VIEWER,
      negotiation: FIRST,
      sdp: answer(answerTo(offer.sdp)),
    });
    const peer = this.#hub.peers.at(-1)!;
    peer.connect(this.time.now);
    return peer;
  }

  #poll(): void {
    this.#plane.poll();
    for (const packet of this.publisher.rtcp.splice(0)) {
      readRtcp(packet, {
        pli: () => {
          this.asked++;
          this.camera.wantsKeyframe = true;
        },
      });
    }
  }
}

/** Of the numbers of packets, that none is missing. */
function assertNoGap(seen: readonly Seen[]): void {
  for (const [at, { sequenceNumber }] of seen.entries()) {
    const first = seen[0]!.sequenceNumber;
    assert.equal(sequenceNumber, (first + at) & 0xffff);
  }
}

/** Layers go without feedback on each packet, which would have to be played, too. */
const withoutFeedback = (sdp: string) => sdp.replace(/a=extmap:3 .*\r\n/g, "");

Deno.test("a viewer of AV1 goes down at once, and up with a keyframe, on one track", () => {
  const call = new LayeredCall(withoutFeedback);
  call.after(1_500);
  const all = call.after(1_000);
  assertNoGap(all);
  assert.deepEqual([...new Set(all.map(({ spatial }) => spatial))], [0, 1, 2]);
  const askedBefore = call.asked;

  call.want("low");
  const low = call.after(1_000);
  assertNoGap([...all, ...low]);
  assert.ok(low.length > 20);
  assert.deepEqual([...new Set(low.map(({ spatial }) => spatial))], [0]);
  assert.ok(
    low.every(({ marker, endsFrame }) => marker === endsFrame),
    "what was the first layer of a picture ends it now",
  );
  assert.equal(call.asked, askedBefore, "it takes no keyframe to have less");

  call.want("high");
  const more = call.after(1_000);
  assertNoGap([...all, ...low, ...more]);
  assert.equal(call.asked, askedBefore + 1);
  const first = more.find(({ spatial }) => spatial > 0)!;
  assert.ok(call.camera.keyframes.includes(first.frame), "a keyframe's");
  assert.equal(more.at(-1)!.spatial, 2);
});

Deno.test("a descriptor comes as it was sent, and whole when it is sent again and again", () => {
  const call = new LayeredCall(withoutFeedback);
  const seen = call.after(100);
  const structure = seen.find(({ descriptor }) => descriptor.length > 32)!;
  assert.ok(structure, "a keyframe's, which takes a header of two bytes");
  assert.ok(call.camera.descriptors.includes(structure.descriptor));
  for (let time = 0; time < 2; time++) {
    call.time.runUntil(call.time.now + 100);
    const again = call.askAgain(structure.sequenceNumber);
    assert.equal(again.descriptor, structure.descriptor);
  }
});

Deno.test("who cannot take long headers gets AV1 without descriptors", () => {
  const call = new LayeredCall((sdp) =>
    withoutFeedback(sdp).replaceAll("a=extmap-allow-mixed\r\n", "")
  );
  call.viewer.rtp.length = 0;
  call.time.runUntil(call.time.now + 500);
  assert.ok(call.viewer.rtp.length > 20);
  const view = new RtpView();
  for (const packet of call.viewer.rtp) {
    assert.ok(view.parse(packet));
    assert.equal(view.findExtension(DEPENDENCY_ID), -1);
  }
});
