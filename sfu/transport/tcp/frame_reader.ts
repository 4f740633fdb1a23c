/** The largest frame taken, in bytes: as large as a UDP port takes datagrams. */
export const MAX_FRAME_BYTES = 2_048;

/** The length that stands before each frame (RFC 4571 §2), in bytes. */
export const LENGTH_BYTES = 2;

/**
 * Room for what is read at once, in bytes; at least one frame. Lower costs more
 * system calls; higher costs memory for each connection.
 */
const ROOM_BYTES = 4_096;

/** Gets a frame's place; valid during the call only, and may be written to. */
export type FrameHandler = (
  buffer: Uint8Array,
  offset: number,
  sizeBytes: number,
) => void;

/**
 * Takes the byte stream of one connection apart into datagrams (RFC 4571). All
 * that it keeps is one buffer.
 */
export class FrameReader {
  readonly #buffer = new Uint8Array(ROOM_BYTES);
  /** How many bytes wait in the buffer, from its start. */
  #filled = 0;

  /** Where to read to. Never empty, unless {@linkcode take} has refused. */
  get room(): Uint8Array {
    return this.#buffer.subarray(this.#filled);
  }

  /**
   * Hands on each frame that is whole now that so many bytes more are in the
   * room. Empty ones, which mean nothing, are passed over.
   *
   * @returns false if a frame is too long: there is no going on after that
   */
  take(sizeBytes: number, handle: FrameHandler): boolean {
    const end = this.#filled + sizeBytes;
    let start = 0;
    while (end - start >= LENGTH_BYTES) {
      const length = (this.#buffer[start]! << 8) | this.#buffer[start + 1]!;
      if (length > MAX_FRAME_BYTES) return false;
      const next = start + LENGTH_BYTES + length;
      if (next > end) break;
      if (length > 0) handle(this.#buffer, start + LENGTH_BYTES, length);
      start = next;
    }
    if (start > 0) this.#buffer.copyWithin(0, start, end);
    this.#filled = end - start;
    return true;
  }
}
