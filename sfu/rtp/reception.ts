import type { Instant } from "../../lib/time.ts";
import { ntpMiddle, toNtpShort } from "./ntp.ts";
import type { ReportBlock } from "./rtcp_writer.ts";
import { isRestart, timestampDelta } from "./sequence.ts";

/**
 * What arrives of one source, for the receiver reports to its sender
 * (RFC 3550 §6.4.1, A.3, A.8), by extended sequence number (see
 * `SequenceExtender`).
 */
export class Reception {
  readonly #ssrc: number;
  readonly #clockRate: number;
  #base = -1;
  #highest = -1;
  #received = 0;
  /** Added to what is expected, for packets that were asked for again. */
  #requested = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #jitter = 0;
  #fractionLost = 0;
  #lastTimestamp = 0;
  #lastArrival = 0;
  #lastSenderReport = 0;
  #lastSenderReportAt = 0;

  /**
   * Statistics of one source.
   *
   * @param ssrc of the source, for its report blocks
   * @param clockRate of the codec, in Hz
   */
  constructor(ssrc: number, clockRate: number) {
    this.#ssrc = ssrc;
    this.#clockRate = clockRate;
  }

  /** Packets that came, repeats included. */
  get received(): number {
    return this.#received;
  }

  /** Packets that should have come, and repeats that were asked for (B-23). */
  get expected(): number {
    if (this.#base < 0) return 0;
    return this.#highest - this.#base + 1 + this.#requested;
  }

  /** The extended number of the latest packet; −1 before the first. */
  get highest(): number {
    return this.#highest;
  }

  /** By the latest receiver report, 0 to 1. */
  get fractionLost(): number {
    return this.#fractionLost / 256;
  }

  /** Interarrival jitter in units of the codec's clock. */
  get jitter(): number {
    return this.#jitter;
  }

  /** Notes a packet. */
  receive(extended: number, timestamp: number, now: Instant): void {
    if (this.#base < 0 || isRestart(extended, this.#highest)) {
      this.#restart(extended, timestamp, now);
    }
    this.#received++;
    if (extended < this.#base) this.#base = extended;
    // A late packet's delay says nothing about the path's jitter: it may be a
    // retransmission.
    if (extended <= this.#highest) return;
    this.#highest = extended;
    this.#updateJitter(timestamp, now);
  }

  /**
   * Notes that packets were asked for again. Each counts as one more that is
   * expected, or its repair would hide the loss from the sender (B-23).
   */
  expectAgain(count: number): void {
    this.#requested += count;
  }

  /** Notes a sender report, which the next receiver report has to mention. */
  senderReport(ntpHigh: number, ntpLow: number, now: Instant): void {
    this.#lastSenderReport = ntpMiddle(ntpHigh, ntpLow);
    this.#lastSenderReportAt = now;
  }

  /**
   * Fills in the block of the next receiver report and starts the next
   * interval. False if nothing has come yet: nothing to report.
   */
  report(now: Instant, block: ReportBlock): boolean {
    if (this.#base < 0) return false;
    const expected = this.expected;
    const expectedNow = expected - this.#expectedBefore;
    const lostNow = expectedNow - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    block.ssrc = this.#ssrc;
    this.#fractionLost = lostNow <= 0
      ? 0
      : Math.min(255, Math.floor(lostNow * 256 / expectedNow));
    block.fractionLost = this.#fractionLost;
    block.cumulativeLost = expected - this.#received;
    const firstCycle = this.#base - this.#base % 0x10000;
    block.extendedHighest = (this.#highest - firstCycle) >>> 0;
    block.jitter = this.#jitter;
    block.lastSenderReport = this.#lastSenderReport;
    block.delaySinceLast = this.#lastSenderReport === 0
      ? 0
      : toNtpShort(now - this.#lastSenderReportAt);
    return true;
  }

  #restart(extended: number, timestamp: number, now: Instant): void {
    this.#base = extended;
    this.#highest = extended - 1;
    this.#received = 0;
    this.#requested = 0;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
    this.#jitter = 0;
    this.#lastTimestamp = timestamp;
    this.#lastArrival = now;
  }

  /** RFC 3550 A.8, in whole units of the clock. */
  #updateJitter(timestamp: number, now: Instant): void {
    const elapsed = (now - this.#lastArrival) * this.#clockRate / 1000;
    const sent = timestampDelta(timestamp, this.#lastTimestamp);
    this.#lastArrival = now;
    this.#lastTimestamp = timestamp;
    const difference = Math.abs(elapsed - sent);
    // Half a minute is no jitter but a new beginning of the timestamps.
    if (difference > 30 * this.#clockRate) return;
    this.#jitter = Math.floor((15 * this.#jitter + difference) / 16);
  }
}
