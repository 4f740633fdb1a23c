import { readU16, readU24, readU32, readU8 } from "./bytes.ts";
import {
  readTransportFeedback as readPacketStatuses,
  type TransportFeedbackVisitor,
} from "./transport_feedback.ts";

/** RTCP packet types (RFC 3550 §12.1, RFC 4585 §6.1). */
export const RtcpType = {
  senderReport: 200,
  receiverReport: 201,
  sourceDescription: 202,
  bye: 203,
  transportFeedback: 205,
  payloadFeedback: 206,
} as const;

/**
 * Feedback message types (RFC 4585 §6, RFC 5104 §4.3.1,
 * draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
 */
export const FeedbackFormat = {
  nack: 1,
  pli: 1,
  fir: 4,
  application: 15,
  transport: 15,
} as const;

/** `REMB`, by which such feedback is told from other applications'. */
export const REMB_NAME = 0x52454d42;

/**
 * Gets what {@linkcode readRtcp} finds, in the order of the packet. Leave out
 * what you do not care for. Called on the packet path: numbers only.
 */
export interface RtcpVisitor extends TransportFeedbackVisitor {
  /** RFC 3550 §6.4.1; its report blocks follow as {@linkcode reportBlock}. */
  senderReport?(
    ssrc: number,
    ntpHigh: number,
    ntpLow: number,
    rtpTimestamp: number,
    packetCount: number,
    octetCount: number,
  ): void;
  /**
   * One block of a sender or receiver report.
   *
   * @param fractionLost since the report before, in 256ths
   * @param cumulativeLost signed: duplicates make it negative
   * @param jitter in units of the codec's clock
   * @param lastSenderReport the middle 32 bits of its NTP time, or 0
   * @param delaySinceLast in 65,536ths of a second
   */
  reportBlock?(
    reporterSsrc: number,
    sourceSsrc: number,
    fractionLost: number,
    cumulativeLost: number,
    extendedHighest: number,
    jitter: number,
    lastSenderReport: number,
    delaySinceLast: number,
  ): void;
  /** One entry of a generic NACK: `packetId`, and the 16 after it as bits. */
  nack?(
    senderSsrc: number,
    mediaSsrc: number,
    packetId: number,
    bitmask: number,
  ): void;
  /** Picture loss indication. */
  pli?(senderSsrc: number, mediaSsrc: number): void;
  /**
   * One entry of a full intra request. The source is the entry's, not the
   * packet's (RFC 5104 §4.3.1.2); equal numbers are repeats of one request.
   */
  fir?(senderSsrc: number, sourceSsrc: number, number: number): void;
  /**
   * The receiver's estimate for all sources together. The sources themselves
   * are given by {@linkcode rembSource} before.
   */
  remb?(senderSsrc: number, bitrateBps: number): void;
  /** One of the sources of a {@linkcode remb}; comes before it. */
  rembSource?(senderSsrc: number, sourceSsrc: number): void;
  /** The name is `bytes` from `offset`, `size` of them, in UTF-8. */
  cname?(ssrc: number, bytes: Uint8Array, offset: number, size: number): void;
  /** A source has ended. */
  bye?(ssrc: number): void;
}

/**
 * Walks a compound RTCP packet. Unknown packet types are passed over. False
 * from the first place on where the packet contradicts itself: what was sound
 * before has been visited, nothing after is.
 */
export function readRtcp(bytes: Uint8Array, visitor: RtcpVisitor): boolean {
  let offset = 0;
  while (offset < bytes.length) {
    if (offset + 4 > bytes.length) return false;
    const first = readU8(bytes, offset);
    if (first >> 6 !== 2) return false;
    const end = offset + (readU16(bytes, offset + 2) + 1) * 4;
    if (end > bytes.length) return false;
    let contentEnd = end;
    if ((first & 0x20) !== 0) {
      const padding = readU8(bytes, end - 1);
      if (padding === 0 || padding > end - offset - 4) return false;
      contentEnd = end - padding;
    }
    const type = readU8(bytes, offset + 1);
    if (!readOne(bytes, offset, contentEnd, type, first & 0x1f, visitor)) {
      return false;
    }
    offset = end;
  }
  return bytes.length > 0;
}

/** `count` is the number of blocks, or the feedback's format. */
function readOne(
  bytes: Uint8Array,
  offset: number,
  end: number,
  type: number,
  count: number,
  visitor: RtcpVisitor,
): boolean {
  switch (type) {
    case RtcpType.senderReport:
      return readSenderReport(bytes, offset, end, count, visitor);
    case RtcpType.receiverReport:
      return readBlocks(bytes, offset, offset + 8, end, count, visitor);
    case RtcpType.sourceDescription:
      return readSourceDescription(bytes, offset + 4, end, count, visitor);
    case RtcpType.bye:
      return readBye(bytes, offset, end, count, visitor);
    case RtcpType.transportFeedback:
      return readTransportFeedback(bytes, offset, end, count, visitor);
    case RtcpType.payloadFeedback:
      return readPayloadFeedback(bytes, offset, end, count, visitor);
    default:
      return true;
  }
}

function readSenderReport(
  bytes: Uint8Array,
  offset: number,
  end: number,
  count: number,
  visitor: RtcpVisitor,
): boolean {
  if (offset + 28 + count * 24 > end) return false;
  visitor.senderReport?.(
    readU32(bytes, offset + 4),
    readU32(bytes, offset + 8),
    readU32(bytes, offset + 12),
    readU32(bytes, offset + 16),
    readU32(bytes, offset + 20),
    readU32(bytes, offset + 24),
  );
  return readBlocks(bytes, offset, offset + 28, end, count, visitor);
}

function readBlocks(
  bytes: Uint8Array,
  offset: number,
  firstBlock: number,
  end: number,
  count: number,
  visitor: RtcpVisitor,
): boolean {
  if (firstBlock + count * 24 > end) return false;
  const reporter = readU32(bytes, offset + 4);
  for (let i = 0; i < count; i++) {
    const block = firstBlock + i * 24;
    visitor.reportBlock?.(
      reporter,
      readU32(bytes, block),
      readU8(bytes, block + 4),
      readU24(bytes, block + 5) << 8 >> 8, // Sign-extends 24 bits.
      readU32(bytes, block + 8),
      readU32(bytes, block + 12),
      readU32(bytes, block + 16),
      readU32(bytes, block + 20),
    );
  }
  return true;
}

const SDES_END = 0;
const SDES_CNAME = 1;

function readSourceDescription(
  bytes: Uint8Array,
  start: number,
  end: number,
  count: number,
  visitor: RtcpVisitor,
): boolean {
  let offset = start;
  for (let chunk = 0; chunk < count; chunk++) {
    if (offset + 4 > end) return false;
    const ssrc = readU32(bytes, offset);
    offset += 4;
    for (;;) {
      if (offset >= end) return false;
      const item = readU8(bytes, offset++);
      if (item === SDES_END) break;
      if (offset >= end) return false;
      const size = readU8(bytes, offset++);
      if (offset + size > end) return false;
      if (item === SDES_CNAME) visitor.cname?.(ssrc, bytes, offset, size);
      offset += size;
    }
    // Chunks end on a multiple of four, counted from the packet's start.
    offset = start + ((offset - start + 3) & ~3);
  }
  return offset <= end;
}

function readBye(
  bytes: Uint8Array,
  offset: number,
  end: number,
  count: number,
  visitor: RtcpVisitor,
): boolean {
  if (offset + 4 + count * 4 > end) return false;
  for (let i = 0; i < count; i++) {
    visitor.bye?.(readU32(bytes, offset + 4 + i * 4));
  }
  return true;
}

function readTransportFeedback(
  bytes: Uint8Array,
  offset: number,
  end: number,
  format: number,
  visitor: RtcpVisitor,
): boolean {
  if (offset + 12 > end) return false;
  if (format === FeedbackFormat.transport) {
    return readPacketStatuses(bytes, offset + 12, end, visitor);
  }
  if (format !== FeedbackFormat.nack) return true;
  if ((end - offset) % 4 !== 0) return false;
  const sender = readU32(bytes, offset + 4);
  const media = readU32(bytes, offset + 8);
  for (let entry = offset + 12; entry < end; entry += 4) {
    visitor.nack?.(
      sender,
      media,
      readU16(bytes, entry),
      readU16(bytes, entry + 2),
    );
  }
  return true;
}

function readPayloadFeedback(
  bytes: Uint8Array,
  offset: number,
  end: number,
  format: number,
  visitor: RtcpVisitor,
): boolean {
  if (offset + 12 > end) return false;
  const sender = readU32(bytes, offset + 4);
  switch (format) {
    case FeedbackFormat.pli:
      visitor.pli?.(sender, readU32(bytes, offset + 8));
      return true;
    case FeedbackFormat.fir:
      if ((end - offset - 12) % 8 !== 0) return false;
      for (let entry = offset + 12; entry < end; entry += 8) {
        visitor.fir?.(sender, readU32(bytes, entry), readU8(bytes, entry + 4));
      }
      return true;
    case FeedbackFormat.application:
      return readRemb(bytes, offset, end, sender, visitor);
    default:
      return true;
  }
}

/** draft-alvestrand-rmcat-remb-03 §2.2. */
function readRemb(
  bytes: Uint8Array,
  offset: number,
  end: number,
  sender: number,
  visitor: RtcpVisitor,
): boolean {
  // Other applications' feedback is none of our business.
  if (offset + 16 > end || readU32(bytes, offset + 12) !== REMB_NAME) {
    return true;
  }
  if (offset + 20 > end) return false;
  const count = readU8(bytes, offset + 16);
  if (offset + 20 + count * 4 > end) return false;
  const packed = readU24(bytes, offset + 17);
  // 6 bits of exponent: too many for shifts, not for doubles.
  const bitrateBps = (packed & 0x3ffff) * 2 ** (packed >> 18);
  for (let i = 0; i < count; i++) {
    visitor.rembSource?.(sender, readU32(bytes, offset + 20 + i * 4));
  }
  visitor.remb?.(sender, bitrateBps);
  return true;
}
