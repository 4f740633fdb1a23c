import { readU16, readU32, readU8 } from "../../rtp/bytes.ts";
import { RTP_HEADER_SIZE } from "../../rtp/rtp_packet.ts";
import { SrtpFault, type SrtpReceiver } from "../ports.ts";
import {
  type PacketCipher,
  RTCP_CLEAR_BYTES,
  RTCP_ENCRYPTED,
  RTP_NUMBER_OFFSET,
  RTP_SSRC_OFFSET,
} from "./packet_cipher.ts";
import { ReplayWindow } from "./replay_window.ts";
import { nearestIndex } from "./rollover.ts";

/**
 * The most SSRCs that one peer may send with, for RTP and for RTCP each. A
 * publisher of simulcast with two tracks needs five or so; one that renegotiates
 * often gets through more.
 */
export const MAX_SOURCES = 32;

/** Of a rollover counter, in packet indices. */
const CYCLE = 0x10000;

/** Checks packets for replay and authenticity, over any cipher. */
export class CheckingReceiver implements SrtpReceiver {
  readonly #cipher: PacketCipher;
  /** By source: the numbers are signed, as V8 makes no objects of those. */
  readonly #rtp = new Map<number, ReplayWindow>();
  readonly #rtcp = new Map<number, ReplayWindow>();
  #closed = false;

  /**
   * A receiver for one peer.
   *
   * @param cipher is closed with the receiver
   */
  constructor(cipher: PacketCipher) {
    this.#cipher = cipher;
  }

  /** See {@linkcode SrtpReceiver.unprotectRtp}. */
  unprotectRtp(
    buffer: Uint8Array,
    offset = 0,
    sizeBytes: number = buffer.length - offset,
  ): number {
    this.#checkOpen();
    const headerSize = rtpHeaderSize(buffer, offset, sizeBytes);
    const overhead = this.#cipher.rtpOverhead;
    if (headerSize < 0 || headerSize + overhead > sizeBytes) {
      return SrtpFault.malformed;
    }
    const ssrc = readU32(buffer, offset + RTP_SSRC_OFFSET) | 0;
    const sequenceNumber = readU16(buffer, offset + RTP_NUMBER_OFFSET);
    const known = this.#rtp.get(ssrc);
    if (known === undefined && this.#rtp.size >= MAX_SOURCES) {
      return SrtpFault.tooManySources;
    }
    let index = sequenceNumber;
    if (known !== undefined) {
      index = nearestIndex(known.highest, sequenceNumber);
      // Too old to be of use: rather it is what follows a loss of more than half
      // a cycle, which only the tag can tell.
      if (known.isTooOld(index)) index += CYCLE;
      if (!known.accepts(index)) return SrtpFault.replayed;
    }
    const rollover = Math.floor(index / CYCLE);
    const isAuthentic = this.#cipher
      .openRtp(buffer, offset, sizeBytes, headerSize, rollover);
    if (!isAuthentic) {
      const isLate = known !== undefined && index - known.highest >= CYCLE / 2;
      return isLate ? SrtpFault.replayed : SrtpFault.authentication;
    }
    note(this.#rtp, known, ssrc, index);
    return sizeBytes - overhead;
  }

  /** See {@linkcode SrtpReceiver.unprotectRtp}: the same for RTCP. */
  unprotectRtcp(
    buffer: Uint8Array,
    offset = 0,
    sizeBytes: number = buffer.length - offset,
  ): number {
    this.#checkOpen();
    // Reports come seldom.
    const packet = buffer.subarray(offset, offset + sizeBytes);
    const overhead = this.#cipher.rtcpOverhead;
    if (packet.length < RTCP_CLEAR_BYTES + overhead) return SrtpFault.malformed;
    if (readU8(packet, 0) >> 6 !== 2) return SrtpFault.malformed;
    const ssrc = readU32(packet, 4) | 0;
    const known = this.#rtcp.get(ssrc);
    if (known === undefined && this.#rtcp.size >= MAX_SOURCES) {
      return SrtpFault.tooManySources;
    }
    const word = readU32(packet, this.#cipher.rtcpIndexOffset(packet.length));
    const index = word & ~RTCP_ENCRYPTED;
    if (known !== undefined && !known.accepts(index)) return SrtpFault.replayed;
    if (!this.#cipher.openRtcp(packet, ssrc)) return SrtpFault.authentication;
    note(this.#rtcp, known, ssrc, index);
    return packet.length - overhead;
  }

  /** Idempotent; nothing may be opened any more. */
  close(): void {
    this.#closed = true;
    this.#cipher.close();
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error("Cannot open packet: receiver is closed");
  }
}

/** Only authentic packets get here: nobody else can fill the table. */
function note(
  windows: Map<number, ReplayWindow>,
  known: ReplayWindow | undefined,
  ssrc: number,
  index: number,
): void {
  const window = known ?? new ReplayWindow();
  if (known === undefined) windows.set(ssrc, window);
  window.add(index);
}

/** With contributing sources and extension, in bytes; −1 if malformed. */
function rtpHeaderSize(
  buffer: Uint8Array,
  offset: number,
  sizeBytes: number,
): number {
  if (sizeBytes < RTP_HEADER_SIZE) return -1;
  const first = readU8(buffer, offset);
  if (first >> 6 !== 2) return -1;
  const size = RTP_HEADER_SIZE + (first & 0x0f) * 4;
  if ((first & 0x10) === 0) return size;
  if (size + 4 > sizeBytes) return -1;
  return size + 4 + readU16(buffer, offset + size + 2) * 4;
}
