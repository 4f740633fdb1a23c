import assert from "node:assert/strict";
import { wallTimeAt } from "../lib/time.ts";
import type {
  Negotiation,
  PlaneEvent,
  PublisherKey,
  SubscriberKey,
  ViewerKey,
} from "../protocol/media_plane.ts";
import { FakeHub, type FakePeer } from "../tests/support/fake_hub.ts";
import { SimulatedCamera } from "../tests/support/simulated_encodings.ts";
import { createSimulatedPlane } from "../tests/support/simulated_plane.ts";
import { StrictDecoder } from "../tests/support/strict_decoder.ts";
import { answerTo } from "../tests/support/test_sdp.ts";
import { seededRandom, VirtualTime } from "../tests/support/virtual_time.ts";
import type { Plane } from "./plane.ts";
import { readRtcp } from "./rtp/rtcp_reader.ts";
import { RtcpWriter } from "./rtp/rtcp_writer.ts";
import { ntpHigh, ntpLow } from "./rtp/ntp.ts";
import { SIMULCAST } from "./sdp/fixtures/chromium.ts";

const PUBLISHER = 1 as PublisherKey;
const FIRST = 1 as Negotiation;
const HIGH = { rid: "h", ssrc: 1_111, width: 1_280, packetsPerFrame: 6 };
const LOW = { rid: "l", ssrc: 2_222, width: 640, packetsPerFrame: 1 };

/** A camera in two sizes, and viewers whose decoders forgive nothing. */
class LayeredCall {
  readonly time = new VirtualTime();
  readonly camera: SimulatedCamera;
  readonly #hub = new FakeHub();
  readonly #events: PlaneEvent[] = [];
  readonly plane: Plane;
  readonly #publisher: FakePeer;
  /** What the publisher was told to send at most, at last, in bit/s. */
  limitBps = 0;

  constructor(sdp = SIMULCAST) {
    this.plane = createSimulatedPlane({
      hub: this.#hub,
      now: () => this.time.now,
      random: seededRandom(1),
      onEvent: (event) => this.#events.push(event),
    });
    this.plane.handle({
      kind: "open-publisher",
      publisher: PUBLISHER,
      group: "g",
      codecs: ["vp8", "opus"],
      negotiation: FIRST,
      sdp,
    });
    this.#publisher = this.#hub.peers[0]!;
    this.#publisher.connect(this.time.now);
    this.camera = new SimulatedCamera(
      [HIGH, LOW],
      (packet) => this.#publisher.receive(packet, this.time.now),
    );
    this.time.every(1_000 / 30, () => this.camera.shoot());
    this.time.every(1_000, () => this.#reportTime());
    this.time.every(10, () => this.#poll());
    this.time.runUntil(200);
  }

  /** Which encodings the publisher was told to send, one after the other. */
  get wanted(): (readonly string[])[] {
    return this.#events.flatMap((event) =>
      event.kind === "publisher-layers" ? [event.rids] : []
    );
  }

  /** Which layers a viewer gets, as statistics tell. */
  measure(key: number) {
    this.plane.handle({ kind: "measure" });
    const event = this.#events.findLast(({ kind }) => kind === "measured");
    assert.ok(event?.kind === "measured");
    const [track] = event.subscribers.get(key as SubscriberKey) ?? [];
    return track?.layers;
  }

  get tracks() {
    const found = this.#events.findLast(({ kind }) =>
      kind === "publisher-tracks"
    );
    return found?.kind === "publisher-tracks" ? found : undefined;
  }

  watch(key: number, video: "low" | "high") {
    const subscriber = key as SubscriberKey;
    this.plane.handle({
      kind: "open-subscriber",
      subscriber,
      publisher: PUBLISHER,
      viewer: key as ViewerKey,
      shows: "camera",
      negotiation: FIRST,
      wanted: { audio: false, video },
    });
    const peer = this.#hub.peers.at(-1)!;
    const offer = this.#events.findLast(({ kind }) =>
      kind === "subscriber-offered"
    );
    assert.ok(offer?.kind === "subscriber-offered");
    this.plane.handle({
      kind: "answer-subscriber",
      subscriber,
      negotiation: FIRST,
      // Without feedback on each packet: its REMB says what the viewer can take.
      sdp: answerTo(offer.sdp).replace(/a=extmap:3 .*\r\n/g, ""),
    });
    peer.connect(this.time.now);
    const decoder = new StrictDecoder();
    this.time.every(10, () => {
      for (const packet of peer.rtp.splice(0)) decoder.take(packet);
      peer.rtcp.length = 0;
    });
    return {
      decoder,
      want: (video: "low" | "high") =>
        this.plane.handle({ kind: "want-layers", subscriber, video }),
      remb: (bps: number) => {
        const writer = new RtcpWriter(new Uint8Array(200));
        writer.receiverReport(1, []);
        writer.remb(1, bps, [1]);
        peer.observer.handleRtcp(writer.packet(), this.time.now);
      },
    };
  }

  #reportTime(): void {
    for (const { ssrc } of [HIGH, LOW]) {
      const writer = new RtcpWriter(new Uint8Array(200));
      const wall = wallTimeAt(1.7e12 + this.time.now);
      writer.senderReport({
        ssrc,
        ntpHigh: ntpHigh(wall),
        ntpLow: ntpLow(wall),
        rtpTimestamp: SimulatedCamera.timestampOf(
          this.time.now * 30 / 1_000,
          ssrc,
        ),
        packetCount: 1,
        octetCount: 1,
      });
      this.#publisher.observer.handleRtcp(writer.packet(), this.time.now);
    }
  }

  #poll(): void {
    this.plane.poll();
    for (const packet of this.#publisher.rtcp.splice(0)) {
      readRtcp(packet, {
        pli: (_sender, ssrc) => this.camera.wanted.add(ssrc),
        remb: (_sender, bps) => this.limitBps = bps,
      });
    }
  }
}

/** The widths that were shown one after the other. */
function sizes({ shown }: StrictDecoder): number[] {
  return shown.map(({ width }) => width)
    .filter((width, index, all) => width !== all[index - 1]);
}

/** The most pictures that were left out between two. */
function longestGap({ shown }: StrictDecoder): number {
  const gaps = shown.slice(1).map(({ frame }, at) => frame - shown[at]!.frame);
  return Math.max(...gaps);
}

Deno.test("a viewer that asks for less and for more sees no break (B-7, B-8, B-40)", () => {
  const call = new LayeredCall();
  assert.deepEqual(call.tracks?.tracks, [{ kind: "video", codec: "vp8" }]);
  const { decoder, want, remb } = call.watch(10, "high");
  call.time.every(1_000, () => remb(10e6));
  call.time.runUntil(3_000);
  assert.deepEqual(call.measure(10), {
    rid: "h",
    spatial: 1,
    maxSpatial: 1,
    temporal: 2,
    maxTemporal: 2,
  });
  for (let round = 0; round < 5; round++) {
    want("low");
    call.time.runUntil(call.time.now + 1_500);
    want("high");
    call.time.runUntil(call.time.now + 1_500);
  }
  const seen = sizes(decoder);
  assert.deepEqual(
    seen,
    [HIGH, ...Array(5).fill([LOW, HIGH]).flat()]
      .map(({ width }) => width),
  );
  // Each picture is shown once, or twice where one size takes over.
  assert.ok(longestGap(decoder) <= 1, `${longestGap(decoder)} pictures`);
  assert.ok(decoder.shown.length >= 17.5 * 30);
  const { timestamp: first, frame: at } = decoder.shown[0]!;
  const { timestamp: last, frame: to } = decoder.shown.at(-1)!;
  const drift = (last - first >>> 0) - (to - at) * 3_000;
  assert.ok(Math.abs(drift) < 90 * 5, `${drift / 90} ms out of step`);
});

Deno.test("a viewer with a narrow path falls back and comes back, and spoils nothing for another (B-37)", () => {
  const call = new LayeredCall();
  const narrow = call.watch(10, "high");
  const wide = call.watch(11, "high");
  let narrowBps = 10e6;
  call.time.every(500, () => {
    narrow.remb(narrowBps);
    wide.remb(10e6);
  });
  call.time.runUntil(5_000);
  narrowBps = 400_000;
  call.time.runUntil(5_700);
  const from = narrow.decoder.shown.length;
  call.time.runUntil(10_000);
  assert.deepEqual(
    new Set(narrow.decoder.shown.slice(from).map(({ width }) => width)),
    new Set([LOW.width]),
  );
  assert.ok(call.limitBps > 600_000, "the other is not held back");
  narrowBps = 10e6;
  call.time.runUntil(15_000);
  assert.deepEqual(sizes(narrow.decoder), [1_280, 640, 1_280]);
  assert.deepEqual(sizes(wide.decoder), [1_280]);
  assert.ok(longestGap(narrow.decoder) <= 1);
});

Deno.test("a path too narrow for the smallest picture gets fewer of them, whole ones (B-34 to B-36)", () => {
  const call = new LayeredCall();
  const { decoder, remb } = call.watch(10, "low");
  let bps = 10e6;
  call.time.every(500, () => remb(bps));
  call.time.runUntil(5_000);
  assert.equal(longestGap(decoder), 1);
  bps = 100_000;
  call.time.runUntil(6_000);
  const from = decoder.shown.length;
  call.time.runUntil(10_000);
  const fewer = decoder.shown.slice(from).map(({ frame }) => frame);
  assert.ok(fewer.length >= 28 && fewer.length <= 32, `${fewer.length} in 4 s`);
  bps = 10e6;
  const before = decoder.keyframes;
  call.time.runUntil(12_000);
  const again = decoder.shown.slice(-30).map(({ frame }) => frame);
  assert.equal(again.at(-1)! - again[0]!, 29, "all of them again");
  assert.equal(decoder.keyframes, before, "without a keyframe");
});

Deno.test("where the large picture stops coming, the small one goes on", () => {
  const call = new LayeredCall();
  const { decoder, remb } = call.watch(10, "high");
  call.time.every(500, () => remb(10e6));
  call.time.runUntil(3_000);
  call.camera.paused.add("h");
  call.time.runUntil(8_000);
  assert.deepEqual(sizes(decoder), [1_280, 640]);
  call.camera.paused.delete("h");
  call.time.runUntil(11_000);
  assert.deepEqual(sizes(decoder), [1_280, 640, 1_280]);
});

Deno.test("a publisher is told which encodings nobody watches, and at once who does again", () => {
  const call = new LayeredCall();
  const { decoder, want } = call.watch(10, "low");
  const another = call.watch(11, "high");
  call.time.runUntil(6_000);
  assert.deepEqual(call.wanted, [], "somebody watches the large one");
  another.want("low");
  call.time.runUntil(8_000);
  assert.deepEqual(call.wanted, [], "not at once");
  call.time.runUntil(10_000);
  assert.deepEqual(call.wanted, [["l"]]);
  call.camera.paused.add("h");
  call.time.runUntil(15_000);
  want("high");
  call.time.runUntil(15_300);
  assert.deepEqual(call.wanted, [["l"], ["h", "l"]]);
  call.camera.paused.delete("h");
  call.time.runUntil(17_000);
  assert.deepEqual(sizes(decoder), [640, 1_280]);
  assert.deepEqual(sizes(another.decoder), [1_280, 640]);
  assert.ok(longestGap(decoder) <= 1);
});
