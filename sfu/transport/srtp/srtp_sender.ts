import { readU16, readU32 } from "../../rtp/bytes.ts";
import type { SrtpSender } from "../ports.ts";
import {
  type PacketCipher,
  RTCP_CLEAR_BYTES,
  RTP_NUMBER_OFFSET,
  RTP_SSRC_OFFSET,
} from "./packet_cipher.ts";
import { SendIndex } from "./rollover.ts";

const RTCP_INDEX_LIMIT = 2 ** 31;

/** Numbers packets and protects them, over any cipher. */
export class IndexingSender implements SrtpSender {
  readonly #cipher: PacketCipher;
  /** By source: the numbers are signed, as V8 makes no objects of those. */
  readonly #indices = new Map<number, SendIndex>();
  /** Of the last packet, which the next one mostly has too. */
  #ssrc = 0;
  #index: SendIndex | undefined;
  /** One for all sources: unique with each, and so good for a nonce. */
  #rtcpIndex = 0;
  #closed = false;

  /**
   * A sender for one peer.
   *
   * @param cipher is closed with the sender
   */
  constructor(cipher: PacketCipher) {
    this.#cipher = cipher;
  }

  /**
   * See {@linkcode SrtpSender.protectRtp}. The numbers of one source must not
   * leap by more than half a cycle, or they would be taken for repeats.
   */
  protectRtp(
    header: Uint8Array,
    payload: Uint8Array,
    out: Uint8Array,
    offset: number,
    from = 0,
    sizeBytes: number = payload.length - from,
  ): number {
    this.#checkOpen();
    const ssrc = readU32(header, RTP_SSRC_OFFSET) | 0;
    if (ssrc !== this.#ssrc || this.#index === undefined) this.#find(ssrc);
    const index = this.#index!.next(readU16(header, RTP_NUMBER_OFFSET));
    const rollover = Math.floor(index / 0x10000);
    return this.#cipher
      .sealRtp(header, payload, from, sizeBytes, rollover, out, offset);
  }

  /** See {@linkcode SrtpSender.protectRtcp}. */
  protectRtcp(packet: Uint8Array, out: Uint8Array, offset: number): number {
    this.#checkOpen();
    if (packet.length < RTCP_CLEAR_BYTES) {
      throw new RangeError(`Cannot protect RTCP: ${packet.length} bytes`);
    }
    const ssrc = readU32(packet, 4);
    const index = this.#rtcpIndex;
    this.#rtcpIndex = (index + 1) % RTCP_INDEX_LIMIT;
    return this.#cipher.sealRtcp(packet, ssrc, index, out, offset);
  }

  /** Idempotent; nothing may be protected any more. */
  close(): void {
    this.#closed = true;
    this.#cipher.close();
  }

  #find(ssrc: number): void {
    let index = this.#indices.get(ssrc);
    if (index === undefined) this.#indices.set(ssrc, index = new SendIndex());
    this.#ssrc = ssrc;
    this.#index = index;
  }

  #checkOpen(): void {
    if (this.#closed) {
      throw new Error("Cannot protect packet: sender is closed");
    }
  }
}
