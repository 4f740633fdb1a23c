import { readU32, writeU16, writeU32 } from "../../rtp/bytes.ts";
import type { SessionKeys } from "../srtp/key_derivation.ts";
import {
  type PacketCipher,
  RTCP_CLEAR_BYTES,
  RTCP_ENCRYPTED,
  RTCP_INDEX_BYTES,
} from "../srtp/packet_cipher.ts";
import { type Direction, openCipherContext } from "./evp_cipher.ts";
import { type EvpMemory, expectOne, expectOpen } from "./evp_memory.ts";
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
  #rtp: number;
  #rtcp: number;
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
    ssrc: number,
    index: number,
    out: Uint8Array,
    offset: number,
  ): number {
    const clear = header.length;
    const size = clear + payload.length + TAG_BYTES;
    const at = this.#memory.locate(out, offset, size);
    for (let i = 0; i < clear; i++) out[offset + i] = header[i]!;
    this.#setRtpNonce(ssrc, index);
    this.#seal(this.#rtp, at, clear, payload, at + clear);
    return size;
  }

  openRtp(
    packet: Uint8Array,
    headerSize: number,
    ssrc: number,
    index: number,
  ): boolean {
    const secret = packet.length - headerSize - TAG_BYTES;
    if (headerSize < 0 || secret < 0) return false;
    const at = this.#memory.locate(packet, 0, packet.length);
    this.#setRtpNonce(ssrc, index);
    this.#begin(this.#rtp, at + headerSize + secret);
    this.#addClear(this.#rtp, at, headerSize);
    return this.#open(this.#rtp, at + headerSize, secret);
  }

  sealRtcp(
    packet: Uint8Array,
    ssrc: number,
    index: number,
    out: Uint8Array,
    offset: number,
  ): number {
    const size = packet.length + TAG_BYTES + RTCP_INDEX_BYTES;
    const at = this.#memory.locate(out, offset, size);
    const { extra, extraAddress } = this.#memory;
    for (let i = 0; i < RTCP_CLEAR_BYTES; i++) {
      out[offset + i] = extra[i] = packet[i]!;
    }
    writeU32(extra, RTCP_CLEAR_BYTES, RTCP_ENCRYPTED | index);
    writeU32(out, offset + size - RTCP_INDEX_BYTES, RTCP_ENCRYPTED | index);
    this.#setRtcpNonce(ssrc, index);
    const clear = RTCP_CLEAR_BYTES + RTCP_INDEX_BYTES;
    const secret = packet.subarray(RTCP_CLEAR_BYTES);
    const to = at + RTCP_CLEAR_BYTES;
    this.#seal(this.#rtcp, extraAddress, clear, secret, to);
    return size;
  }

  rtcpIndexOffset(packetSize: number): number {
    return packetSize - RTCP_INDEX_BYTES;
  }

  openRtcp(packet: Uint8Array, ssrc: number): boolean {
    const tagAt = packet.length - RTCP_INDEX_BYTES - TAG_BYTES;
    if (tagAt < RTCP_CLEAR_BYTES) return false;
    const at = this.#memory.locate(packet, 0, packet.length);
    const word = readU32(packet, packet.length - RTCP_INDEX_BYTES);
    this.#setRtcpNonce(ssrc, word & ~RTCP_ENCRYPTED);
    this.#begin(this.#rtcp, at + tagAt);
    // What is only authenticated (RFC 7714 §9.3) is all clear text.
    const encrypted = (word & RTCP_ENCRYPTED) !== 0;
    const clear = encrypted ? RTCP_CLEAR_BYTES : tagAt;
    this.#addClear(this.#rtcp, at, clear);
    const wordAt = at + tagAt + TAG_BYTES;
    this.#addClear(this.#rtcp, wordAt, RTCP_INDEX_BYTES);
    return this.#open(this.#rtcp, at + clear, tagAt - clear);
  }

  close(): void {
    // Freeing 0 does nothing.
    this.#memory.libcrypto.EVP_CIPHER_CTX_free(this.#rtp);
    this.#memory.libcrypto.EVP_CIPHER_CTX_free(this.#rtcp);
    this.#rtp = this.#rtcp = 0;
  }

  /** Encrypts to an address, and puts the tag behind. */
  #seal(
    context: number,
    clearAt: number,
    clearBytes: number,
    secret: Uint8Array,
    to: number,
  ): void {
    const { libcrypto, nonceAddress, digestAddress, sizeAddress } =
      this.#memory;
    const { length } = secret;
    expectOpen(context);
    let result = libcrypto.EVP_EncryptInit_ex(context, 0, 0, 0, nonceAddress);
    result &= libcrypto
      .EVP_EncryptUpdate(context, 0, sizeAddress, clearAt, clearBytes);
    if (length > 0) {
      result &= libcrypto.encryptFrom(context, to, sizeAddress, secret, length);
    }
    result &= libcrypto
      .EVP_EncryptFinal_ex(context, digestAddress, sizeAddress);
    result &= libcrypto
      .EVP_CIPHER_CTX_ctrl(context, AeadControl.getTag, TAG_BYTES, to + length);
    expectOne(result, "GCM encryption");
  }

  /** Begins to decrypt with the nonce that is set. */
  #begin(context: number, tagAt: number): void {
    const { libcrypto, nonceAddress } = this.#memory;
    const { setTag } = AeadControl;
    expectOpen(context);
    expectOne(
      libcrypto.EVP_DecryptInit_ex(context, 0, 0, 0, nonceAddress) &
        libcrypto.EVP_CIPHER_CTX_ctrl(context, setTag, TAG_BYTES, tagAt),
      "GCM decryption",
    );
  }

  #addClear(context: number, at: number, sizeBytes: number): void {
    const { libcrypto, sizeAddress } = this.#memory;
    expectOne(
      libcrypto.EVP_DecryptUpdate(context, 0, sizeAddress, at, sizeBytes),
      "GCM authentication",
    );
  }

  /**
   * Decrypts in place. The tag is known to be wrong only when all is decrypted:
   * decrypting once more then gives back what was there.
   */
  #open(context: number, at: number, sizeBytes: number): boolean {
    this.#decrypt(context, at, sizeBytes);
    const { libcrypto, nonceAddress, digestAddress, sizeAddress } =
      this.#memory;
    const authentic = libcrypto
      .EVP_DecryptFinal_ex(context, digestAddress, sizeAddress);
    if (authentic === 1) return true;
    expectOne(
      libcrypto.EVP_DecryptInit_ex(context, 0, 0, 0, nonceAddress),
      "GCM decryption",
    );
    this.#decrypt(context, at, sizeBytes);
    return false;
  }

  #decrypt(context: number, at: number, sizeBytes: number): void {
    if (sizeBytes === 0) return;
    const { libcrypto, sizeAddress } = this.#memory;
    expectOne(
      libcrypto.EVP_DecryptUpdate(context, at, sizeAddress, at, sizeBytes),
      "GCM decryption",
    );
  }

  /** RFC 7714 §8.1. */
  #setRtpNonce(ssrc: number, index: number): void {
    const { nonce } = this.#memory;
    writeU16(nonce, 0, 0);
    writeU32(nonce, 2, ssrc);
    writeU32(nonce, 6, Math.floor(index / 0x10000));
    writeU16(nonce, 10, index);
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
