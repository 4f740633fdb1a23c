import { type Instant, instantAt, wallTimeAt } from "../lib/time.ts";
import type { Negotiation, PublisherKey } from "../protocol/media_plane.ts";
import { Publisher } from "../sfu/publisher.ts";
import { writeRtpHeader } from "../sfu/rtp/rtp_packet.ts";
import { RtcpWriter } from "../sfu/rtp/rtcp_writer.ts";
import { FakeHub } from "../tests/support/fake_hub.ts";
import { PAYLOAD_TYPES, writeTestOffer } from "../tests/support/test_sdp.ts";

/** Of the tracks. */
export const SSRC = { audio: 11, video: 22 } as const;

/** How a packet of a picture differs from a whole frame. */
export interface PictureOptions {
  readonly isKeyframe?: boolean;
  /** It begins the frame. */
  readonly isFirst?: boolean;
  /** It ends the frame. */
  readonly isLast?: boolean;
  readonly timestamp?: number;
  readonly width?: number;
}

/** How a packet of sound differs from the usual one. */
export interface SoundOptions {
  readonly payloadType?: number;
  readonly timestamp?: number;
  readonly ssrc?: number;
}

/** A publisher without a network, whose packets a test gives. */
export class RecordedFlow {
  readonly publisher: Publisher;
  readonly #hub = new FakeHub();
  #nowMs = 10_000;

  /** @param change of the offer, if it is not VP8 and Opus */
  constructor(
    kinds: readonly ("audio" | "video")[] = ["audio", "video"],
    change: (sdp: string) => string = (sdp) => sdp,
  ) {
    const clock = {
      now: () => ({ instant: this.now, wall: wallTimeAt(this.#nowMs) }),
    };
    const codecs = ["vp8", "opus", "g722"] as const;
    this.publisher = new Publisher(1 as PublisherKey, codecs, {
      hub: this.#hub,
      random: (size) => new Uint8Array(size),
      clock,
      onEvent() {},
      onError(error) {
        throw error;
      },
    });
    const tracks = kinds.map((kind, n) => ({
      kind,
      ssrc: SSRC[kind] + (kinds.indexOf(kind) === n ? 0 : n),
    }));
    const fingerprint = { algorithm: "sha-256", value: HASH };
    const local = { iceUfrag: "abcd", icePwd: "a".repeat(24), fingerprint };
    const sdp = writeTestOffer(tracks, local);
    this.publisher.offer(1 as Negotiation, change(sdp));
    this.#hub.peers[0]!.connect(this.now);
  }

  /** What time it is. */
  get now(): Instant {
    return instantAt(this.#nowMs);
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.#nowMs += ms;
    this.publisher.poll({ instant: this.now, wall: wallTimeAt(this.#nowMs) });
  }

  /** A packet of a picture comes; without options, it is a whole frame. */
  picture(n: number, options: PictureOptions = {}): void {
    const { isKeyframe = false, isFirst = true, isLast = true } = options;
    const { timestamp = n * 3_000, width = 320 } = options;
    const packet = new Uint8Array(40);
    const { video } = PAYLOAD_TYPES;
    writeRtpHeader(packet, video, isLast, n, timestamp, SSRC.video);
    const head = [isKeyframe ? 0 : 1, 0, 0, 0x9d, 1, 0x2a, width & 0xff];
    packet.set([isFirst ? 0x10 : 0, ...head, width >> 8, 240], 12);
    packet[packet.length - 1] = n;
    this.#receive(packet);
  }

  /** A packet of sound comes. */
  sound(n: number, options: SoundOptions = {}): void {
    const { payloadType = PAYLOAD_TYPES.audio } = options;
    const { timestamp = n * 960, ssrc = SSRC.audio } = options;
    const packet = new Uint8Array(20);
    writeRtpHeader(packet, payloadType, true, n, timestamp, ssrc);
    packet.fill(n, 12);
    this.#receive(packet);
  }

  /** How often a keyframe has been asked for. */
  get keyframeRequests(): number {
    return this.publisher.tracks
      .reduce((sum, { keyframes }) => sum + keyframes.sent, 0);
  }

  /** The publisher says which timestamp it has now. */
  report(kind: "audio" | "video", timestamp: number): void {
    const writer = new RtcpWriter(new Uint8Array(100));
    const seconds = 3_900_000_000 + this.#nowMs / 1000;
    writer.senderReport({
      ssrc: SSRC[kind],
      ntpHigh: Math.floor(seconds),
      ntpLow: (seconds % 1) * 2 ** 32,
      rtpTimestamp: timestamp,
      packetCount: 0,
      octetCount: 0,
    });
    this.publisher.handleRtcp(writer.packet(), this.now);
  }

  #receive(packet: Uint8Array): void {
    this.publisher.handleRtp(packet, 0, packet.length, this.now);
    this.publisher.handleBatchEnd(this.now);
  }
}

const HASH = Array.from({ length: 32 }, () => "AA").join(":");
