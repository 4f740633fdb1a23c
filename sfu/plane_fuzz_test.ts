/**
 * What comes over the network, damaged in every way, given to a whole plane: it
 * throws nothing, sends and keeps no more than it should, and goes on as before.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { after, type Instant, instantAt } from "../lib/time.ts";
import type {
  Negotiation,
  PlaneEvent,
  PublisherKey,
  SubscriberKey,
  ViewerKey,
} from "../protocol/media_plane.ts";
import { FakeHub } from "../tests/support/fake_hub.ts";
import { GrowthWatch } from "../tests/support/growth_watch.ts";
import { createSimulatedPlane } from "../tests/support/simulated_plane.ts";
import { answerTo, readSsrcs } from "../tests/support/test_sdp.ts";
import { seededRandom } from "../tests/support/virtual_time.ts";
import type { Plane } from "./plane.ts";
import { RtcpWriter } from "./rtp/rtcp_writer.ts";
import { writeRtpHeader } from "./rtp/rtp_packet.ts";
import { ArrivalLog } from "./rtp/transport_feedback.ts";
import { CAMERA } from "./sdp/fixtures/chromium.ts";

const FIRST = 1 as Negotiation;
const SOUND = { ssrc: 3930668673, payloadType: 111 };
const PICTURE = { ssrc: 345100753, payloadType: 96 };
const REPAIR = { ssrc: 2748841498, payloadType: 97 };

/** A publisher and a viewer of a plane, in virtual time. */
class Room {
  readonly ssrcs: readonly number[];
  #now: Instant = instantAt(0);
  readonly #events: PlaneEvent[] = [];
  readonly #hub = new FakeHub();
  readonly #plane: Plane;

  constructor() {
    this.#plane = createSimulatedPlane({
      hub: this.#hub,
      now: () => this.#now,
      random: seededRandom(1),
      onEvent: (event) => this.#events.push(event),
    });
    this.#plane.handle({
      kind: "open-publisher",
      publisher: 1 as PublisherKey,
      group: "g",
      codecs: ["vp8", "opus"],
      negotiation: FIRST,
      sdp: CAMERA,
    });
    this.publisher.connect(this.#now);
    for (const packet of [soundPacket(1), picturePacket(1)]) {
      this.fromPublisher(packet);
    }
    this.ssrcs = this.watch(1);
  }

  /** Somebody watches; the sources that they get. */
  watch(n: number): number[] {
    const subscriber = n as SubscriberKey;
    this.#plane.handle({
      kind: "open-subscriber",
      subscriber,
      publisher: 1 as PublisherKey,
      viewer: n as ViewerKey,
      shows: "camera",
      negotiation: FIRST,
      wanted: { audio: true, video: "high" },
    });
    const offer = this.#events.findLast((event) =>
      event.kind === "subscriber-offered"
    )!;
    this.#plane.handle({
      kind: "answer-subscriber",
      subscriber,
      negotiation: FIRST,
      sdp: answerTo(offer.sdp),
    });
    this.viewer(n).connect(this.#now);
    return readSsrcs(offer.sdp);
  }

  get publisher() {
    return this.#hub.peers[0]!;
  }

  viewer(n: number) {
    return this.#hub.peers[n]!;
  }

  /** RTP or RTCP; which of them, the second byte tells (RFC 5761 §4). */
  fromPublisher(packet: Uint8Array): void {
    const type = packet[1] ?? 0;
    const isRtcp = type >= 192 && type <= 223;
    if (isRtcp) this.publisher.observer.handleRtcp(packet, this.#now);
    else this.publisher.receive(packet, this.#now);
  }

  fromViewer(packet: Uint8Array): void {
    this.viewer(1).observer.handleRtcp(packet, this.#now);
  }

  /** Lets time pass. */
  pass(): void {
    this.#now = after(this.#now, 10);
    this.#plane.poll();
  }

  /** How much was sent since the last time. */
  takeSent(): number {
    let count = 0;
    for (const peer of this.#hub.peers) {
      count += peer.rtp.length + peer.rtcp.length;
      peer.rtp.length = 0;
      peer.rtcp.length = 0;
    }
    this.#events.length = 0;
    return count;
  }
}

function soundPacket(n: number): Uint8Array {
  const packet = new Uint8Array(80);
  const { ssrc, payloadType } = SOUND;
  writeRtpHeader(packet, payloadType, true, n & 0xffff, n * 960 >>> 0, ssrc);
  packet[0] = 0x90;
  // Its level, and the mid.
  packet.set([0xbe, 0xde, 0, 1, 0x10, 30, 0x40, 0x30], 12);
  return packet;
}

function picturePacket(n: number, { ssrc, payloadType } = PICTURE): Uint8Array {
  const packet = new Uint8Array(200);
  writeRtpHeader(packet, payloadType, true, n & 0xffff, n * 3000 >>> 0, ssrc);
  // A descriptor with all that it may have, and a keyframe's first bytes.
  packet.set([0x90, 0xf0, 0x80, n & 0xff, n & 0xff, 0x20, 0x10, 0, 0], 12);
  return packet;
}

function written(write: (writer: RtcpWriter) => void): Uint8Array {
  const writer = new RtcpWriter(new Uint8Array(1_400));
  write(writer);
  return writer.packet().slice();
}

function senderReport(ssrc: number): Uint8Array {
  return written((writer) => {
    const counts = { packetCount: 5, octetCount: 500 };
    const time = { ntpHigh: 3_900_000_000, ntpLow: 5, rtpTimestamp: 77 };
    writer.senderReport({ ssrc, ...time, ...counts });
    writer.cname(ssrc, new TextEncoder().encode("somebody"));
  });
}

/** An extended report (RFC 3611) with a receiver's reference time. */
const EXTENDED_REPORT = Uint8Array.from([
  ...[0x80, 207, 0, 4, 0, 0, 0, 1],
  ...[4, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8],
]);

/** What publishers send, each in one way. */
const FROM_PUBLISHER = [
  soundPacket(7),
  picturePacket(7),
  picturePacket(3, REPAIR),
  senderReport(SOUND.ssrc),
  senderReport(PICTURE.ssrc),
  written((writer) => writer.bye(PICTURE.ssrc)),
  EXTENDED_REPORT,
];

/** What viewers say of the sources that they get. */
function fromViewer(ssrcs: readonly number[]): Uint8Array[] {
  const arrivals = new ArrivalLog();
  for (let n = 0; n < 40; n += 1 + n % 3) {
    arrivals.receive(n, instantAt(n * 7));
  }
  return [
    EXTENDED_REPORT,
    ...ssrcs.flatMap((ssrc) => [
      written((writer) =>
        writer.receiverReport(1, [{
          ssrc,
          fractionLost: 20,
          cumulativeLost: 3,
          extendedHighest: 70_000,
          jitter: 5,
          lastSenderReport: 1,
          delaySinceLast: 2,
        }])
      ),
      written((writer) =>
        writer.nack(1, ssrc, Uint16Array.from([1, 2, 9, 40]), 4)
      ),
      written((writer) => writer.pli(1, ssrc)),
      written((writer) => writer.fir(1, ssrc, 4)),
      written((writer) => writer.remb(1, 1_000_000, [ssrc])),
      written((writer) => writer.transportFeedback(1, ssrc, arrivals)),
    ]),
  ];
}

/** One of the corpus, damaged: changed, cut, or with another behind it. */
function damaged(corpus: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const changes = fc.array(fc.tuple(fc.nat(1_400), fc.nat(255)), {
    maxLength: 6,
  });
  return fc.record({
    packet: fc.constantFrom(...corpus),
    changes,
    cut: fc.option(fc.nat(1_400), { nil: undefined, freq: 3 }),
    behind: fc.option(fc.constantFrom(...corpus), { nil: undefined, freq: 3 }),
  }).map(({ packet, changes, cut, behind }) => {
    const bytes = Uint8Array.from([...packet, ...behind ?? []]);
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return bytes.subarray(0, cut ?? bytes.length);
  });
}

/**
 * The most packets that the plane sends for one that comes, and in one poll
 * besides: a request for repairs is one packet, and asks for at most 128.
 */
const MOST_FOR_ONE = 300;

/**
 * The most entries that any list, map or set of the plane's may have, the
 * packets of one run among them. One entry for each run would be five times as
 * many in the end.
 */
const MOST_KEPT = 1_000;

/**
 * How far a publisher may jump ahead in its numbers, and then counts as late
 * until it has caught up (RFC 3550 §A.1).
 */
const MAX_JUMP = 3_000;

Deno.test("a plane takes whatever publishers and viewers send, and goes on", () => {
  const room = new Room();
  const growth = new GrowthWatch();
  const packets = fc.record({
    up: fc.array(damaged(FROM_PUBLISHER), { maxLength: 6 }),
    down: fc.array(damaged(fromViewer(room.ssrcs)), { maxLength: 6 }),
    noise: fc.uint8Array({ maxLength: 200 }),
  });
  let n = 10;
  fc.assert(
    fc.property(packets, ({ up, down, noise }) => {
      const all = up.length + down.length + 4;
      growth.watch(() => {
        for (const packet of up) room.fromPublisher(packet);
        for (const packet of down) room.fromViewer(packet);
        room.fromPublisher(noise.slice());
        room.fromViewer(noise.slice());
        room.fromPublisher(soundPacket(++n));
        room.fromPublisher(picturePacket(n));
        room.pass();
      });
      assert.ok(room.takeSent() <= all * MOST_FOR_ONE);
    }),
    { numRuns: 5_000 },
  );
  assert.ok(growth.largest > 0 && growth.largest <= MOST_KEPT);

  // Who says nonsense may get less. Others get all that there is.
  room.watch(2);
  for (let calm = 0; calm < MAX_JUMP + 200; calm++) {
    room.fromPublisher(soundPacket(++n));
    room.fromPublisher(picturePacket(n));
    room.pass();
  }
  const types = room.viewer(2).rtp.map((packet) => packet[1]! & 0x7f);
  const count = (type: number) => types.filter((one) => one === type).length;
  assert.ok(count(96) >= 100, `${count(96)} pictures`);
  assert.ok(count(111) >= 100, `${count(111)} sounds`);
});
