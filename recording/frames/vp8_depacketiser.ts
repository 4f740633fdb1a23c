import { Vp8Descriptor } from "../../sfu/rtp/vp8.ts";
import { ByteBuilder } from "./byte_builder.ts";
import type { Depacketiser } from "./depacketiser.ts";

/** VP8 (RFC 7741): a descriptor before each piece of the frame. */
export class Vp8Depacketiser implements Depacketiser {
  readonly #descriptor = new Vp8Descriptor();
  readonly #frame = new ByteBuilder();

  clear(): void {
    this.#frame.clear();
  }

  add(bytes: Uint8Array, offset: number, size: number): boolean {
    if (!this.#descriptor.parse(bytes, offset, size)) return false;
    // The first piece is the beginning of the frame, and no other is.
    if (this.#descriptor.startsFrame !== (this.#frame.size === 0)) return false;
    const skipped = this.#descriptor.size;
    return this.#frame.add(bytes, offset + skipped, size - skipped);
  }

  take(): Uint8Array | undefined {
    return this.#frame.size === 0 ? undefined : this.#frame.toBytes();
  }
}
