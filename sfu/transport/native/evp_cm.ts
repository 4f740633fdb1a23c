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
import type { EvpHmac } from "./evp_hmac.ts";
import {
  Cell,
  type EvpMemory,
  expectOne,
  expectOpen,
  NULL,
} from "./evp_memory.ts";

const TAG_BYTES = 10;
const ROLLOVER_BYTES = 4;
const SALT_BYTES = 14;

/**
 * SRTP_AES128_CM_HMAC_SHA1_80 (RFC 3711 §4.1.1, §4.2.1) by OpenSSL: a cipher and
 * an HMAC context for RTP and for RTCP each.
 */
export class EvpCmCipher implements PacketCipher {
  readonly rtpOverhead = TAG_BYTES;
  readonly rtcpOverhead = TAG_BYTES + RTCP_INDEX_BYTES;

  readonly #memory: EvpMemory;
  readonly #rtp: Half;
  readonly #rtcp: Half;

  /** A cipher for one direction; to be closed. */
  constructor(
    memory: EvpMemory,
    hmac: EvpHmac,
    direction: Direction,
    rtp: SessionKeys,
    rtcp: SessionKeys,
  ) {
    this.#memory = memory;
    this.#rtp = new Half(memory, hmac, direction, rtp);
    this.#rtcp = new Half(memory, hmac, direction, rtcp);
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
    const memory = this.#memory;
    memory.packets.take(out, offset, end + TAG_BYTES);
    memory.packets.point(Cell.whole, 0);
    memory.packets.point(Cell.secret, clear);
    memory.payloads.take(payload, from, sizeBytes);
    memory.payloads.point(Cell.source, 0);
    for (let i = 0; i < clear; i++) out[offset + i] = header[i]!;
    this.#rtp.setRtpCounter(header, 0, rollover);
    this.#rtp.encrypt(sizeBytes);
    writeU32(this.#memory.extra, 0, rollover);
    this.#rtp.authenticate(end, ROLLOVER_BYTES);
    writeTag(this.#memory.digest, out, offset + end);
    return end + TAG_BYTES;
  }

  openRtp(
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
    headerSize: number,
    rollover: number,
  ): boolean {
    const end = sizeBytes - TAG_BYTES;
    if (headerSize < 0 || end < headerSize) return false;
    const { packets } = this.#memory;
    packets.take(buffer, offset, sizeBytes);
    packets.point(Cell.whole, 0);
    packets.point(Cell.secret, headerSize);
    writeU32(this.#memory.extra, 0, rollover);
    this.#rtp.authenticate(end, ROLLOVER_BYTES);
    if (!hasTag(this.#memory.digest, buffer, offset + end)) return false;
    this.#rtp.setRtpCounter(buffer, offset, rollover);
    this.#rtp.decrypt(end - headerSize);
    return true;
  }

  sealRtcp(
    packet: Uint8Array,
    ssrc: number,
    index: number,
    out: Uint8Array,
    offset: number,
  ): number {
    const indexAt = packet.length;
    const end = indexAt + RTCP_INDEX_BYTES;
    const memory = this.#memory;
    memory.packets.take(out, offset, end + TAG_BYTES);
    memory.packets.point(Cell.whole, 0);
    memory.packets.point(Cell.secret, RTCP_CLEAR_BYTES);
    for (let i = 0; i < RTCP_CLEAR_BYTES; i++) out[offset + i] = packet[i]!;
    const secret = packet.length - RTCP_CLEAR_BYTES;
    memory.payloads.take(packet, RTCP_CLEAR_BYTES, secret);
    memory.payloads.point(Cell.source, 0);
    this.#rtcp.setCounter(ssrc, index);
    this.#rtcp.encrypt(secret);
    writeU32(out, offset + indexAt, RTCP_ENCRYPTED | index);
    this.#rtcp.authenticate(end, 0);
    writeTag(this.#memory.digest, out, offset + end);
    return end + TAG_BYTES;
  }

  rtcpIndexOffset(packetSize: number): number {
    return packetSize - TAG_BYTES - RTCP_INDEX_BYTES;
  }

  openRtcp(packet: Uint8Array, ssrc: number): boolean {
    const indexAt = this.rtcpIndexOffset(packet.length);
    if (indexAt < RTCP_CLEAR_BYTES) return false;
    const { packets } = this.#memory;
    packets.take(packet, 0, packet.length);
    packets.point(Cell.whole, 0);
    packets.point(Cell.secret, RTCP_CLEAR_BYTES);
    const end = indexAt + RTCP_INDEX_BYTES;
    this.#rtcp.authenticate(end, 0);
    if (!hasTag(this.#memory.digest, packet, end)) return false;
    const word = readU32(packet, indexAt);
    if ((word & RTCP_ENCRYPTED) === 0) return true;
    this.#rtcp.setCounter(ssrc, word & ~RTCP_ENCRYPTED);
    this.#rtcp.decrypt(indexAt - RTCP_CLEAR_BYTES);
    return true;
  }

  close(): void {
    this.#rtp.close();
    this.#rtcp.close();
  }
}

/** Either RTP or RTCP: their keys differ. */
class Half {
  readonly #memory: EvpMemory;
  readonly #hmac: EvpHmac;
  /** Contexts; 0 once they are freed. */
  #cipher: bigint;
  #mac: bigint;
  readonly #salt: Uint8Array;

  constructor(
    memory: EvpMemory,
    hmac: EvpHmac,
    direction: Direction,
    keys: SessionKeys,
  ) {
    this.#memory = memory;
    this.#hmac = hmac;
    this.#cipher = openCipherContext(memory, "ctr", direction, keys.key);
    this.#mac = hmac.open(keys.authenticationKey);
    this.#salt = keys.salt;
  }

  /** Encrypts from source to secret, under the counter that is set. */
  encrypt(sizeBytes: number): void {
    if (sizeBytes === 0) return;
    const { libcrypto, cells, nonceAddress, sizeAddress } = this.#memory;
    const context = this.#cipher;
    const from = cells[Cell.source]!;
    const to = cells[Cell.secret]!;
    expectOpen(context);
    expectOne(
      libcrypto.EVP_EncryptInit_ex(context, NULL, NULL, NULL, nonceAddress) &
        libcrypto.EVP_EncryptUpdate(context, to, sizeAddress, from, sizeBytes),
      "counter mode",
    );
  }

  /** Decrypts the secret in place, under the counter that is set. */
  decrypt(sizeBytes: number): void {
    if (sizeBytes === 0) return;
    const { libcrypto, cells, nonceAddress, sizeAddress } = this.#memory;
    const context = this.#cipher;
    const at = cells[Cell.secret]!;
    expectOpen(context);
    expectOne(
      libcrypto.EVP_DecryptInit_ex(context, NULL, NULL, NULL, nonceAddress) &
        libcrypto.EVP_DecryptUpdate(context, at, sizeAddress, at, sizeBytes),
      "counter mode",
    );
  }

  /** Leaves the HMAC of the whole, and of the first extra bytes, in the digest. */
  authenticate(sizeBytes: number, extraBytes: 0 | 4): void {
    expectOpen(this.#mac);
    this.#hmac.digest(this.#mac, sizeBytes, extraBytes);
  }

  close(): void {
    // Freeing 0 does nothing.
    this.#memory.libcrypto.EVP_CIPHER_CTX_free(this.#cipher);
    this.#hmac.free(this.#mac);
    this.#cipher = this.#mac = NULL;
  }

  /** The first counter (RFC 3711 §4.1.1) of the packet with a header at an offset. */
  setRtpCounter(bytes: Uint8Array, header: number, rollover: number): void {
    const { nonce } = this.#memory;
    writeU32(nonce, 0, 0);
    for (let i = 0; i < 4; i++) {
      nonce[4 + i] = bytes[header + RTP_SSRC_OFFSET + i]!;
    }
    writeU32(nonce, 8, rollover);
    nonce[12] = bytes[header + RTP_NUMBER_OFFSET]!;
    nonce[13] = bytes[header + RTP_NUMBER_OFFSET + 1]!;
    this.#mixSalt();
  }

  /** The first counter of a packet of RTCP. */
  setCounter(ssrc: number, index: number): void {
    const { nonce } = this.#memory;
    writeU32(nonce, 0, 0);
    writeU32(nonce, 4, ssrc);
    writeU16(nonce, 8, 0);
    writeU32(nonce, 10, index);
    this.#mixSalt();
  }

  #mixSalt(): void {
    const { nonce } = this.#memory;
    for (let i = 0; i < SALT_BYTES; i++) nonce[i] = nonce[i]! ^ this.#salt[i]!;
    writeU16(nonce, SALT_BYTES, 0);
  }
}

function writeTag(digest: Uint8Array, out: Uint8Array, offset: number): void {
  for (let i = 0; i < TAG_BYTES; i++) out[offset + i] = digest[i]!;
}

/** Looks at all of it, so that the time does not tell how much was right. */
function hasTag(digest: Uint8Array, bytes: Uint8Array, at: number): boolean {
  let difference = 0;
  for (let i = 0; i < TAG_BYTES; i++) difference |= digest[i]! ^ bytes[at + i]!;
  return difference === 0;
}
