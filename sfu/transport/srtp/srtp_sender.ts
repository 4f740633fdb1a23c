import { readU16, readU32 } from "../../rtp/bytes.ts";
import type { SrtpSender } from "../ports.ts";
import { type PacketCipher, RTCP_CLEAR_BYTES } from "./packet_cipher.ts";
import { SendIndex } from "./rollover.ts";

const RTCP_INDEX_LIMIT = 2 ** 31;

/** Numbers packets and protects them, over any cipher. */
export class IndexingSender implements SrtpSender {
  readonly #cipher: PacketCipher;
  readonly #indices = new Map<number, SendIndex>();
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
  ): number {
    this.#checkOpen();
    const ssrc = readU32(header, 8);
    let source = this.#indices.get(ssrc);
    if (source === undefined) {
      source = new SendIndex();
      this.#indices.set(ssrc, source);
    }
    const index = source.next(readU16(header, 2));
    return this.#cipher.sealRtp(header, payload, ssrc, index, out, offset);
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

  #checkOpen(): void {
    if (this.#closed) {
      throw new Error("Cannot protect packet: sender is closed");
    }
  }
}
