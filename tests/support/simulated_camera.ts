import { readRtcp } from "../../sfu/rtp/rtcp_reader.ts";
import { writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import type { FakePeer } from "./fake_hub.ts";

/** Of the offer in `sfu/sdp/fixtures/chromium.ts`. */
const AUDIO = { ssrc: 3930668673, payloadType: 111 };
const VIDEO = { ssrc: 345100753, payloadType: 96 };

/** Between two pictures, in milliseconds. */
export const FRAME_MS = 1_000 / 30;

/** Between two packets of sound, in milliseconds. */
export const SOUND_MS = 20;

/** The largest payload of a packet, in bytes. */
const MAX_PAYLOAD = 1_100;

/** Before what says which picture it is, and with that, in bytes. */
const MIN_PAYLOAD = 12;

/** So much larger is a picture that needs no other. */
const KEYFRAME_FACTOR = 4;

/** What a camera sends. */
export interface CameraOptions {
  /** The most that it sends, in bit/s. */
  readonly bitrateBps: number;
  /** Whether it sends less when the server says so (REMB), down to the least. */
  readonly leastBps?: number;
}

/** Somebody who publishes in a `SimulatedCall`: pictures and sound. */
export class SimulatedCamera {
  /** Pictures and packets of sound that were sent. */
  frames = 0;
  sounds = 0;
  /** How often it was asked for a keyframe. */
  keyframeRequests = 0;
  /** What it sends just now. */
  bitrateBps: number;

  readonly #peer: FakePeer;
  readonly #options: CameraOptions;
  readonly #say: (packet: Uint8Array) => void;
  #videoNumber = 1_000;
  #wantsKeyframe = true;

  /**
   * @param peer the server's, from the camera
   * @param say sends a packet to it
   */
  constructor(
    peer: FakePeer,
    options: CameraOptions,
    say: (packet: Uint8Array) => void,
  ) {
    this.#say = say;
    this.#peer = peer;
    this.#options = options;
    this.bitrateBps = options.leastBps ?? options.bitrateBps;
  }

  /** Reads what the server has said since the last time. */
  listen(): void {
    for (const packet of this.#peer.rtcp.splice(0)) {
      readRtcp(packet, {
        pli: () => {
          this.keyframeRequests++;
          this.#wantsKeyframe = true;
        },
        remb: (_, bps) => {
          const { leastBps, bitrateBps } = this.#options;
          if (leastBps === undefined) return;
          this.bitrateBps = Math.min(Math.max(bps, leastBps), bitrateBps);
        },
      });
    }
    this.#peer.rtp.length = 0;
  }

  /** The next picture needs no other. */
  askKeyframe(): void {
    this.#wantsKeyframe = true;
  }

  /** The number of a picture is in each of its packets. */
  sendFrame(): void {
    const keyframe = this.#wantsKeyframe;
    this.#wantsKeyframe = false;
    const bytes = this.bitrateBps / 8_000 * FRAME_MS *
      (keyframe ? KEYFRAME_FACTOR : 1);
    const count = Math.ceil(bytes / MAX_PAYLOAD);
    const frame = this.frames++;
    const size = Math.max(MIN_PAYLOAD, Math.round(bytes / count));
    for (let index = 0; index < count; index++) {
      const packet = new Uint8Array(12 + size);
      packet[12] = index === 0 ? 0x10 : 0;
      packet[13] = keyframe ? 0 : 1;
      const isLast = index === count - 1;
      packet.set([keyframe ? 1 : 0, index, count], 16);
      new DataView(packet.buffer).setUint32(20, frame);
      const number = this.#videoNumber++;
      this.#send(VIDEO, packet, isLast, number, frame * 3_000);
    }
  }

  /** The number of the sound is in it. */
  sendSound(): void {
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
    writeRtpHeader(
      packet,
      payloadType,
      marker,
      number & 0xffff,
      timestamp >>> 0,
      ssrc,
    );
    this.#say(packet);
  }
}
