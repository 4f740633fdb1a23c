import { writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";

/** One encoding of a {@linkcode SimulatedCamera}. */
export interface SimulatedEncoding {
  readonly rid: string;
  readonly ssrc: number;
  readonly width: number;
  readonly packetsPerFrame: number;
}

/** Of the offer in which they are sent, by its ids. */
const EXTENSIONS = { mid: 9, rid: 10 } as const;
const PAYLOAD_TYPE = 96;

/**
 * Sends the same pictures in several encodings, in VP8 with three temporal
 * layers. In each packet are the number of the picture and the width, so that a
 * viewer can tell what it shows.
 */
export class SimulatedCamera {
  readonly encodings: readonly SimulatedEncoding[];
  /** Of which a keyframe is due. */
  readonly wanted = new Set<number>();
  /** Those that are not sent, by rid. */
  readonly paused = new Set<string>();
  /** Pictures that were taken. */
  frames = 0;
  readonly #send: (packet: Uint8Array) => void;
  readonly #counters = new Map<number, Counters>();

  constructor(
    encodings: readonly SimulatedEncoding[],
    send: (packet: Uint8Array) => void,
  ) {
    this.encodings = encodings;
    this.#send = send;
    for (const [index, { ssrc }] of encodings.entries()) {
      this.wanted.add(ssrc);
      // They have nothing in common, and some wrap soon.
      this.#counters.set(ssrc, {
        number: 65_500 - index * 20_000,
        picture: 32_700 - index * 15_000,
        base: 250 - index * 100,
        phase: 0,
      });
    }
  }

  /** The RTP timestamp of a picture, which each encoding counts in its own way. */
  static timestampOf(frame: number, ssrc: number): number {
    return (frame * 3_000 + ssrc * 7) >>> 0;
  }

  /** Takes a picture and sends it in all encodings. */
  shoot(): void {
    const frame = this.frames++;
    for (const encoding of this.encodings) {
      if (!this.paused.has(encoding.rid)) this.#encode(frame, encoding);
    }
  }

  #encode(frame: number, encoding: SimulatedEncoding): void {
    const { ssrc, packetsPerFrame } = encoding;
    const isKeyframe = this.wanted.delete(ssrc);
    const counters = this.#counters.get(ssrc)!;
    if (isKeyframe) counters.phase = 0;
    // Of four pictures, one is of the lowest layer.
    const temporal = [0, 2, 1, 2][counters.phase++ % 4]!;
    if (temporal === 0) counters.base++;
    const count = isKeyframe ? packetsPerFrame * 2 : packetsPerFrame;
    const picture = counters.picture++;
    for (let index = 0; index < count; index++) {
      const packet = new Uint8Array(20 + 16 + 6 + 1_000);
      const number = counters.number++ & 0xffff;
      const isLast = index === count - 1;
      const timestamp = SimulatedCamera.timestampOf(frame, ssrc);
      writeRtpHeader(packet, PAYLOAD_TYPE, isLast, number, timestamp, ssrc);
      packet[0] = 0x90;
      packet.set([0xbe, 0xde, 0, 1], 12);
      const rid = encoding.rid.charCodeAt(0);
      packet.set([EXTENSIONS.mid << 4, 0x30, EXTENSIONS.rid << 4, rid], 16);
      packet.set([
        0x80 | (index === 0 ? 0x10 : 0),
        0xe0, // A picture id, TL0PICIDX and a temporal layer.
        picture >> 8 & 0x7f | 0x80,
        picture & 0xff,
        counters.base & 0xff,
        temporal << 6 | 0x20,
      ], 20);
      const content = packet.subarray(26);
      content[0] = isKeyframe ? 0 : 1;
      content.set([encoding.width & 0xff, encoding.width >> 8], 6);
      new DataView(packet.buffer, 26 + 10).setUint32(0, frame);
      content.set([index, count], 14);
      this.#send(packet);
    }
  }
}

/** Where one encoding is. */
interface Counters {
  number: number;
  picture: number;
  /** TL0PICIDX. */
  base: number;
  phase: number;
}
