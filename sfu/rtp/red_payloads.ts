import type { PacketCache } from "./packet_cache.ts";
import { MAX_RED_DEPTH, MAX_RED_PAYLOAD_BYTES, RedEncoder } from "./red.ts";

/**
 * For how many packets payloads are kept; a power of two, and as many as are
 * forwarded at a time. Lower makes some again for each viewer; higher takes more
 * memory for each track of sound, once a viewer loses some of it.
 */
const KEPT_PACKETS = 32;

/**
 * Payloads with redundancy of one track, each made once for all viewers that want
 * the same of a packet. A batch goes to one viewer after the other, so that the
 * payloads of all its packets are kept. Allocates all that it needs with the
 * first.
 */
export class RedPayloads {
  /** What holds the payloads; see {@linkcode offset}. */
  memory = new Uint8Array(0);
  /** How many have been made. */
  made = 0;
  readonly #encoder = new RedEncoder();
  readonly #numbers = new Float64Array(KEPT_PACKETS * MAX_RED_DEPTH).fill(-1);
  readonly #types = new Uint8Array(KEPT_PACKETS * MAX_RED_DEPTH);
  readonly #sizes = new Uint16Array(KEPT_PACKETS * MAX_RED_DEPTH);

  /**
   * The payload for a packet of the cache, with up to `depth` of those before it:
   * its number, good until packets are stored; −1 if it would be too large.
   *
   * @param payloadType of the sound, as the viewer knows it
   * @param depth from 1 to {@linkcode MAX_RED_DEPTH}
   */
  find(
    cache: PacketCache,
    extended: number,
    payloadType: number,
    depth: number,
  ): number {
    const kept = extended & (KEPT_PACKETS - 1);
    const at = kept * MAX_RED_DEPTH + depth - 1;
    const known = this.#numbers[at] === extended &&
      this.#types[at] === payloadType;
    if (!known) this.#make(at, cache, extended, payloadType, depth);
    return this.#sizes[at] === 0 ? -1 : at;
  }

  /** Where in the {@linkcode memory} a payload begins. */
  offset(payload: number): number {
    return payload * MAX_RED_PAYLOAD_BYTES;
  }

  /** Of a payload, in bytes. */
  size(payload: number): number {
    return this.#sizes[payload]!;
  }

  /** The packets of the cache are others from now on. */
  clear(): void {
    this.#numbers.fill(-1);
  }

  #make(
    at: number,
    cache: PacketCache,
    extended: number,
    payloadType: number,
    depth: number,
  ): void {
    if (this.memory.length === 0) {
      const bytes = KEPT_PACKETS * MAX_RED_DEPTH * MAX_RED_PAYLOAD_BYTES;
      this.memory = new Uint8Array(bytes);
    }
    this.made++;
    this.#numbers[at] = extended;
    this.#types[at] = payloadType;
    this.#sizes[at] = this.#encoder.encode(
      cache,
      extended,
      payloadType,
      depth,
      this.memory,
      this.offset(at),
    );
  }
}
