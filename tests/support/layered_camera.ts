import { writeU16 } from "../../sfu/rtp/bytes.ts";
import { writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";

/** How a {@linkcode LayeredCamera} appears in SDP. */
export interface LayeredSource {
  readonly ssrc: number;
  readonly payloadType: number;
  /** Of the dependency descriptor. */
  readonly extensionId: number;
}

/** A number, and its width in bits. */
type Field = readonly [value: number, width: number];

const LAYERS = 3;
const PACKETS_PER_LAYER = 2;
const PAYLOAD_SIZE = 500;

/** Three spatial layers, a template and a decode target for each. */
const STRUCTURE: readonly Field[] = [
  [0, 6], // The first template's number.
  [LAYERS - 1, 5], // Targets.
  ...[2, 2, 3].map((next): Field => [next, 2]),
  // What each layer's frame is to each target: required, or not in it.
  ...[3, 3, 3, 0, 3, 3, 0, 0, 3].map((what): Field => [what, 2]),
  // Differences of frame numbers: the picture before, and the layer below.
  ...[1, 2, 0].map(toDifference),
  ...[1, 2, 1, 0, 0].map(toDifference),
  ...[1, 2, 1, 0, 0].map(toDifference),
  [0, 2], // No chains.
  [1, 1], // Sizes.
  ...[320, 180, 640, 360, 1_280, 720].map((side): Field => [side - 1, 16]),
].flatMap((field): Field[] => [field as Field]);

/** Alternately whether another difference follows, and which, less one. */
function toDifference(value: number, at: number): Field {
  return [value, at % 2 === 0 ? 1 : 4];
}

/** Packs numbers into bytes, the highest bit first. */
function pack(fields: readonly Field[]): Uint8Array {
  const text = fields
    .map(([value, width]) => value.toString(2).padStart(width, "0"))
    .join("");
  const padded = text.padEnd(Math.ceil(text.length / 8) * 8, "0");
  return Uint8Array.from(padded.match(/.{8}/g)!, (byte) => parseInt(byte, 2));
}

/**
 * Publishes AV1 in three spatial layers, each of which takes what is below it
 * (L3T1), with a dependency descriptor on each packet. What is in the pictures
 * nobody can decode.
 */
export class LayeredCamera {
  /** The next picture is to need no other. */
  wantsKeyframe = true;
  /** The numbers of frames of keyframes, of all layers. */
  readonly keyframes: number[] = [];
  /** All descriptors that were sent, in hexadecimal digits. */
  readonly descriptors: string[] = [];
  readonly #source: LayeredSource;
  readonly #send: (packet: Uint8Array) => void;
  #sequenceNumber = 65_500;
  #frame = 65_530;
  #timestamp = 0;

  constructor(source: LayeredSource, send: (packet: Uint8Array) => void) {
    this.#source = source;
    this.#send = send;
  }

  /** Sends one picture. */
  shoot(): void {
    const isKeyframe = this.wantsKeyframe;
    this.wantsKeyframe = false;
    this.#timestamp += 3_000;
    for (let layer = 0; layer < LAYERS; layer++) {
      const frame = this.#frame++ & 0xffff;
      if (isKeyframe) this.keyframes.push(frame);
      for (let index = 0; index < PACKETS_PER_LAYER; index++) {
        const descriptor = pack([
          [index === 0 ? 1 : 0, 1],
          [index === PACKETS_PER_LAYER - 1 ? 1 : 0, 1],
          [layer, 6],
          [frame, 16],
          ...isKeyframe && layer === 0 && index === 0
            ? [[1, 1], [0, 4], ...STRUCTURE] as const
            : [],
        ]);
        const isLast = layer === LAYERS - 1 && index === PACKETS_PER_LAYER - 1;
        this.#sendPacket(descriptor, isKeyframe && layer + index === 0, isLast);
      }
    }
  }

  #sendPacket(descriptor: Uint8Array, isKey: boolean, marker: boolean): void {
    this.descriptors.push(descriptor.toHex());
    const { ssrc, payloadType, extensionId } = this.#source;
    const words = Math.ceil((2 + descriptor.length) / 4);
    const payloadAt = 16 + words * 4;
    const packet = new Uint8Array(payloadAt + PAYLOAD_SIZE);
    const number = this.#sequenceNumber++ & 0xffff;
    writeRtpHeader(packet, payloadType, marker, number, this.#timestamp, ssrc);
    packet[0] = 0x90;
    writeU16(packet, 12, 0x1000);
    writeU16(packet, 14, words);
    // Padding comes first, so that the descriptor ends where the payload begins.
    const at = payloadAt - descriptor.length;
    packet.set([extensionId, descriptor.length], at - 2);
    packet.set(descriptor, at);
    // One unit: a sequence header after which decoding may begin, or a frame.
    packet.set(isKey ? [0x18, 0x08] : [0x10, 0x30], payloadAt);
    this.#send(packet);
  }
}
