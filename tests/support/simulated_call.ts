/**
 * A whole plane in virtual time: one publisher, and viewers behind links that
 * may be bad, who ask again, tell when packets came, and play what they get.
 *
 * @module
 */
import { type Now, wallTimeAt } from "../../lib/time.ts";
import type {
  Negotiation,
  PlaneEvent,
  PublisherKey,
  SubscriberKey,
  ViewerKey,
} from "../../protocol/media_plane.ts";
import { Plane } from "../../sfu/plane.ts";
import { readRtcp } from "../../sfu/rtp/rtcp_reader.ts";
import { writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import { CAMERA } from "../../sfu/sdp/fixtures/chromium.ts";
import { FakeHub, type FakePeer } from "./fake_hub.ts";
import type { LinkConditions } from "./link_model.ts";
import { SimulatedViewer } from "./simulated_viewer.ts";
import { answerTo } from "./test_sdp.ts";
import { seededRandom, VirtualTime } from "./virtual_time.ts";

const AUDIO = { ssrc: 3930668673, payloadType: 111 };
const VIDEO = { ssrc: 345100753, payloadType: 96 };
const PUBLISHER = 1 as PublisherKey;
const FIRST = 1 as Negotiation;

const FRAME_MS = 1_000 / 30;
const PACKETS_PER_FRAME = 4;

/** The call; begins at once. */
export class SimulatedCall {
  readonly time = new VirtualTime();
  readonly viewers: SimulatedViewer[] = [];
  /** Pictures and packets of sound that were sent. */
  frames = 0;
  sounds = 0;
  /** How often the publisher was asked for a keyframe. */
  keyframeRequests = 0;

  readonly #hub = new FakeHub();
  readonly #events: PlaneEvent[] = [];
  readonly #plane: Plane;
  readonly #publisher: FakePeer;
  readonly #random: () => number;
  #videoNumber = 1_000;
  #wantsKeyframe = true;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    const random = this.#random;
    this.#plane = new Plane({
      hub: this.#hub,
      clock: { now: () => this.#now() },
      random: (size) => Uint8Array.from({ length: size }, () => random() * 256),
      onEvent: (event) => this.#events.push(event),
      onError: (error) => {
        throw error;
      },
    });
    this.#plane.handle({
      kind: "open-publisher",
      publisher: PUBLISHER,
      group: "g",
      codecs: ["vp8", "opus"],
      negotiation: FIRST,
      sdp: CAMERA,
    });
    this.#publisher = this.#hub.peers[0]!;
    this.#publisher.connect(this.time.now);
    this.time.every(FRAME_MS, () => this.#sendFrame());
    this.time.every(20, () => this.#sendSound());
    this.time.every(10, () => this.#poll());
    this.time.runUntil(100);
  }

  /** Somebody who watches over a link that is as bad both ways. */
  join(conditions: LinkConditions): SimulatedViewer {
    const subscriber = 10 + this.viewers.length as SubscriberKey;
    this.#plane.handle({
      kind: "open-subscriber",
      subscriber,
      publisher: PUBLISHER,
      viewer: subscriber as number as ViewerKey,
      shows: "camera",
      negotiation: FIRST,
      wanted: { audio: true, video: "high" },
    });
    const peer = this.#hub.peers.at(-1)!;
    const offer = this.#events.findLast((event) =>
      event.kind === "subscriber-offered"
    )!;
    this.#plane.handle({
      kind: "answer-subscriber",
      subscriber,
      negotiation: FIRST,
      sdp: answerTo(offer.sdp),
    });
    const viewer = new SimulatedViewer({
      time: this.time,
      peer,
      conditions,
      random: this.#random,
    });
    this.viewers.push(viewer);
    peer.connect(this.time.now);
    return viewer;
  }

  #now(): Now {
    return {
      instant: this.time.now,
      wall: wallTimeAt(1.7e12 + this.time.now),
    };
  }

  #poll(): void {
    this.#plane.poll();
    for (const packet of this.#publisher.rtcp.splice(0)) {
      readRtcp(packet, {
        pli: () => {
          this.keyframeRequests++;
          this.#wantsKeyframe = true;
        },
      });
    }
    this.#publisher.rtp.length = 0;
    for (const viewer of this.viewers) viewer.takeSent();
  }

  /** The number of a picture is in each of its packets. */
  #sendFrame(): void {
    const keyframe = this.#wantsKeyframe;
    this.#wantsKeyframe = false;
    const count = keyframe ? PACKETS_PER_FRAME * 4 : PACKETS_PER_FRAME;
    const frame = this.frames++;
    for (let index = 0; index < count; index++) {
      const packet = new Uint8Array(12 + 1_100);
      packet[12] = index === 0 ? 0x10 : 0;
      packet[13] = keyframe ? 0 : 1;
      const isLast = index === count - 1;
      packet.set([keyframe ? 1 : 0, index, count], 16);
      new DataView(packet.buffer).setUint32(20, frame);
      this.#send(VIDEO, packet, isLast, this.#videoNumber++, frame * 3_000);
    }
  }

  #sendSound(): void {
    const sound = this.sounds++;
    const packet = new Uint8Array(12 + 80);
    new DataView(packet.buffer).setUint32(12, sound);
    this.#send(AUDIO, packet, false, 5_000 + sound, sound * 960);
  }

  #send(
    { ssrc, payloadType }: typeof AUDIO,
    packet: Uint8Array,
    marker: boolean,
    number: number,
    timestamp: number,
  ): void {
    writeRtpHeader(packet, payloadType, marker, number, timestamp >>> 0, ssrc);
    this.#publisher.observer.handleRtp(packet, this.time.now);
    for (const viewer of this.viewers) viewer.takeSent();
  }
}
