import { writeU16 } from "./bytes.ts";
import type { PacketCache } from "./packet_cache.ts";

/** The most packets that one repeats of those before it. */
export const MAX_RED_DEPTH = 3;

/** The header of a block that is not the last, and of the last (RFC 2198 §3). */
const BLOCK_HEADER_SIZE = 4;
const LAST_HEADER_SIZE = 1;

/** What 14 bits of timestamp and 10 bits of length can say. */
const MAX_TIMESTAMP_OFFSET = 0x3fff;
const MAX_BLOCK_SIZE = 0x3ff;

/** A packet with its repeats, in bytes, stays below what fits into a datagram. */
export const MAX_RED_PAYLOAD_BYTES = 1_200;

/**
 * Makes payloads that repeat the sound of the packets before (RFC 2198), from a
 * cache that has them.
 */
export class RedEncoder {
  readonly #slots = new Int32Array(MAX_RED_DEPTH);

  /**
   * Writes the payload for a packet that is in the cache, with up to `depth` of
   * those before it, where `out` has room for {@linkcode MAX_RED_PAYLOAD_BYTES}.
   * The number of repeats may be 0.
   *
   * @param payloadType of the sound, as the viewer knows it
   * @returns its size; 0 if it would be too large or the cache lacks the packet
   */
  encode(
    cache: PacketCache,
    extended: number,
    payloadType: number,
    depth: number,
    out: Uint8Array,
    start: number,
  ): number {
    const slot = cache.find(extended);
    if (slot < 0) return 0;
    const timestamp = cache.timestamp(slot);
    const count = this.#findRepeats(cache, extended, timestamp, depth);
    const own = cache.payloadSize(slot);
    let size = count * BLOCK_HEADER_SIZE + LAST_HEADER_SIZE + own;
    for (let i = 0; i < count; i++) {
      size += cache.payloadSize(this.#slots[i]!);
    }
    if (size > MAX_RED_PAYLOAD_BYTES) return 0;
    let at = start;
    for (let i = 0; i < count; i++) {
      const repeat = this.#slots[i]!;
      const offset = timestamp - cache.timestamp(repeat) >>> 0;
      const length = cache.payloadSize(repeat);
      out[at] = 0x80 | payloadType;
      out[at + 1] = offset >> 6;
      writeU16(out, at + 2, (offset & 0x3f) << 10 | length);
      at += BLOCK_HEADER_SIZE;
    }
    out[at++] = payloadType;
    for (let i = 0; i < count; i++) {
      at = cache.copyPayload(this.#slots[i]!, out, at);
    }
    at = cache.copyPayload(slot, out, at);
    return at - start;
  }

  /** Notes the slots of what can be repeated, the oldest first. */
  #findRepeats(
    cache: PacketCache,
    extended: number,
    timestamp: number,
    depth: number,
  ): number {
    let count = 0;
    for (let before = Math.min(depth, MAX_RED_DEPTH); before > 0; before--) {
      const slot = cache.find(extended - before);
      if (slot < 0) continue;
      const offset = timestamp - cache.timestamp(slot) >>> 0;
      const size = cache.payloadSize(slot);
      // What the encoder was silent before is of no use now.
      const fits = offset > 0 && offset <= MAX_TIMESTAMP_OFFSET &&
        size > 0 && size <= MAX_BLOCK_SIZE;
      if (fits) this.#slots[count++] = slot;
    }
    return count;
  }
}
