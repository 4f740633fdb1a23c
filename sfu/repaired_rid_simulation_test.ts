/**
 * A publisher with two encodings over a link that loses packets, which sends
 * again what is asked for in sources that only their names tell apart (RFC 8852
 * §4.2): no SSRC is in its offer.
 *
 * @module
 */
import assert from "node:assert/strict";
import type {
  Negotiation,
  PlaneEvent,
  PublisherKey,
  SubscriberKey,
  ViewerKey,
} from "../protocol/media_plane.ts";
import { FakeHub, type FakePeer } from "../tests/support/fake_hub.ts";
import {
  SimulatedCamera,
  type SimulatedEncoding,
} from "../tests/support/simulated_encodings.ts";
import { createSimulatedPlane } from "../tests/support/simulated_plane.ts";
import { answerTo } from "../tests/support/test_sdp.ts";
import { seededRandom, VirtualTime } from "../tests/support/virtual_time.ts";
import type { Plane } from "./plane.ts";
import { readU16, writeU16 } from "./rtp/bytes.ts";
import { readRtcp } from "./rtp/rtcp_reader.ts";
import { RtpView } from "./rtp/rtp_packet.ts";
import { SIMULCAST } from "./sdp/fixtures/chromium.ts";

const FIRST = 1 as Negotiation;
const ENCODINGS: readonly SimulatedEncoding[] = [
  { rid: "h", ssrc: 1_111, width: 1_280, packetsPerFrame: 6 },
  { rid: "l", ssrc: 2_222, width: 640, packetsPerFrame: 1 },
];
/** An encoding's SSRC and this make that of its repairs. */
const REPAIR_SSRC = 50_000;
const RTX_PAYLOAD_TYPE = 97;
/** Of the offer; where a packet of the camera's has the element with its name. */
const REPAIRED_ID = 11;
const NAME_AT = 18;

const LOSS = 0.05;
const LINK_MS = 20;

/** The camera, the plane, and one viewer over a perfect link. */
class LossyUplink {
  /** Repairs that were sent, by the SSRC of what they repair. */
  readonly repairs = new Map<number, number>();
  readonly #time = new VirtualTime();
  readonly #hub = new FakeHub();
  readonly #events: PlaneEvent[] = [];
  readonly #random = seededRandom(3);
  /** What was sent, by SSRC and number. */
  readonly #sent = new Map<string, Uint8Array>();
  readonly #repairNumbers = new Map<number, number>();
  readonly #isNamed: boolean;
  readonly #plane: Plane;
  readonly #publisher: FakePeer;
  readonly #camera: SimulatedCamera;

  /** @param isNamed whether repairs say what they repair */
  constructor(isNamed: boolean) {
    this.#isNamed = isNamed;
    this.#plane = createSimulatedPlane({
      hub: this.#hub,
      now: () => this.#time.now,
      random: seededRandom(1),
      onEvent: (event) => this.#events.push(event),
    });
    this.#plane.handle({
      kind: "open-publisher",
      publisher: 1 as PublisherKey,
      group: "g",
      codecs: ["vp8"],
      negotiation: FIRST,
      sdp: SIMULCAST,
    });
    this.#publisher = this.#hub.peers[0]!;
    this.#publisher.connect(this.#time.now);
    this.#camera = new SimulatedCamera(ENCODINGS, (packet) => {
      const view = viewOf(packet);
      this.#sent.set(`${view.ssrc} ${view.sequenceNumber}`, packet.slice());
      // The first of each has to come: it tells which encoding its source is.
      const isSpared = this.#time.now < 300;
      if (isSpared || this.#random() >= LOSS) this.#arrive(packet);
    });
    this.#time.every(1_000 / 30, () => this.#camera.shoot());
    this.#time.every(10, () => this.#poll());
  }

  /** Plays so many milliseconds, while somebody watches from 0.2 s on. */
  play(ms: number) {
    this.#time.runUntil(200);
    const subscriber = 1 as SubscriberKey;
    this.#plane.handle({
      kind: "open-subscriber",
      subscriber,
      publisher: 1 as PublisherKey,
      viewer: 1 as ViewerKey,
      shows: "camera",
      negotiation: FIRST,
      wanted: { audio: false, video: "high" },
    });
    const offer = this.#events.findLast(({ kind }) =>
      kind === "subscriber-offered"
    );
    assert.ok(offer?.kind === "subscriber-offered");
    const sdp = answerTo(offer.sdp).replace(/a=extmap:3 .*\r\n/g, "");
    this.#plane.handle({
      kind: "answer-subscriber",
      subscriber,
      negotiation: FIRST,
      sdp,
    });
    const viewer = this.#hub.peers.at(-1)!;
    viewer.connect(this.#time.now);
    this.#time.runUntil(ms);
    this.#plane.handle({ kind: "measure" });
    const event = this.#events.findLast(({ kind }) => kind === "measured");
    assert.ok(event?.kind === "measured");
    const tracks = event.publishers.get(1 as PublisherKey) ?? [];
    return tracks.map(({ repairs }) => repairs);
  }

  #arrive(packet: Uint8Array): void {
    this.#time.at(
      this.#time.now + LINK_MS,
      () => this.#publisher.receive(packet, this.#time.now),
    );
  }

  #poll(): void {
    this.#plane.poll();
    for (const packet of this.#publisher.rtcp.splice(0)) {
      readRtcp(packet, {
        nack: (_sender, ssrc, number, bitmask) => {
          for (let bit = -1; bit < 16; bit++) {
            const isAsked = bit < 0 || (bitmask & 1 << bit) !== 0;
            if (isAsked) this.#repair(ssrc, number + bit + 1 & 0xffff);
          }
        },
        pli: (_sender, ssrc) => this.#camera.wanted.add(ssrc),
      });
    }
    for (const { rtp } of this.#hub.peers) rtp.length = 0;
  }

  #repair(ssrc: number, number: number): void {
    const original = this.#sent.get(`${ssrc} ${number}`);
    assert.ok(original, "what was never sent is not asked for");
    this.repairs.set(ssrc, (this.repairs.get(ssrc) ?? 0) + 1);
    const { payloadOffset } = viewOf(original);
    const packet = Uint8Array.from([
      ...original.subarray(0, payloadOffset),
      ...[0, 0],
      ...original.subarray(payloadOffset),
    ]);
    const next = (this.#repairNumbers.get(ssrc) ?? 0) + 1;
    this.#repairNumbers.set(ssrc, next);
    packet[1] = packet[1]! & 0x80 | RTX_PAYLOAD_TYPE;
    writeU16(packet, 2, next);
    new DataView(packet.buffer).setUint32(8, REPAIR_SSRC + ssrc);
    // Padding, in place of the element, says nothing.
    if (this.#isNamed) packet[NAME_AT] = REPAIRED_ID << 4;
    else packet.fill(0, NAME_AT, NAME_AT + 2);
    writeU16(packet, payloadOffset, readU16(original, 2));
    this.#arrive(packet);
  }
}

function viewOf(packet: Uint8Array): RtpView {
  const view = new RtpView();
  assert.ok(view.parse(packet));
  return view;
}

Deno.test("repairs of several encodings are told apart by the repaired rid (RFC 8852)", () => {
  const uplink = new LossyUplink(true);
  const tracks = uplink.play(20_000);

  assert.deepEqual([...uplink.repairs.keys()].sort(), [1_111, 2_222]);
  assert.equal(tracks.length, 2);
  for (const { asked, repaired } of tracks) {
    assert.ok(asked > 10, `${asked} asked for`);
    // What was asked for last is under way.
    assert.ok(repaired >= asked - 5, `${repaired} of ${asked} came`);
  }
});

Deno.test("repairs that do not say which encoding they repair are taken for neither's", () => {
  const tracks = new LossyUplink(false).play(20_000);
  assert.equal(tracks.length, 2);
  for (const { asked, repaired } of tracks) {
    assert.ok(asked > 10, `${asked} asked for`);
    assert.equal(repaired, 0);
  }
});
