import { createCipheriv, createDecipheriv } from "node:crypto";
import { readU16, readU32, writeU16, writeU32 } from "../../rtp/bytes.ts";
import type { SessionKeys } from "./key_derivation.ts";
import {
  type PacketCipher,
  RTCP_CLEAR_BYTES,
  RTCP_ENCRYPTED,
  RTCP_INDEX_BYTES,
  RTP_NUMBER_OFFSET,
  RTP_SSRC_OFFSET,
} from "./packet_cipher.ts";

const ALGORITHM = "aes-128-gcm";
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
const OPTIONS = { authTagLength: TAG_BYTES };

/**
 * AEAD_AES_128_GCM (RFC 7714). A cipher object per packet, because
 * `node:crypto` cannot give one a new nonce: that is most of the cost.
 */
export class GcmCipher implements PacketCipher {
  readonly rtpOverhead = TAG_BYTES;
  readonly rtcpOverhead = TAG_BYTES + RTCP_INDEX_BYTES;

  readonly #rtp: SessionKeys;
  readonly #rtcp: SessionKeys;
  readonly #nonce = new Uint8Array(NONCE_BYTES);
  /** RTCP: the header and the sender's SSRC, then flag and index (§9.2). */
  readonly #rtcpClear = new Uint8Array(RTCP_CLEAR_BYTES + RTCP_INDEX_BYTES);

  /** A cipher for one direction. */
  constructor(rtp: SessionKeys, rtcp: SessionKeys) {
    this.#rtp = rtp;
    this.#rtcp = rtcp;
  }

  sealRtp(
    header: Uint8Array,
    payload: Uint8Array,
    from: number,
    sizeBytes: number,
    rollover: number,
    out: Uint8Array,
    offset: number,
  ): number {
    this.#setRtpNonce(header, rollover);
    out.set(header, offset);
    const at = offset + header.length;
    const secret = payload.subarray(from, from + sizeBytes);
    const size = this.#encrypt(this.#rtp.key, header, secret, out, at);
    return header.length + size;
  }

  openRtp(
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
    headerSize: number,
    rollover: number,
  ): boolean {
    const packet = buffer.subarray(offset, offset + sizeBytes);
    this.#setRtpNonce(packet, rollover);
    const header = packet.subarray(0, headerSize);
    const end = packet.length;
    return this.#decrypt(this.#rtp.key, header, packet, headerSize, end);
  }

  sealRtcp(
    packet: Uint8Array,
    ssrc: number,
    index: number,
    out: Uint8Array,
    offset: number,
  ): number {
    this.#setRtcpNonce(ssrc, index);
    const clear = packet.subarray(0, RTCP_CLEAR_BYTES);
    this.#rtcpClear.set(clear);
    writeU32(this.#rtcpClear, RTCP_CLEAR_BYTES, RTCP_ENCRYPTED | index);
    out.set(clear, offset);
    const at = offset + RTCP_CLEAR_BYTES;
    const secret = packet.subarray(RTCP_CLEAR_BYTES);
    const { key } = this.#rtcp;
    const size = this.#encrypt(key, this.#rtcpClear, secret, out, at);
    writeU32(out, at + size, RTCP_ENCRYPTED | index);
    return RTCP_CLEAR_BYTES + size + RTCP_INDEX_BYTES;
  }

  rtcpIndexOffset(packetSize: number): number {
    return packetSize - RTCP_INDEX_BYTES;
  }

  openRtcp(packet: Uint8Array, ssrc: number): boolean {
    const end = packet.length - RTCP_INDEX_BYTES;
    const word = readU32(packet, end);
    this.#setRtcpNonce(ssrc, word & ~RTCP_ENCRYPTED);
    const { key } = this.#rtcp;
    if ((word & RTCP_ENCRYPTED) === 0) {
      // Authenticated only (§9.3): there is nothing to decrypt.
      const clear = new Uint8Array(packet.length - TAG_BYTES);
      clear.set(packet.subarray(0, end - TAG_BYTES));
      writeU32(clear, clear.length - RTCP_INDEX_BYTES, word);
      return this.#decrypt(key, clear, packet, end - TAG_BYTES, end);
    }
    this.#rtcpClear.set(packet.subarray(0, RTCP_CLEAR_BYTES));
    writeU32(this.#rtcpClear, RTCP_CLEAR_BYTES, word);
    return this.#decrypt(key, this.#rtcpClear, packet, RTCP_CLEAR_BYTES, end);
  }

  close(): void {
    // Every cipher object is finished within its packet.
  }

  /** Returns the size of ciphertext and tag. */
  #encrypt(
    key: Uint8Array,
    clear: Uint8Array,
    secret: Uint8Array,
    out: Uint8Array,
    offset: number,
  ): number {
    const cipher = createCipheriv(ALGORITHM, key, this.#nonce, OPTIONS);
    cipher.setAAD(clear);
    out.set(cipher.update(secret), offset);
    cipher.final();
    out.set(cipher.getAuthTag(), offset + secret.length);
    return secret.length + TAG_BYTES;
  }

  /** Decrypts what lies from `start` to `end`, the tag at its end. */
  #decrypt(
    key: Uint8Array,
    clear: Uint8Array,
    packet: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const tagAt = end - TAG_BYTES;
    const cipher = createDecipheriv(ALGORITHM, key, this.#nonce, OPTIONS);
    cipher.setAAD(clear);
    cipher.setAuthTag(packet.subarray(tagAt, end));
    const plain = cipher.update(packet.subarray(start, tagAt));
    try {
      cipher.final();
    } catch {
      return false; // The only way in which it says that the tag is wrong.
    }
    packet.set(plain, start);
    return true;
  }

  /** RFC 7714 §8.1. */
  #setRtpNonce(header: Uint8Array, rollover: number): void {
    writeU16(this.#nonce, 0, 0);
    writeU32(this.#nonce, 2, readU32(header, RTP_SSRC_OFFSET));
    writeU32(this.#nonce, 6, rollover);
    writeU16(this.#nonce, 10, readU16(header, RTP_NUMBER_OFFSET));
    xorInto(this.#nonce, this.#rtp.salt);
  }

  /** RFC 7714 §9.1. */
  #setRtcpNonce(ssrc: number, index: number): void {
    writeU16(this.#nonce, 0, 0);
    writeU32(this.#nonce, 2, ssrc);
    writeU16(this.#nonce, 6, 0);
    writeU32(this.#nonce, 8, index);
    xorInto(this.#nonce, this.#rtcp.salt);
  }
}

function xorInto(target: Uint8Array, mask: Uint8Array): void {
  for (let i = 0; i < mask.length; i++) target[i] = target[i]! ^ mask[i]!;
}
