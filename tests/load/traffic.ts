import { writeU16, writeU32 } from "../../sfu/rtp/bytes.ts";
import {
  RTP_HEADER_SIZE,
  RtpView,
  writeRtpHeader,
} from "../../sfu/rtp/rtp_packet.ts";
import { PAYLOAD_TYPES } from "../support/test_sdp.ts";

/** What a publisher can send. */
export const TRAFFIC_KINDS = ["audio", "video"] as const;
/** One of {@linkcode TRAFFIC_KINDS}. */
export type TrafficKind = typeof TRAFFIC_KINDS[number];

/**
 * One burst of a kind of traffic. Video: 1.5 Mbit/s in 30 frames a second, each
 * in packets that differ by at most one byte, the larger ones last, as libwebrtc
 * splits them. Sound: a packet of 20 ms at 40 kbit/s.
 */
export const BURSTS: Readonly<Record<TrafficKind, readonly number[]>> = {
  audio: [100],
  video: [1_041, 1_041, 1_042, 1_042, 1_042, 1_042],
};

/** How many bursts a second, at a load of 1. */
export const BURSTS_PER_SECOND: Readonly<Record<TrafficKind, number>> = {
  audio: 50,
  video: 30,
};

/** A keyframe each so many bursts: two seconds of video. */
const KEYFRAME_EVERY = 60;

/** Timestamp units of a burst. */
const TICKS = { audio: 960, video: 3_000 } as const;

/** Where in a payload the time is at which it was sent: behind VP8's descriptor. */
const TIME_OFFSET = 4;
const MARK = 0x4e65_7265;

/** The packets of one track, one burst after the other. */
export class Traffic {
  readonly kind: TrafficKind;
  readonly ssrc: number;
  readonly #header = new Uint8Array(RTP_HEADER_SIZE);
  readonly #payloads: Uint8Array[];
  #sequenceNumber = 0;
  #burst = 0;
  #sinceKeyframe = 0;

  constructor(kind: TrafficKind, ssrc: number) {
    this.kind = kind;
    this.ssrc = ssrc;
    this.#payloads = BURSTS[kind].map((size) => new Uint8Array(size));
  }

  /** The next burst is a keyframe. */
  restart(): void {
    this.#sinceKeyframe = 0;
  }

  /** Makes the next burst; header and payload are valid during the call only. */
  burst(
    nowMs: number,
    send: (header: Uint8Array, payload: Uint8Array) => void,
  ): void {
    const isKeyframe = this.#sinceKeyframe++ % KEYFRAME_EVERY === 0;
    const last = this.#payloads.length - 1;
    this.#payloads.forEach((payload, index) => {
      // VP8's descriptor says where a partition begins, its header what frame.
      payload[0] = index === 0 ? 0x10 : 0;
      payload[1] = index === 0 && isKeyframe ? 0 : 1;
      writeSentAt(payload, nowMs);
      writeRtpHeader(
        this.#header,
        PAYLOAD_TYPES[this.kind],
        this.kind === "video" && index === last,
        this.#sequenceNumber,
        this.#burst * TICKS[this.kind],
        this.ssrc,
      );
      this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
      send(this.#header, payload);
    });
    this.#burst++;
  }
}

/** Microseconds of the hour: 32 bits hold them. */
function writeSentAt(payload: Uint8Array, nowMs: number): void {
  writeU32(payload, TIME_OFFSET, MARK);
  writeU32(payload, TIME_OFFSET + 4, Math.floor(nowMs * 1_000 % HOUR_US));
  writeU16(payload, TIME_OFFSET + 8, 0);
}

const HOUR_US = 3_600e6;

/** How long a plain packet was under way, in milliseconds; NaN if it is not one of ours. */
export function latencyMs(packet: Uint8Array, arrivedMs: number): number {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const rtp = new RtpView();
  if (!rtp.parse(packet)) return NaN;
  const at = rtp.payloadOffset + TIME_OFFSET;
  if (packet.length < at + 8 || view.getUint32(at) !== MARK) return NaN;
  const sent = view.getUint32(at + 4);
  return (arrivedMs * 1_000 % HOUR_US - sent + HOUR_US) % HOUR_US / 1_000;
}
