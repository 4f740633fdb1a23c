/**
 * Whether a viewer can play sound and picture in step, by the sender reports
 * that it gets from us: in virtual time, with clocks that are wrong.
 *
 * @module
 */
import assert from "node:assert/strict";
import { instantAt, wallTimeAt } from "../lib/time.ts";
import type {
  Negotiation,
  PlaneEvent,
  PublisherKey,
  SubscriberKey,
  ViewerKey,
} from "../protocol/media_plane.ts";
import { FakeHub, type FakePeer } from "../tests/support/fake_hub.ts";
import {
  type LinkConditions,
  LinkModel,
  PERFECT_LINK,
} from "../tests/support/link_model.ts";
import { answerTo } from "../tests/support/test_sdp.ts";
import { seededRandom, VirtualTime } from "../tests/support/virtual_time.ts";
import { Plane } from "./plane.ts";
import { ntpHigh, ntpLow, ntpToWallTime } from "./rtp/ntp.ts";
import { readRtcp } from "./rtp/rtcp_reader.ts";
import { RtcpWriter } from "./rtp/rtcp_writer.ts";
import { RtpView, writeRtpHeader } from "./rtp/rtp_packet.ts";
import { CAMERA } from "./sdp/fixtures/chromium.ts";

const FIRST = 1 as Negotiation;
const PUBLISHER = 1 as PublisherKey;
const START_WALL = 1.7e12;

/** Who publishes, and how wrong its clocks are. */
interface Conditions {
  /** Its wall clock minus ours, in milliseconds. */
  readonly wallOffsetMs: number;
  /** How fast its clocks run, in millionths: the wall's, the sound's, the picture's. */
  readonly skewPpm: readonly [number, number, number];
  readonly up: Partial<LinkConditions>;
  readonly down: Partial<LinkConditions>;
}

/** A track of the publisher's. */
interface Track {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly clockRate: number;
  readonly firstTimestamp: number;
  readonly skewPpm: number;
  /** Between two packets, and from capture to sending at most, in milliseconds. */
  readonly intervalMs: number;
  readonly encodingMs: number;
}

/** When a viewer believes that a packet was captured, less when it was. */
interface Belief {
  readonly errorMs: number;
}

/** A publisher, the plane and a viewer; how far lips and sound get apart. */
class Simulation {
  readonly time = new VirtualTime();
  /** Of all times that a packet came, in milliseconds. */
  readonly apartMs: number[] = [];
  readonly #conditions: Conditions;
  readonly #random: () => number;
  readonly #hub = new FakeHub();
  readonly #events: PlaneEvent[] = [];
  readonly #plane: Plane;
  readonly #up: LinkModel;
  readonly #down: LinkModel;
  readonly #reports = new Map<number, { wallMs: number; timestamp: number }>();
  readonly #beliefs = new Map<number, Belief>();

  constructor(seed: number, conditions: Conditions) {
    this.#conditions = conditions;
    const random = this.#random = seededRandom(seed);
    this.#up = new LinkModel({ ...PERFECT_LINK, ...conditions.up }, random);
    this.#down = new LinkModel({ ...PERFECT_LINK, ...conditions.down }, random);
    this.#plane = new Plane({
      hub: this.#hub,
      clock: {
        now: () => ({
          instant: this.time.now,
          wall: wallTimeAt(START_WALL + this.time.now),
        }),
      },
      random: (size) => Uint8Array.from({ length: size }, () => random() * 256),
      onEvent: (event) => this.#events.push(event),
      onError: (error) => {
        throw error;
      },
    });
    this.#publish();
    this.time.every(10, () => {
      this.#plane.poll();
      this.#deliver();
    });
    this.time.runUntil(200);
    this.#watch();
  }

  #publish(): void {
    this.#plane.handle({
      kind: "open-publisher",
      publisher: PUBLISHER,
      group: "g",
      codecs: ["vp8", "opus"],
      negotiation: FIRST,
      sdp: CAMERA,
    });
    const peer = this.#hub.peers[0]!;
    peer.connect(this.time.now);
    const [, soundSkew, pictureSkew] = this.#conditions.skewPpm;
    this.#send(peer, {
      ssrc: 3930668673,
      payloadType: 111,
      clockRate: 48_000,
      firstTimestamp: 0xffff_f000,
      skewPpm: soundSkew,
      intervalMs: 20,
      encodingMs: 25,
    });
    this.#send(peer, {
      ssrc: 345100753,
      payloadType: 96,
      clockRate: 90_000,
      firstTimestamp: 12_345,
      skewPpm: pictureSkew,
      intervalMs: 1_000 / 30,
      encodingMs: 80,
    });
  }

  #send(peer: FakePeer, track: Track): void {
    const { time } = this;
    let sequenceNumber = 1_000;
    time.every(track.intervalMs, () => {
      const packet = new Uint8Array(60);
      writeRtpHeader(
        packet,
        track.payloadType,
        true,
        sequenceNumber++ & 0xffff,
        timestampAt(track, time.now),
        track.ssrc,
      );
      packet[12] = 0x10; // a whole VP8 keyframe, whatever it is of
      new DataView(packet.buffer).setFloat64(32, time.now);
      time.at(
        time.now + this.#random() * track.encodingMs,
        () =>
          this.#toServer(
            packet,
            () => peer.receive(packet, time.now),
          ),
      );
    });
    const writer = new RtcpWriter(new Uint8Array(100));
    time.every(1_000, () => {
      const { wallOffsetMs, skewPpm } = this.#conditions;
      const elapsed = time.now * (1 + skewPpm[0] * 1e-6);
      const wall = wallTimeAt(START_WALL + wallOffsetMs + elapsed);
      writer.reset();
      writer.senderReport({
        ssrc: track.ssrc,
        ntpHigh: ntpHigh(wall),
        ntpLow: ntpLow(wall),
        rtpTimestamp: timestampAt(track, time.now),
        packetCount: 1,
        octetCount: 1,
      });
      const packet = writer.packet().slice();
      this.#toServer(packet, () => peer.observer.handleRtcp(packet, time.now));
    }, this.#random() * 1_000);
  }

  #toServer(packet: Uint8Array, arrive: () => void): void {
    const at = this.#up.send(packet.length + 44, this.time.now);
    if (at === undefined) return;
    this.time.at(at, () => {
      arrive();
      this.#deliver();
    });
  }

  #watch(): void {
    this.#plane.handle({
      kind: "open-subscriber",
      subscriber: 10 as SubscriberKey,
      publisher: PUBLISHER,
      viewer: 1 as ViewerKey,
      shows: "camera",
      negotiation: FIRST,
      wanted: { audio: true, video: "high" },
    });
    const offer = this.#events.findLast((event) =>
      event.kind === "subscriber-offered"
    )!;
    this.#plane.handle({
      kind: "answer-subscriber",
      subscriber: 10 as SubscriberKey,
      negotiation: FIRST,
      sdp: answerTo(offer.sdp),
    });
    this.#hub.peers[1]!.connect(this.time.now);
  }

  /** What has been sent to the viewer is on its way. */
  #deliver(): void {
    const viewer = this.#hub.peers[1];
    if (!viewer) return;
    for (const packet of viewer.rtcp.splice(0)) {
      this.#toViewer(packet, () =>
        readRtcp(packet, {
          senderReport: (ssrc, high, low, timestamp) => {
            const wallMs = ntpToWallTime(high, low);
            this.#reports.set(ssrc, { wallMs, timestamp });
          },
        }));
    }
    for (const packet of viewer.rtp.splice(0)) {
      this.#toViewer(packet, () => this.#play(packet));
    }
  }

  #toViewer(packet: Uint8Array, arrive: () => void): void {
    const at = this.#down.send(packet.length + 44, this.time.now);
    if (at !== undefined) this.time.at(at, arrive);
  }

  #play(packet: Uint8Array): void {
    const view = new RtpView();
    assert.ok(view.parse(packet));
    const clockRate = { 111: 48_000, 96: 90_000 }[view.payloadType];
    const report = this.#reports.get(view.ssrc);
    if (clockRate === undefined || report === undefined) return;
    const ticks = (view.timestamp - report.timestamp) | 0;
    const believedMs = report.wallMs + ticks * 1_000 / clockRate;
    const data = new DataView(packet.buffer, view.payloadOffset);
    const errorMs = believedMs - START_WALL - data.getFloat64(20);
    this.#beliefs.set(view.ssrc, { errorMs });
    const [one, other] = [...this.#beliefs.values()];
    if (one && other) this.apartMs.push(Math.abs(one.errorMs - other.errorMs));
  }
}

function timestampAt(track: Track, nowMs: number): number {
  const { firstTimestamp, clockRate, skewPpm } = track;
  const ticks = nowMs * clockRate / 1_000 * (1 + skewPpm * 1e-6);
  return (firstTimestamp + Math.round(ticks)) % 2 ** 32;
}

const RIGHT: Conditions = {
  wallOffsetMs: 0,
  skewPpm: [0, 0, 0],
  up: { delayMs: 20 },
  down: { delayMs: 20 },
};

const BAD = { delayMs: 60, jitterMs: 120, loss: 0.1 };

const CASES: Readonly<Record<string, Conditions>> = {
  "right clocks and paths": RIGHT,
  "a wall clock that is an hour wrong": { ...RIGHT, wallOffsetMs: 3_600_000 },
  "clocks that drift apart": { ...RIGHT, skewPpm: [50, -100, 100] },
  "a path up with jitter and loss": { ...RIGHT, up: BAD },
  "a path down with jitter and loss": { ...RIGHT, down: BAD },
  "all of it": {
    wallOffsetMs: -86_400_000,
    skewPpm: [-80, 100, -100],
    up: BAD,
    down: BAD,
  },
};

for (const [name, conditions] of Object.entries(CASES)) {
  for (const seed of [1, 2, 3]) {
    Deno.test(`sound and lips are at most 20 ms apart with ${name} (seed ${seed})`, () => {
      const simulation = new Simulation(seed, conditions);
      simulation.time.runUntil(instantAt(60_000));
      const { apartMs } = simulation;
      assert.ok(apartMs.length > 3_000, `${apartMs.length} packets`);
      const worst = Math.max(...apartMs);
      assert.ok(worst <= 20, `${worst.toFixed(1)} ms apart`);
    });
  }
}
