import { readU32, writeU16, writeU32 } from "../../rtp/bytes.ts";
import type { SessionKeys } from "../srtp/key_derivation.ts";
import {
  type PacketCipher,
  RTCP_CLEAR_BYTES,
  RTCP_ENCRYPTED,
  RTCP_INDEX_BYTES,
  RTP_NUMBER_OFFSET,
  RTP_SSRC_OFFSET,
} from "../srtp/packet_cipher.ts";
import { type Direction, openCipherContext } from "./evp_cipher.ts";
import {
  Cell,
  type EvpMemory,
  expectOne,
  expectOpen,
  NULL,
} from "./evp_memory.ts";
import { AeadControl } from "./libcrypto.ts";

const TAG_BYTES = 16;
const NONCE_BYTES = 12;

/**
 * AEAD_AES_128_GCM (RFC 7714) by OpenSSL: one cipher context for RTP and one for
 * RTCP, which get a new nonce for each packet.
 */
export class EvpGcmCipher implements PacketCipher {
  readonly rtpOverhead = TAG_BYTES;
  readonly rtcpOverhead = TAG_BYTES + RTCP_INDEX_BYTES;

  readonly #memory: EvpMemory;
  /** Contexts; 0 once they are freed. */
  #rtp: bigint;
  #rtcp: bigint;
  readonly #rtpSalt: Uint8Array;
  readonly #rtcpSalt: Uint8Array;

  /** A cipher for one direction; to be closed. */
  constructor(
    memory: EvpMemory,
    direction: Direction,
    rtp: SessionKeys,
    rtcp: SessionKeys,
  ) {
    this.#memory = memory;
    this.#rtp = openCipherContext(memory, "gcm", direction, rtp.key);
    this.#rtcp = openCipherContext(memory, "gcm", direction, rtcp.key);
    this.#rtpSalt = rtp.salt;
    this.#rtcpSalt = rtcp.salt;
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
    const clear = header.length;
    const end = clear + sizeBytes;
    for (let i = 0; i < clear; i++) out[offset + i] = header[i]!;
    this.#setRtpNonce(header, 0, rollover);
    const memory = this.#memory;
    memory.packets.take(out, offset, end + TAG_BYTES);
    memory.packets.point(Cell.whole, 0);
    memory.packets.point(Cell.secret, clear);
    memory.packets.point(Cell.tag, end);
    memory.payloads.take(payload, from, sizeBytes);
    memory.payloads.point(Cell.source, 0);
    this.#seal(this.#rtp, Cell.whole, clear, sizeBytes);
    return end + TAG_BYTES;
  }

  openRtp(
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
    headerSize: number,
    rollover: number,
  ): boolean {
    const secret = sizeBytes - headerSize - TAG_BYTES;
    if (headerSize < 0 || secret < 0) return false;
    const memory = this.#memory;
    memory.packets.take(buffer, offset, sizeBytes);
    memory.packets.point(Cell.whole, 0);
    memory.packets.point(Cell.secret, headerSize);
    memory.packets.point(Cell.tag, headerSize + secret);
    this.#setRtpNonce(buffer, offset, rollover);
    this.#begin(this.#rtp);
    this.#addClear(this.#rtp, Cell.whole, headerSize);
    return this.#open(this.#rtp, secret);
  }

  sealRtcp(
    packet: Uint8Array,
    ssrc: number,
    index: number,
    out: Uint8Array,
    offset: number,
  ): number {
    const size = packet.length + TAG_BYTES + RTCP_INDEX_BYTES;
    const memory = this.#memory;
    const { extra } = memory;
    for (let i = 0; i < RTCP_CLEAR_BYTES; i++) {
      out[offset + i] = extra[i] = packet[i]!;
    }
    writeU32(extra, RTCP_CLEAR_BYTES, RTCP_ENCRYPTED | index);
    writeU32(out, offset + size - RTCP_INDEX_BYTES, RTCP_ENCRYPTED | index);
    this.#setRtcpNonce(ssrc, index);
    const clear = RTCP_CLEAR_BYTES + RTCP_INDEX_BYTES;
    const secret = packet.length - RTCP_CLEAR_BYTES;
    memory.packets.take(out, offset, size);
    memory.packets.point(Cell.secret, RTCP_CLEAR_BYTES);
    memory.packets.point(Cell.tag, packet.length);
    memory.payloads.take(packet, RTCP_CLEAR_BYTES, secret);
    memory.payloads.point(Cell.source, 0);
    this.#seal(this.#rtcp, Cell.extra, clear, secret);
    return size;
  }

  rtcpIndexOffset(packetSize: number): number {
    return packetSize - RTCP_INDEX_BYTES;
  }

  openRtcp(packet: Uint8Array, ssrc: number): boolean {
    const tagAt = packet.length - RTCP_INDEX_BYTES - TAG_BYTES;
    if (tagAt < RTCP_CLEAR_BYTES) return false;
    const word = readU32(packet, packet.length - RTCP_INDEX_BYTES);
    this.#setRtcpNonce(ssrc, word & ~RTCP_ENCRYPTED);
    // What is only authenticated (RFC 7714 §9.3) is all clear text.
    const encrypted = (word & RTCP_ENCRYPTED) !== 0;
    const clear = encrypted ? RTCP_CLEAR_BYTES : tagAt;
    const memory = this.#memory;
    memory.packets.take(packet, 0, packet.length);
    memory.packets.point(Cell.whole, 0);
    memory.packets.point(Cell.secret, clear);
    memory.packets.point(Cell.tag, tagAt);
    memory.packets.point(Cell.trailer, tagAt + TAG_BYTES);
    this.#begin(this.#rtcp);
    this.#addClear(this.#rtcp, Cell.whole, clear);
    this.#addClear(this.#rtcp, Cell.trailer, RTCP_INDEX_BYTES);
    return this.#open(this.#rtcp, tagAt - clear);
  }

  close(): void {
    // Freeing 0 does nothing.
    this.#memory.libcrypto.EVP_CIPHER_CTX_free(this.#rtp);
    this.#memory.libcrypto.EVP_CIPHER_CTX_free(this.#rtcp);
    this.#rtp = this.#rtcp = NULL;
  }

  /** Encrypts from source to secret, and writes the tag. */
  #seal(
    context: bigint,
    clear: Cell,
    clearBytes: number,
    secretBytes: number,
  ): void {
    const { libcrypto, cells, nonceAddress, sizeAddress } = this.#memory;
    expectOpen(context);
    const clearAt = cells[clear]!;
    const secretAt = cells[Cell.secret]!;
    const tagAt = cells[Cell.tag]!;
    let result = libcrypto
      .EVP_EncryptInit_ex(context, NULL, NULL, NULL, nonceAddress);
    result &= libcrypto
      .EVP_EncryptUpdate(context, NULL, sizeAddress, clearAt, clearBytes);
    if (secretBytes > 0) {
      const from = cells[Cell.source]!;
      result &= libcrypto
        .EVP_EncryptUpdate(context, secretAt, sizeAddress, from, secretBytes);
    }
    result &= libcrypto.EVP_EncryptFinal_ex(context, tagAt, sizeAddress);
    result &= libcrypto
      .EVP_CIPHER_CTX_ctrl(context, AeadControl.getTag, TAG_BYTES, tagAt);
    expectOne(result, "GCM encryption");
  }

  /** Begins to decrypt with the nonce that is set. */
  #begin(context: bigint): void {
    const { libcrypto, cells, nonceAddress } = this.#memory;
    const { setTag } = AeadControl;
    const tagAt = cells[Cell.tag]!;
    expectOpen(context);
    expectOne(
      libcrypto.EVP_DecryptInit_ex(context, NULL, NULL, NULL, nonceAddress) &
        libcrypto.EVP_CIPHER_CTX_ctrl(context, setTag, TAG_BYTES, tagAt),
      "GCM decryption",
    );
  }

  #addClear(context: bigint, cell: Cell, sizeBytes: number): void {
    const { libcrypto, cells, sizeAddress } = this.#memory;
    const at = cells[cell]!;
    expectOne(
      libcrypto.EVP_DecryptUpdate(context, NULL, sizeAddress, at, sizeBytes),
      "GCM authentication",
    );
  }

  /**
   * Decrypts in place. The tag is known to be wrong only when all is decrypted:
   * decrypting once more then gives back what was there.
   */
  #open(context: bigint, sizeBytes: number): boolean {
    this.#decrypt(context, sizeBytes);
    const { libcrypto, nonceAddress, digestAddress, sizeAddress } =
      this.#memory;
    const authentic = libcrypto
      .EVP_DecryptFinal_ex(context, digestAddress, sizeAddress);
    if (authentic === 1) return true;
    expectOne(
      libcrypto.EVP_DecryptInit_ex(context, NULL, NULL, NULL, nonceAddress),
      "GCM decryption",
    );
    this.#decrypt(context, sizeBytes);
    return false;
  }

  #decrypt(context: bigint, sizeBytes: number): void {
    if (sizeBytes === 0) return;
    const { libcrypto, cells, sizeAddress } = this.#memory;
    const at = cells[Cell.secret]!;
    expectOne(
      libcrypto.EVP_DecryptUpdate(context, at, sizeAddress, at, sizeBytes),
      "GCM decryption",
    );
  }

  /** RFC 7714 §8.1, for the packet whose header is at an offset. */
  #setRtpNonce(bytes: Uint8Array, header: number, rollover: number): void {
    const { nonce } = this.#memory;
    writeU16(nonce, 0, 0);
    for (let i = 0; i < 4; i++) {
      nonce[2 + i] = bytes[header + RTP_SSRC_OFFSET + i]!;
    }
    writeU32(nonce, 6, rollover);
    nonce[10] = bytes[header + RTP_NUMBER_OFFSET]!;
    nonce[11] = bytes[header + RTP_NUMBER_OFFSET + 1]!;
    mix(nonce, this.#rtpSalt);
  }

  /** RFC 7714 §9.1. */
  #setRtcpNonce(ssrc: number, index: number): void {
    const { nonce } = this.#memory;
    writeU16(nonce, 0, 0);
    writeU32(nonce, 2, ssrc);
    writeU16(nonce, 6, 0);
    writeU32(nonce, 8, index);
    mix(nonce, this.#rtcpSalt);
  }
}

function mix(nonce: Uint8Array, salt: Uint8Array): void {
  for (let i = 0; i < NONCE_BYTES; i++) nonce[i] = nonce[i]! ^ salt[i]!;
}
