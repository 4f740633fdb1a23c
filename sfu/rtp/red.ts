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

/** A packet with its repeats stays below what fits into a datagram. */
const MAX_PAYLOAD_SIZE = 1_200;

/**
 * Makes payloads that repeat the sound of the packets before (RFC 2198), from a
 * cache that has them. One payload serves all viewers of a track.
 */
export class RedEncoder {
  readonly #out = new Uint8Array(MAX_PAYLOAD_SIZE);
  readonly #slots = new Int32Array(MAX_RED_DEPTH);

  /**
   * The payload for a packet that is in the cache, with up to `depth` of those
   * before it: a view, good until the next call. The number of repeats may be 0.
   *
   * @param payloadType of the sound, as the viewer knows it
   */
  encode(
    cache: PacketCache,
    extended: number,
    payloadType: number,
    depth: number,
  ): Uint8Array | undefined {
    const slot = cache.find(extended);
    if (slot < 0) return undefined;
    const timestamp = cache.timestamp(slot);
    const count = this.#findRepeats(cache, extended, timestamp, depth);
    const own = cache.payloadSize(slot);
    let size = count * BLOCK_HEADER_SIZE + LAST_HEADER_SIZE + own;
    for (let i = 0; i < count; i++) {
      size += cache.payloadSize(this.#slots[i]!);
    }
    if (size > MAX_PAYLOAD_SIZE) return undefined;
    let at = 0;
    for (let i = 0; i < count; i++) {
      const repeat = this.#slots[i]!;
      const offset = timestamp - cache.timestamp(repeat) >>> 0;
      const length = cache.payloadSize(repeat);
      this.#out[at] = 0x80 | payloadType;
      this.#out[at + 1] = offset >> 6;
      writeU16(this.#out, at + 2, (offset & 0x3f) << 10 | length);
      at += BLOCK_HEADER_SIZE;
    }
    this.#out[at++] = payloadType;
    for (let i = 0; i < count; i++) {
      at = cache.copyPayload(this.#slots[i]!, this.#out, at);
    }
    at = cache.copyPayload(slot, this.#out, at);
    return this.#out.subarray(0, at);
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
