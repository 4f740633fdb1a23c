import { readU16, writeU16, writeU24, writeU32 } from "./bytes.ts";
import { FeedbackFormat, REMB_NAME, RtcpType } from "./rtcp_reader.ts";
import { seqDelta } from "./sequence.ts";
import type { ArrivalLog } from "./transport_feedback.ts";

/** The sender's part of a sender report (RFC 3550 §6.4.1). */
export interface SenderReport {
  /** The source that reports. */
  ssrc: number;
  /** Seconds of the NTP time. */
  ntpHigh: number;
  /** Binary fraction of the NTP time. */
  ntpLow: number;
  /** The same moment in the source's timestamps. */
  rtpTimestamp: number;
  /** Packets sent so far, modulo 2³². */
  packetCount: number;
  /** Payload bytes sent so far, modulo 2³². */
  octetCount: number;
}

/** One report block (RFC 3550 §6.4.1). */
export interface ReportBlock {
  /** The source that is reported on. */
  ssrc: number;
  /** Since the report before, in 256ths. */
  fractionLost: number;
  /** May be negative. */
  cumulativeLost: number;
  /** Cycles in the upper 16 bits. */
  extendedHighest: number;
  /** In units of the codec's clock. */
  jitter: number;
  /** The middle 32 bits of the last sender report's NTP time, or 0. */
  lastSenderReport: number;
  /** In 65,536ths of a second. */
  delaySinceLast: number;
}

/** Nothing lost and nothing heard, of SSRC 0: to be filled in. */
export function emptyBlock(): ReportBlock {
  return {
    ssrc: 0,
    fractionLost: 0,
    cumulativeLost: 0,
    extendedHighest: 0,
    jitter: 0,
    lastSenderReport: 0,
    delaySinceLast: 0,
  };
}

/** The most blocks that one report can carry. */
export const MAX_REPORT_BLOCKS = 31;

/** What a transport-wide feedback message may take, in bytes. */
const MAX_TRANSPORT_FEEDBACK = 1_312;
const MAX_CNAME_BYTES = 255;
const MAX_REMB_SOURCES = 255;
/** The greatest bit rate that REMB's 18 bits can hold at a given exponent. */
const MAX_REMB_MANTISSA = 0x3ffff;

/**
 * Puts together one compound RTCP packet in a buffer of the caller's: `reset`,
 * the parts in the order wanted (a report first, RFC 3550 §6.1), `packet`.
 *
 * @throws {RangeError} from any of them if the buffer is too small, or a count
 *   greater than the wire's fields can hold
 */
export class RtcpWriter {
  readonly #out: Uint8Array;
  #size = 0;

  /** Writes to `out`, which stays the caller's. */
  constructor(out: Uint8Array) {
    this.#out = out;
  }

  /** Of what is written since `reset`, in bytes. */
  get size(): number {
    return this.#size;
  }

  /** Starts a new compound packet. */
  reset(): void {
    this.#size = 0;
  }

  /** What is written since `reset`: a view of the buffer. */
  packet(): Uint8Array {
    return this.#out.subarray(0, this.#size);
  }

  /** A sender report without blocks. */
  senderReport(report: SenderReport): void {
    const at = this.#begin(RtcpType.senderReport, 0, 28);
    writeU32(this.#out, at + 4, report.ssrc);
    writeU32(this.#out, at + 8, report.ntpHigh);
    writeU32(this.#out, at + 12, report.ntpLow);
    writeU32(this.#out, at + 16, report.rtpTimestamp);
    writeU32(this.#out, at + 20, report.packetCount);
    writeU32(this.#out, at + 24, report.octetCount);
  }

  /** A receiver report with up to {@linkcode MAX_REPORT_BLOCKS}, or none. */
  receiverReport(ssrc: number, blocks: readonly ReportBlock[]): void {
    if (blocks.length > MAX_REPORT_BLOCKS) {
      throw new RangeError(
        `Cannot write receiver report: ${blocks.length} blocks`,
      );
    }
    const size = 8 + blocks.length * 24;
    let at = this.#begin(RtcpType.receiverReport, blocks.length, size);
    writeU32(this.#out, at + 4, ssrc);
    at += 8;
    for (const block of blocks) {
      writeU32(this.#out, at, block.ssrc);
      this.#out[at + 4] = block.fractionLost;
      const lost = Math.max(
        -0x800000,
        Math.min(block.cumulativeLost, 0x7fffff),
      );
      writeU24(this.#out, at + 5, lost);
      writeU32(this.#out, at + 8, block.extendedHighest);
      writeU32(this.#out, at + 12, block.jitter);
      writeU32(this.#out, at + 16, block.lastSenderReport);
      writeU32(this.#out, at + 20, block.delaySinceLast);
      at += 24;
    }
  }

  /** A source description with one CNAME, in UTF-8 (RFC 3550 §6.5.1). */
  cname(ssrc: number, name: Uint8Array): void {
    if (name.length > MAX_CNAME_BYTES) {
      throw new RangeError(`Cannot write CNAME: ${name.length} bytes`);
    }
    // Type, length, the name, at least one zero, up to a multiple of four.
    const size = 8 + ((2 + name.length + 4) & ~3);
    const at = this.#begin(RtcpType.sourceDescription, 1, size);
    this.#out.fill(0, at + 8, at + size);
    writeU32(this.#out, at + 4, ssrc);
    this.#out[at + 8] = 1;
    this.#out[at + 9] = name.length;
    this.#out.set(name, at + 10);
  }

  /** Picture loss indication (RFC 4585 §6.3.1). */
  pli(senderSsrc: number, mediaSsrc: number): void {
    const at = this.#begin(RtcpType.payloadFeedback, FeedbackFormat.pli, 12);
    writeU32(this.#out, at + 4, senderSsrc);
    writeU32(this.#out, at + 8, mediaSsrc);
  }

  /** Full intra request for one source (RFC 5104 §4.3.1). */
  fir(senderSsrc: number, sourceSsrc: number, number: number): void {
    const at = this.#begin(RtcpType.payloadFeedback, FeedbackFormat.fir, 20);
    writeU32(this.#out, at + 4, senderSsrc);
    writeU32(this.#out, at + 8, 0);
    writeU32(this.#out, at + 12, sourceSsrc);
    writeU32(this.#out, at + 16, (number & 0xff) << 24);
  }

  /**
   * Generic NACK (RFC 4585 §6.2.1) for the first `count` of `missing`, which
   * are 16-bit numbers in sending order.
   */
  nack(
    senderSsrc: number,
    mediaSsrc: number,
    missing: Uint16Array,
    count: number,
  ): void {
    if (count === 0) return;
    const at = this.#begin(
      RtcpType.transportFeedback,
      FeedbackFormat.nack,
      12 + countNackEntries(missing, count) * 4,
    );
    writeU32(this.#out, at + 4, senderSsrc);
    writeU32(this.#out, at + 8, mediaSsrc);
    let entry = at + 8;
    for (let i = 0; i < count; i++) {
      const number = missing[i]!;
      const ahead = i === 0 ? 0 : seqDelta(number, readU16(this.#out, entry));
      if (ahead >= 1 && ahead <= 16) {
        const bits = readU16(this.#out, entry + 2) | 1 << (ahead - 1);
        writeU16(this.#out, entry + 2, bits);
      } else {
        entry += 4;
        writeU16(this.#out, entry, number);
        writeU16(this.#out, entry + 2, 0);
      }
    }
  }

  /**
   * Transport-wide feedback. False, and nothing is written, if there is nothing
   * to tell.
   */
  transportFeedback(
    senderSsrc: number,
    mediaSsrc: number,
    arrivals: ArrivalLog,
  ): boolean {
    if (this.#size + MAX_TRANSPORT_FEEDBACK > this.#out.length) {
      throw new RangeError("Cannot write RTCP: no room for feedback");
    }
    const size = arrivals.write(this.#out, this.#size + 12);
    if (size === 0) return false;
    const at = this.#begin(
      RtcpType.transportFeedback,
      FeedbackFormat.transport,
      12 + size,
    );
    writeU32(this.#out, at + 4, senderSsrc);
    writeU32(this.#out, at + 8, mediaSsrc);
    return true;
  }

  /** Receiver estimated maximum bit rate (draft-alvestrand-rmcat-remb-03). */
  remb(
    senderSsrc: number,
    bitrateBps: number,
    sources: readonly number[],
  ): void {
    if (sources.length > MAX_REMB_SOURCES) {
      throw new RangeError(`Cannot write REMB: ${sources.length} sources`);
    }
    const at = this.#begin(
      RtcpType.payloadFeedback,
      FeedbackFormat.application,
      20 + sources.length * 4,
    );
    let exponent = 0;
    let mantissa = Math.max(0, Math.floor(bitrateBps));
    while (mantissa > MAX_REMB_MANTISSA && exponent < 63) {
      mantissa = Math.floor(mantissa / 2);
      exponent++;
    }
    mantissa = Math.min(mantissa, MAX_REMB_MANTISSA);
    writeU32(this.#out, at + 4, senderSsrc);
    writeU32(this.#out, at + 8, 0);
    writeU32(this.#out, at + 12, REMB_NAME);
    this.#out[at + 16] = sources.length;
    writeU24(this.#out, at + 17, exponent << 18 | mantissa);
    let entry = at + 20;
    for (const source of sources) {
      writeU32(this.#out, entry, source);
      entry += 4;
    }
  }

  /** Says that a source ends (RFC 3550 §6.6). */
  bye(ssrc: number): void {
    const at = this.#begin(RtcpType.bye, 1, 8);
    writeU32(this.#out, at + 4, ssrc);
  }

  #begin(type: number, count: number, size: number): number {
    const at = this.#size;
    if (at + size > this.#out.length) {
      throw new RangeError(
        `Cannot write RTCP: ${at + size} bytes into ${this.#out.length}`,
      );
    }
    this.#out[at] = 0x80 | count;
    this.#out[at + 1] = type;
    writeU16(this.#out, at + 2, size / 4 - 1);
    this.#size = at + size;
    return at;
  }
}

/** How many entries {@linkcode RtcpWriter.nack} needs, of four bytes each. */
export function countNackEntries(missing: Uint16Array, count: number): number {
  let entries = 0;
  let packetId = 0;
  for (let i = 0; i < count; i++) {
    const number = missing[i]!;
    const ahead = seqDelta(number, packetId);
    if (entries > 0 && ahead >= 1 && ahead <= 16) continue;
    packetId = number;
    entries++;
  }
  return entries;
}
