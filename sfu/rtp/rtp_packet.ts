import { readU16, readU32, readU8, writeU16, writeU32 } from "./bytes.ts";

/** The size of an RTP header without sources and extensions, in bytes. */
export const RTP_HEADER_SIZE = 12;

/** The size of a header with {@linkcode writeTransportSequence}, in bytes. */
export const LONG_RTP_HEADER_SIZE = 20;

/** The same with {@linkcode addAudioLevel}. */
export const LONGEST_RTP_HEADER_SIZE = 24;

const ONE_BYTE_PROFILE = 0xbede;
const TWO_BYTE_PROFILE = 0x1000;
const NO_BYTES = new Uint8Array(0);

/**
 * Reads RTP packets (RFC 3550 §5.1), one after the other: made once, filled by
 * {@linkcode RtpView.parse}. Its fields mean something only after `parse`
 * returned true, and offsets count from the start of the buffer.
 */
export class RtpView {
  /** Where the packet starts. */
  start = 0;
  /** Of the whole packet, in bytes. */
  size = 0;
  /** 0 to 127. */
  payloadType = 0;
  /** Set on the last packet of a video frame. */
  marker = false;
  /** 16 bits. */
  sequenceNumber = 0;
  /** 32 bits, in units of the codec's clock. */
  timestamp = 0;
  /** 32 bits. */
  ssrc = 0;
  /** With contributing sources and extensions, in bytes. */
  headerSize = 0;
  /** Where the payload starts. */
  payloadOffset = 0;
  /** Without padding, in bytes. */
  payloadSize = 0;
  /** The 16 bits that tell the kind of extension, or −1 if there is none. */
  extensionProfile = -1;
  /** Where the extension's data starts, after its four bytes of header. */
  extensionOffset = 0;
  /** Of the extension's data, in bytes. */
  extensionSize = 0;
  /** Of the element that {@linkcode RtpView.findExtension} found last, in bytes. */
  elementSize = 0;

  #bytes: Uint8Array = NO_BYTES;

  /**
   * Reads the plain packet of that size at an offset: all of the buffer, unless it
   * is said where it lies. False if it is not RTP of version 2 or its lengths
   * contradict each other.
   */
  parse(
    bytes: Uint8Array,
    start = 0,
    size: number = bytes.length - start,
  ): boolean {
    const end = start + size;
    if (size < RTP_HEADER_SIZE || end > bytes.length) return false;
    const first = readU8(bytes, start);
    if (first >> 6 !== 2) return false;
    const second = readU8(bytes, start + 1);
    this.#bytes = bytes;
    this.start = start;
    this.size = size;
    this.marker = (second & 0x80) !== 0;
    this.payloadType = second & 0x7f;
    this.sequenceNumber = readU16(bytes, start + 2);
    this.timestamp = readU32(bytes, start + 4);
    this.ssrc = readU32(bytes, start + 8);

    let offset = start + RTP_HEADER_SIZE + (first & 0x0f) * 4;
    this.extensionProfile = -1;
    this.extensionOffset = 0;
    this.extensionSize = 0;
    if ((first & 0x10) !== 0) {
      if (offset + 4 > end) return false;
      this.extensionProfile = readU16(bytes, offset);
      this.extensionSize = readU16(bytes, offset + 2) * 4;
      this.extensionOffset = offset + 4;
      offset = this.extensionOffset + this.extensionSize;
    }
    if (offset > end) return false;
    let padding = 0;
    if ((first & 0x20) !== 0) {
      padding = readU8(bytes, end - 1);
      if (padding === 0 || padding > end - offset) return false;
    }
    this.headerSize = offset - start;
    this.payloadOffset = offset;
    this.payloadSize = end - offset - padding;
    return true;
  }

  /**
   * Finds a header extension element by its negotiated id (RFC 8285 §4.2,
   * §4.3): the offset of its data, whose size is then in
   * {@linkcode RtpView.elementSize}; or −1.
   */
  findExtension(id: number): number {
    if (this.extensionProfile === ONE_BYTE_PROFILE) {
      return this.#findOneByte(id);
    }
    if ((this.extensionProfile & 0xfff0) === TWO_BYTE_PROFILE) {
      return this.#findTwoByte(id);
    }
    return -1;
  }

  #findOneByte(id: number): number {
    const end = this.extensionOffset + this.extensionSize;
    let offset = this.extensionOffset;
    while (offset < end) {
      const head = readU8(this.#bytes, offset++);
      if (head >> 4 === 0) continue; // Padding.
      if (head >> 4 === 15) return -1; // Reserved: nothing after it counts.
      const size = (head & 0x0f) + 1;
      if (offset + size > end) return -1;
      if (head >> 4 === id) {
        this.elementSize = size;
        return offset;
      }
      offset += size;
    }
    return -1;
  }

  #findTwoByte(id: number): number {
    const end = this.extensionOffset + this.extensionSize;
    let offset = this.extensionOffset;
    while (offset < end) {
      const found = readU8(this.#bytes, offset++);
      if (found === 0) continue; // Padding.
      if (offset >= end) return -1;
      const size = readU8(this.#bytes, offset++);
      if (offset + size > end) return -1;
      if (found === id) {
        this.elementSize = size;
        return offset;
      }
      offset += size;
    }
    return -1;
  }
}

/**
 * Writes a bare header of {@linkcode RTP_HEADER_SIZE} bytes at the start of
 * `out`. Arguments instead of an object, because it runs once per packet and
 * viewer.
 */
export function writeRtpHeader(
  out: Uint8Array,
  payloadType: number,
  marker: boolean,
  sequenceNumber: number,
  timestamp: number,
  ssrc: number,
): void {
  out[0] = 0x80;
  out[1] = marker ? payloadType | 0x80 : payloadType;
  writeU16(out, 2, sequenceNumber);
  writeU32(out, 4, timestamp);
  writeU32(out, 8, ssrc);
}

/**
 * Adds the transport-wide sequence number to the header at the start of `out`
 * as its only extension (RFC 8285 §4.2), which makes it one of
 * {@linkcode LONG_RTP_HEADER_SIZE} bytes.
 */
export function writeTransportSequence(
  out: Uint8Array,
  extensionId: number,
  number: number,
): void {
  out[0] = 0x90;
  writeU16(out, 12, ONE_BYTE_PROFILE);
  writeU16(out, 14, 1);
  out[16] = extensionId << 4 | 1;
  writeU16(out, 17, number);
  out[19] = 0;
}

/**
 * Adds how loud the sound is (RFC 6464 §3) as the only extension of the header
 * at the start of `out`, which makes it one of {@linkcode LONG_RTP_HEADER_SIZE}
 * bytes.
 */
export function writeAudioLevel(
  out: Uint8Array,
  extensionId: number,
  level: number,
): void {
  out[0] = 0x90;
  writeU16(out, 12, ONE_BYTE_PROFILE);
  writeU16(out, 14, 1);
  out[16] = extensionId << 4;
  out[17] = level;
  writeU16(out, 18, 0);
}

/**
 * The same behind what {@linkcode writeTransportSequence} has written, which
 * makes it a header of {@linkcode LONGEST_RTP_HEADER_SIZE} bytes.
 */
export function addAudioLevel(
  out: Uint8Array,
  extensionId: number,
  level: number,
): void {
  writeU16(out, 14, 2);
  out[19] = extensionId << 4;
  out[20] = level;
  out[21] = 0;
  writeU16(out, 22, 0);
}

/** Says of the header at the start of `out` that padding ends the packet. */
export function markPadded(out: Uint8Array): void {
  out[0] = out[0]! | 0x20;
}
