import { readU16, readU8 } from "../../sfu/rtp/bytes.ts";
import { ByteBuilder } from "./byte_builder.ts";
import type { Depacketiser } from "./depacketiser.ts";

const STAP_A = 24;
const FU_A = 28;

/**
 * H.264 (RFC 6184), in the modes that WebRTC has: a unit for itself, several in
 * one packet (STAP-A), or one over several packets (FU-A). In files each unit
 * has its size before it, in four bytes (ISO/IEC 14496-15).
 */
export class H264Depacketiser implements Depacketiser {
  readonly #frame = new ByteBuilder();
  readonly #unit = new ByteBuilder();
  #isInUnit = false;

  clear(): void {
    this.#frame.clear();
    this.#unit.clear();
    this.#isInUnit = false;
  }

  add(bytes: Uint8Array, offset: number, size: number): boolean {
    const end = offset + size;
    if (size < 1 || end > bytes.length) return false;
    const type = readU8(bytes, offset) & 0x1f;
    if (type === FU_A) return this.#addPart(bytes, offset, size);
    if (this.#isInUnit) return false;
    if (type === STAP_A) return this.#addSeveral(bytes, offset + 1, end);
    return type > 0 && type < STAP_A && this.#addUnit(bytes, offset, size);
  }

  take(): Uint8Array | undefined {
    const isWhole = this.#frame.size > 0 && !this.#isInUnit;
    return isWhole ? this.#frame.toBytes() : undefined;
  }

  #addUnit(bytes: Uint8Array, offset: number, size: number): boolean {
    for (const shift of [24, 16, 8, 0]) {
      if (!this.#frame.push(size >>> shift & 0xff)) return false;
    }
    return this.#frame.add(bytes, offset, size);
  }

  #addSeveral(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at + 2 < end) {
      const size = readU16(bytes, at);
      if (size === 0 || at + 2 + size > end) return false;
      if (!this.#addUnit(bytes, at + 2, size)) return false;
      at += 2 + size;
    }
    return at === end;
  }

  #addPart(bytes: Uint8Array, offset: number, size: number): boolean {
    if (size < 3) return false;
    const head = readU8(bytes, offset + 1);
    const begins = (head & 0x80) !== 0;
    if (begins === this.#isInUnit) return false;
    if (begins) {
      this.#unit.clear();
      this.#unit.push(readU8(bytes, offset) & 0xe0 | head & 0x1f);
      this.#isInUnit = true;
    }
    if (!this.#unit.add(bytes, offset + 2, size - 2)) return false;
    if ((head & 0x40) === 0) return true;
    this.#isInUnit = false;
    const unit = this.#unit.toBytes();
    return this.#addUnit(unit, 0, unit.length);
  }
}
