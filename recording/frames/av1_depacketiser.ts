import { readU8 } from "../../sfu/rtp/bytes.ts";
import { readLeb128, writeLeb128 } from "./leb128.ts";
import { ByteBuilder } from "./byte_builder.ts";
import type { Depacketiser } from "./depacketiser.ts";

const TEMPORAL_DELIMITER = 2;
const TILE_LIST = 8;
const PADDING = 15;

/**
 * AV1 (RTP payload format §4): pieces of units (OBUs), which have no sizes of
 * their own there and have them in files (AV1 in Matroska §"Block Data"), where
 * delimiters are left out.
 */
export class Av1Depacketiser implements Depacketiser {
  readonly #frame = new ByteBuilder();
  /** A unit that goes on in the next packet. */
  readonly #unit = new ByteBuilder();
  #isInUnit = false;

  clear(): void {
    this.#frame.clear();
    this.#unit.clear();
    this.#isInUnit = false;
  }

  add(bytes: Uint8Array, offset: number, size: number): boolean {
    const end = offset + size;
    if (size < 2 || end > bytes.length) return false;
    const head = readU8(bytes, offset);
    // Z: the first piece goes on with a unit; Y: the last one is not its end.
    const goesOn = (head & 0x80) !== 0;
    const isCut = (head & 0x40) !== 0;
    if (goesOn !== this.#isInUnit) return false;
    const count = head >> 4 & 3;
    let at = offset + 1;
    for (let piece = 1; at < end; piece++) {
      let length = end - at;
      if (piece !== count) {
        const used = readLeb128(bytes, at, end);
        if (used.bytes === 0) return false;
        at += used.bytes;
        length = used.value;
      }
      if (length > end - at) return false;
      if (!this.#unit.add(bytes, at, length)) return false;
      at += length;
      this.#isInUnit = at === end && isCut;
      if (!this.#isInUnit && !this.#endUnit()) return false;
    }
    return true;
  }

  take(): Uint8Array | undefined {
    const isWhole = this.#frame.size > 0 && !this.#isInUnit;
    return isWhole ? this.#frame.toBytes() : undefined;
  }

  /** Adds the unit to the frame, with its size, which it may have anyway. */
  #endUnit(): boolean {
    const unit = this.#unit.toBytes();
    this.#unit.clear();
    const [head = 0] = unit;
    if (unit.length === 0) return true;
    const type = head >> 3 & 0x0f;
    if (type === TEMPORAL_DELIMITER || type === TILE_LIST || type === PADDING) {
      return true;
    }
    const hasSize = (head & 2) !== 0;
    if (hasSize) return this.#frame.add(unit, 0, unit.length);
    const headBytes = (head & 4) !== 0 ? 2 : 1;
    if (unit.length < headBytes) return false;
    this.#frame.push(head | 2);
    if (headBytes === 2) this.#frame.push(unit[1]!);
    const rest = unit.length - headBytes;
    for (const byte of writeLeb128(rest)) this.#frame.push(byte);
    return this.#frame.add(unit, headBytes, rest);
  }
}
