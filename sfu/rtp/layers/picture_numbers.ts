import { writeU16 } from "../bytes.ts";
import type { PictureReader } from "../picture_reader.ts";

/**
 * The picture ids under which one viewer knows a track's pictures, and the
 * numbers of those of the lowest temporal layer (TL0PICIDX). They go on without
 * a break when the source is another one (B-36).
 */
export class PictureNumbers {
  /** Added to the current source's, around the bits that they have. */
  #idShift = 0;
  #baseShift = 0;
  /** The viewer's latest, or −1. */
  #lastId = -1;
  #lastBase = -1;
  #isNewSource = true;

  /** The next packet noted is of another source, with numbers of its own. */
  switchSource(): void {
    this.#isNewSource = true;
  }

  /**
   * Notes a packet that is forwarded.
   *
   * @param dropped how many pictures of the source were left out before it
   */
  note(picture: PictureReader, dropped: number): void {
    if (this.#isNewSource) this.#begin(picture);
    const { pictureId, pictureIdBits, temporalBaseIndex } = picture;
    if (pictureIdBits > 0) {
      const id = pictureId + this.#idShift - dropped;
      this.#lastId = latest(this.#lastId, id, pictureIdBits);
    }
    if (temporalBaseIndex >= 0) {
      const base = temporalBaseIndex + this.#baseShift;
      this.#lastBase = latest(this.#lastBase, base, 8);
    }
  }

  /** What is added to the current source's picture ids. */
  get idShift(): number {
    return this.#idShift;
  }

  /** Whether a packet has to be rewritten. */
  differs(dropped: number): boolean {
    return this.#idShift !== dropped || this.#baseShift !== 0;
  }

  /** Writes the viewer's numbers into the payload at an offset. */
  rewrite(
    bytes: Uint8Array,
    offset: number,
    picture: PictureReader,
    dropped: number,
  ): void {
    const { pictureId, temporalBaseIndex } = picture;
    const id = pictureId + this.#idShift - dropped;
    write(bytes, offset, picture, id, temporalBaseIndex + this.#baseShift);
  }

  /** Writes the source's numbers again. */
  restore(bytes: Uint8Array, offset: number, picture: PictureReader): void {
    const { pictureId, temporalBaseIndex } = picture;
    write(bytes, offset, picture, pictureId, temporalBaseIndex);
  }

  #begin(picture: PictureReader): void {
    this.#isNewSource = false;
    this.#idShift = this.#lastId < 0 || picture.pictureIdBits === 0
      ? 0
      : this.#lastId + 1 - picture.pictureId;
    this.#baseShift = this.#lastBase < 0 || picture.temporalBaseIndex < 0
      ? 0
      : this.#lastBase + 1 - picture.temporalBaseIndex;
  }
}

/** Writes numbers where the payload that was read has some. */
function write(
  bytes: Uint8Array,
  offset: number,
  picture: PictureReader,
  id: number,
  base: number,
): void {
  const { pictureIdBits, temporalBaseIndex, payloadOffset } = picture;
  const idAt = offset + picture.pictureIdOffset - payloadOffset;
  if (pictureIdBits === 7) bytes[idAt] = id & 0x7f;
  else if (pictureIdBits === 15) writeU16(bytes, idAt, id & 0x7fff | 0x8000);
  if (temporalBaseIndex < 0) return;
  bytes[offset + picture.temporalBaseOffset - payloadOffset] = base;
}

/** The later of two numbers of so many bits; the first may be −1. */
function latest(known: number, other: number, bits: number): number {
  const unused = 32 - bits;
  const found = other & (2 ** bits - 1);
  if (known < 0) return found;
  return ((found - known) << unused) >> unused > 0 ? found : known;
}
