import type { Now } from "../../lib/time.ts";
import { ntpHigh, ntpLow, ntpMiddle } from "./ntp.ts";
import type { SenderReport } from "./rtcp_writer.ts";

/** How many sender reports are remembered, to measure round trips by. */
const REMEMBERED = 32;

/** A receiver report that mentions an older one is ignored (B-53). */
const MAX_REPORT_AGE_MS = 8_000;

/**
 * What one viewer was sent of one track, and what the viewer says about it.
 *
 * Round trips are measured against the moment a sender report was sent, not
 * against the time in it, so that neither a wall clock that jumps nor a viewer
 * who makes numbers up disturbs them.
 */
export class SenderStatistics {
  /** Packets that the viewer has asked for again, and those it was sent. */
  asked = 0;
  repaired = 0;
  /** How often the viewer wanted a keyframe. */
  keyframeRequests = 0;
  /** How often there was no room for the picture. */
  pauses = 0;

  readonly #reportIds = new Uint32Array(REMEMBERED);
  readonly #reportTimes = new Float64Array(REMEMBERED)
    .fill(Number.NEGATIVE_INFINITY);
  #nextReport = 0;
  #packetCount = 0;
  #octetCount = 0;
  #rttMs: number | undefined;
  #fractionLost = 0;
  #jitter = 0;
  #reportedAt: number | undefined;

  /** Packets sent, repeats included. */
  get packetCount(): number {
    return this.#packetCount;
  }

  /** Payload bytes sent, as sender reports count them. */
  get octetCount(): number {
    return this.#octetCount;
  }

  /** Smoothed (B-53), in milliseconds; `undefined` until the first is measured. */
  get rttMs(): number | undefined {
    return this.#rttMs;
  }

  /** By the last receiver report, 0 to 1. */
  get fractionLost(): number {
    return this.#fractionLost;
  }

  /** By the last receiver report, in units of the codec's clock. */
  get jitter(): number {
    return this.#jitter;
  }

  /** When the last receiver report came; `undefined` before the first. */
  get reportedAt(): number | undefined {
    return this.#reportedAt;
  }

  /** Counts a packet. */
  sent(payloadSize: number): void {
    this.#packetCount++;
    this.#octetCount += payloadSize;
  }

  /**
   * Fills in a sender report that is sent now (RFC 3550 §6.4.1).
   *
   * @param rtpTimestamp the track's timestamp now, in the viewer's numbers
   */
  report(
    now: Now,
    ssrc: number,
    rtpTimestamp: number,
    report: SenderReport,
  ): void {
    report.ssrc = ssrc;
    report.ntpHigh = ntpHigh(now.wall);
    report.ntpLow = ntpLow(now.wall);
    report.rtpTimestamp = rtpTimestamp;
    report.packetCount = this.#packetCount >>> 0;
    report.octetCount = this.#octetCount >>> 0;
    const index = this.#nextReport++ % REMEMBERED;
    this.#reportIds[index] = ntpMiddle(report.ntpHigh, report.ntpLow);
    this.#reportTimes[index] = now.instant;
  }

  /** Notes a block of a receiver report on this track. */
  reportBlock(
    fractionLost: number,
    jitter: number,
    lastSenderReport: number,
    delaySinceLast: number,
    now: Now,
  ): void {
    this.#fractionLost = fractionLost / 256;
    this.#jitter = jitter;
    this.#reportedAt = now.instant;
    if (lastSenderReport === 0) return;
    const index = this.#reportIds.indexOf(lastSenderReport);
    if (index < 0) return;
    const age = now.instant - this.#reportTimes[index]!;
    const rtt = age - delaySinceLast / 65.536;
    if (age > MAX_REPORT_AGE_MS || rtt < 0) return;
    this.#rttMs = this.#rttMs === undefined ? rtt : (3 * this.#rttMs + rtt) / 4;
  }
}
