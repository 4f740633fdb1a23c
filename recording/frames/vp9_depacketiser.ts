import { Vp9Descriptor } from "../../sfu/rtp/vp9.ts";
import { ByteBuilder } from "./byte_builder.ts";
import type { Depacketiser } from "./depacketiser.ts";

/** The most frames of one picture: a superframe has no room for more. */
const MAX_LAYERS = 8;

/**
 * VP9 (RFC 9628): a descriptor before each piece of a frame. The frames of all
 * layers of one picture are one block of a file, a superframe (VP9 bitstream
 * specification, annex B), whose last bytes tell how long each is.
 */
export class Vp9Depacketiser implements Depacketiser {
  readonly #descriptor = new Vp9Descriptor();
  readonly #picture = new ByteBuilder();
  /** Where each layer's frame begins. */
  #starts: number[] = [];

  clear(): void {
    this.#picture.clear();
    this.#starts = [];
  }

  add(bytes: Uint8Array, offset: number, size: number): boolean {
    if (!this.#descriptor.parse(bytes, offset, size)) return false;
    if (this.#descriptor.startsFrame) this.#starts.push(this.#picture.size);
    if (this.#starts.length === 0 || this.#starts.length > MAX_LAYERS) {
      return false;
    }
    const skipped = this.#descriptor.size;
    return this.#picture.add(bytes, offset + skipped, size - skipped);
  }

  take(): Uint8Array | undefined {
    if (this.#picture.size === 0) return undefined;
    if (this.#starts.length > 1) this.#addIndex();
    return this.#picture.toBytes();
  }

  /** Sizes of four bytes each, between two times the same marker. */
  #addIndex(): void {
    const ends = [...this.#starts.slice(1), this.#picture.size];
    const marker = 0xc0 | 3 << 3 | this.#starts.length - 1;
    this.#picture.push(marker);
    this.#starts.forEach((start, index) => {
      const size = ends[index]! - start;
      for (let bit = 0; bit < 32; bit += 8) this.#picture.push(size >>> bit);
    });
    this.#picture.push(marker);
    this.#starts = [];
  }
}
