import { NackGenerator } from "../../sfu/rtp/nack_generator.ts";
import { RtcpWriter } from "../../sfu/rtp/rtcp_writer.ts";
import { RtpView } from "../../sfu/rtp/rtp_packet.ts";
import { unwrapRtx } from "../../sfu/rtp/rtx.ts";
import { SequenceExtender } from "../../sfu/rtp/sequence.ts";
import { ArrivalLog } from "../../sfu/rtp/transport_feedback.ts";
import { TRANSPORT_SEQUENCE_ID } from "../../sfu/sdp/extensions.ts";
import type { FakePeer } from "./fake_hub.ts";
import type { LinkModel } from "./link_model.ts";
import type { SimulatedLinks } from "./simulated_call.ts";
import type { VirtualTime } from "./virtual_time.ts";

/** Of our offers. */
const PAYLOAD_TYPES = { video: 96, rtx: 97, sound: 111, red: 63 } as const;

/** Who watches a camera of a `SimulatedCall`, and by what. */
export interface SimulatedViewerOptions {
  readonly time: VirtualTime;
  /** Ours, towards the viewer. */
  readonly peer: FakePeer;
  /** May be shared with what else the viewer watches. */
  readonly links: SimulatedLinks;
  readonly random: () => number;
  /** Tells the server, by RTCP. */
  readonly tell: (packet: Uint8Array) => void;
}

/**
 * Plays pictures in their order once they are whole, as a decoder would, and
 * notes which sound has come.
 */
export class SimulatedViewer {
  readonly down: LinkModel;
  readonly up: LinkModel;
  /** When each picture that was shown could be. */
  readonly shownMs: number[] = [];
  /** The numbers of the sound that came, also as a repeat. */
  readonly sounds = new Set<number>();

  readonly #options: SimulatedViewerOptions;
  readonly #view = new RtpView();
  readonly #nacks = new NackGenerator();
  readonly #extender = new SequenceExtender();
  readonly #arrivals = new ArrivalLog();
  readonly #writer = new RtcpWriter(new Uint8Array(1_400));
  readonly #missing = new Uint16Array(256);
  /** Which packets of a picture have come, by its number. */
  readonly #parts = new Map<number, Set<number>>();
  #next: number | undefined;
  #videoSsrc = 0;

  constructor(options: SimulatedViewerOptions) {
    this.#options = options;
    const { links, time, random } = options;
    this.down = links.down;
    this.up = links.up;
    time.every(10, () => this.#ask());
    time.every(50, () => this.#tell(), time.now + 50 * random());
  }

  /** The longest time between two pictures, in milliseconds. */
  get longestFreezeMs(): number {
    return this.freezeMs(-Infinity, Infinity);
  }

  /** The same of what was shown from one moment to another. */
  freezeMs(fromMs: number, toMs: number): number {
    const shown = this.shownMs.filter((ms) => ms >= fromMs && ms <= toMs);
    // A freeze that lasts until the end, or from the beginning, counts too.
    const times = fromMs === -Infinity ? shown : [fromMs, ...shown, toMs];
    const gaps = times.slice(1).map((ms, index) => ms - times[index]!);
    return Math.max(...gaps);
  }

  /** Puts on the link what the server has sent since the last time. */
  takeSent(): void {
    const { peer, time } = this.#options;
    for (const packet of peer.rtp.splice(0)) {
      const arrival = this.down.send(packet.length + 44, time.now);
      if (arrival !== undefined) time.at(arrival, () => this.#receive(packet));
    }
    peer.rtcp.length = 0;
  }

  #receive(packet: Uint8Array): void {
    const view = this.#view;
    if (!view.parse(packet)) throw new Error("The server sent no RTP");
    const at = view.findExtension(TRANSPORT_SEQUENCE_ID);
    const number = packet[at]! << 8 | packet[at + 1]!;
    this.#arrivals.receive(number, this.#options.time.now);
    switch (view.payloadType) {
      case PAYLOAD_TYPES.rtx:
        // Padding alone says nothing of any packet.
        if (!unwrapRtx(view, packet, this.#videoSsrc, PAYLOAD_TYPES.video)) {
          return;
        }
        return this.#receiveVideo(packet);
      case PAYLOAD_TYPES.video:
        this.#videoSsrc = view.ssrc;
        return this.#receiveVideo(packet);
      case PAYLOAD_TYPES.sound:
        return this.#receiveSound(packet, view.payloadOffset);
      case PAYLOAD_TYPES.red:
        return this.#receiveRed(packet);
      default:
        throw new Error(`The server sent payload type ${view.payloadType}`);
    }
  }

  #receiveVideo(packet: Uint8Array): void {
    const { payloadOffset: at, sequenceNumber } = this.#view;
    const [keyframe, index, count] = packet.subarray(at + 4);
    const isFirst = keyframe === 1 && index === 0;
    const extended = this.#extender.extend(sequenceNumber);
    this.#nacks.receive(extended, this.#options.time.now, isFirst);
    const frame = readU32(packet, at + 8);
    if (isFirst && (this.#next === undefined || frame > this.#next)) {
      this.#next = frame;
    }
    const parts = this.#parts.get(frame) ?? new Set();
    this.#parts.set(frame, parts.add(index!));
    if (parts.size === count) parts.add(-1);
    while (this.#next !== undefined && this.#parts.get(this.#next)?.has(-1)) {
      this.#parts.delete(this.#next++);
      this.shownMs.push(this.#options.time.now);
    }
  }

  #receiveSound(packet: Uint8Array, offset: number): void {
    this.sounds.add(readU32(packet, offset));
  }

  /** RFC 2198 §3. */
  #receiveRed(packet: Uint8Array): void {
    let at = this.#view.payloadOffset;
    const sizes: number[] = [];
    for (; (packet[at]! & 0x80) !== 0; at += 4) {
      sizes.push((packet[at + 2]! & 3) << 8 | packet[at + 3]!);
    }
    at++;
    for (const size of [...sizes, 0]) {
      this.#receiveSound(packet, at);
      at += size;
    }
  }

  #ask(): void {
    const { time } = this.#options;
    const count = this.#nacks.poll(time.now, this.#missing);
    // Nothing can be shown before the first packet of a keyframe.
    const needsKeyframe = this.#videoSsrc !== 0 &&
      (this.#nacks.hopeless || this.#next === undefined);
    if (count === 0 && !needsKeyframe) return;
    this.#writer.reset();
    this.#writer.receiverReport(1, []);
    if (count > 0) {
      this.#writer.nack(1, this.#videoSsrc, this.#missing, count);
    }
    if (needsKeyframe) this.#writer.pli(1, this.#videoSsrc);
    this.#send();
  }

  #tell(): void {
    while (this.#arrivals.pending) {
      this.#writer.reset();
      this.#writer.receiverReport(1, []);
      this.#writer.transportFeedback(1, this.#videoSsrc, this.#arrivals);
      this.#send();
    }
  }

  #send(): void {
    const { tell, time } = this.#options;
    const packet = this.#writer.packet().slice();
    const arrival = this.up.send(packet.length + 44, time.now);
    if (arrival === undefined) return;
    time.at(arrival, () => {
      tell(packet);
      this.takeSent();
    });
  }
}

function readU32(packet: Uint8Array, offset: number): number {
  return new DataView(packet.buffer, packet.byteOffset + offset).getUint32(0);
}
