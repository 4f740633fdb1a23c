import { readU16, writeU16 } from "./bytes.ts";
import { RTP_HEADER_SIZE, writeRtpHeader } from "./rtp_packet.ts";

/**
 * The longest descriptor that is passed on, in bytes: that of a keyframe of three
 * spatial layers with three temporal ones takes about a hundred.
 */
export const MAX_DESCRIPTOR_SIZE = 255;

/** Above this size an element needs a header of two bytes (RFC 8285 §4.3). */
const MAX_ONE_BYTE_ELEMENT = 16;

const ONE_BYTE_PROFILE = 0xbede;
const TWO_BYTE_PROFILE = 0x1000;

/** Where the frame's number is in a dependency descriptor, after a byte of flags. */
const FRAME_NUMBER_OFFSET = 1;

/**
 * RTP headers with a dependency descriptor (AV1 RTP payload format, appendix A),
 * one after the other: made once for a track. What depends on their size is made
 * once for each size.
 */
export class DescribedHeader {
  readonly #descriptor = new Uint8Array(MAX_DESCRIPTOR_SIZE);
  #size = 0;
  /** By their size in words of four bytes. */
  readonly #headers: Uint8Array[] = [];

  /** Whether there is a descriptor for the next packet. */
  get isSet(): boolean {
    return this.#size > 0;
  }

  /**
   * Takes the next packet's descriptor: a copy, with another frame number. One
   * that is too large, or too short to be one, is left out.
   *
   * @param shift to be added to the frame's number
   */
  set(bytes: Uint8Array, offset: number, size: number, shift: number): void {
    this.#size = 0;
    if (size <= FRAME_NUMBER_OFFSET + 1 || size > MAX_DESCRIPTOR_SIZE) return;
    for (let i = 0; i < size; i++) this.#descriptor[i] = bytes[offset + i]!;
    const number = readU16(this.#descriptor, FRAME_NUMBER_OFFSET) + shift;
    writeU16(this.#descriptor, FRAME_NUMBER_OFFSET, number & 0xffff);
    this.#size = size;
  }

  /**
   * Writes a header with the descriptor that was {@linkcode set}, which is of use
   * only for this one: a view, good until the next is written.
   *
   * @param sequenceId of the extension that numbers the peer's packets, whose
   *   number {@linkcode numberDescribed} writes; −1 without
   */
  write(
    payloadType: number,
    marker: boolean,
    sequenceNumber: number,
    timestamp: number,
    ssrc: number,
    descriptorId: number,
    sequenceId: number,
  ): Uint8Array {
    const size = this.#size;
    this.#size = 0;
    const isShort = size <= MAX_ONE_BYTE_ELEMENT;
    const headSize = isShort ? 1 : 2;
    const numbered = sequenceId > 0;
    const elements = headSize + size + (numbered ? headSize + 2 : 0);
    const words = elements + 3 >> 2;
    const out = this.#headers[words] ??= new Uint8Array(
      RTP_HEADER_SIZE + 4 + words * 4,
    );
    writeRtpHeader(out, payloadType, marker, sequenceNumber, timestamp, ssrc);
    out[0] = 0x90;
    writeU16(out, 12, isShort ? ONE_BYTE_PROFILE : TWO_BYTE_PROFILE);
    writeU16(out, 14, words);
    let at = RTP_HEADER_SIZE + 4;
    if (numbered) at = head(out, at, sequenceId, 2, isShort) + 2;
    at = head(out, at, descriptorId, size, isShort);
    for (let i = 0; i < size; i++) out[at + i] = this.#descriptor[i]!;
    out.fill(0, at + size);
    return out;
  }
}

/** Writes a transport-wide number into a header that {@linkcode DescribedHeader.write} wrote. */
export function numberDescribed(header: Uint8Array, number: number): void {
  const headSize = readU16(header, 12) === ONE_BYTE_PROFILE ? 1 : 2;
  writeU16(header, RTP_HEADER_SIZE + 4 + headSize, number);
}

/** Writes an element's head, and returns where its data is. */
function head(
  out: Uint8Array,
  at: number,
  id: number,
  size: number,
  isShort: boolean,
): number {
  if (isShort) {
    out[at] = id << 4 | size - 1;
    return at + 1;
  }
  out[at] = id;
  out[at + 1] = size;
  return at + 2;
}
