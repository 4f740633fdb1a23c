import { readU32, writeU16, writeU32 } from "../../rtp/bytes.ts";
import type { SessionKeys } from "../srtp/key_derivation.ts";
import {
  type PacketCipher,
  RTCP_CLEAR_BYTES,
  RTCP_ENCRYPTED,
  RTCP_INDEX_BYTES,
} from "../srtp/packet_cipher.ts";
import { type Direction, openCipherContext } from "./evp_cipher.ts";
import type { EvpHmac } from "./evp_hmac.ts";
import { type EvpMemory, expectOne, expectOpen } from "./evp_memory.ts";

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
    ssrc: number,
    index: number,
    out: Uint8Array,
    offset: number,
  ): number {
    const clear = header.length;
    const end = clear + payload.length;
    const at = this.#memory.locate(out, offset, end + TAG_BYTES);
    for (let i = 0; i < clear; i++) out[offset + i] = header[i]!;
    this.#rtp.encrypt(ssrc, index, payload, at + clear);
    this.#setRollover(index);
    this.#rtp.authenticate(at, end, ROLLOVER_BYTES);
    writeTag(this.#memory.digest, out, offset + end);
    return end + TAG_BYTES;
  }

  openRtp(
    packet: Uint8Array,
    headerSize: number,
    ssrc: number,
    index: number,
  ): boolean {
    const end = packet.length - TAG_BYTES;
    if (headerSize < 0 || end < headerSize) return false;
    const at = this.#memory.locate(packet, 0, packet.length);
    this.#setRollover(index);
    this.#rtp.authenticate(at, end, ROLLOVER_BYTES);
    if (!hasTag(this.#memory.digest, packet, end)) return false;
    this.#rtp.decrypt(ssrc, index, at + headerSize, end - headerSize);
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
    const at = this.#memory.locate(out, offset, end + TAG_BYTES);
    for (let i = 0; i < RTCP_CLEAR_BYTES; i++) out[offset + i] = packet[i]!;
    const secret = packet.subarray(RTCP_CLEAR_BYTES);
    this.#rtcp.encrypt(ssrc, index, secret, at + RTCP_CLEAR_BYTES);
    writeU32(out, offset + indexAt, RTCP_ENCRYPTED | index);
    this.#rtcp.authenticate(at, end, 0);
    writeTag(this.#memory.digest, out, offset + end);
    return end + TAG_BYTES;
  }

  rtcpIndexOffset(packetSize: number): number {
    return packetSize - TAG_BYTES - RTCP_INDEX_BYTES;
  }

  openRtcp(packet: Uint8Array, ssrc: number): boolean {
    const indexAt = this.rtcpIndexOffset(packet.length);
    if (indexAt < RTCP_CLEAR_BYTES) return false;
    const at = this.#memory.locate(packet, 0, packet.length);
    const end = indexAt + RTCP_INDEX_BYTES;
    this.#rtcp.authenticate(at, end, 0);
    if (!hasTag(this.#memory.digest, packet, end)) return false;
    const word = readU32(packet, indexAt);
    if ((word & RTCP_ENCRYPTED) === 0) return true;
    const from = at + RTCP_CLEAR_BYTES;
    const size = indexAt - RTCP_CLEAR_BYTES;
    this.#rtcp.decrypt(ssrc, word & ~RTCP_ENCRYPTED, from, size);
    return true;
  }

  close(): void {
    this.#rtp.close();
    this.#rtcp.close();
  }

  /** What is authenticated with a packet, though not sent (RFC 3711 §4.2). */
  #setRollover(index: number): void {
    writeU32(this.#memory.extra, 0, Math.floor(index / 0x10000));
  }
}

/** Either RTP or RTCP: their keys differ. */
class Half {
  readonly #memory: EvpMemory;
  readonly #hmac: EvpHmac;
  /** Contexts; 0 once they are freed. */
  #cipher: number;
  #mac: number;
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

  /** Encrypts to an address. */
  encrypt(ssrc: number, index: number, from: Uint8Array, to: number): void {
    if (from.length === 0) return;
    this.#setCounter(ssrc, index);
    const { libcrypto, nonceAddress, sizeAddress } = this.#memory;
    const context = this.#cipher;
    expectOpen(context);
    expectOne(
      libcrypto.EVP_EncryptInit_ex(context, 0, 0, 0, nonceAddress) &
        libcrypto.encryptFrom(context, to, sizeAddress, from, from.length),
      "counter mode",
    );
  }

  /** Decrypts in place. */
  decrypt(ssrc: number, index: number, at: number, sizeBytes: number): void {
    if (sizeBytes === 0) return;
    this.#setCounter(ssrc, index);
    const { libcrypto, nonceAddress, sizeAddress } = this.#memory;
    const context = this.#cipher;
    expectOpen(context);
    expectOne(
      libcrypto.EVP_DecryptInit_ex(context, 0, 0, 0, nonceAddress) &
        libcrypto.EVP_DecryptUpdate(context, at, sizeAddress, at, sizeBytes),
      "counter mode",
    );
  }

  /** Leaves the HMAC of some bytes, and of the first extra ones, in the digest. */
  authenticate(at: number, sizeBytes: number, extraBytes: number): void {
    expectOpen(this.#mac);
    this.#hmac.digest(this.#mac, at, sizeBytes, extraBytes);
  }

  close(): void {
    // Freeing 0 does nothing.
    this.#memory.libcrypto.EVP_CIPHER_CTX_free(this.#cipher);
    this.#hmac.free(this.#mac);
    this.#cipher = this.#mac = 0;
  }

  /** The first counter (RFC 3711 §4.1.1). */
  #setCounter(ssrc: number, index: number): void {
    const { nonce } = this.#memory;
    writeU32(nonce, 0, 0);
    writeU32(nonce, 4, ssrc);
    writeU16(nonce, 8, Math.floor(index / 0x1_0000_0000));
    writeU32(nonce, 10, index);
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
