import type { Instant } from "../../../lib/time.ts";
import {
  TICKS_PER_MS,
  type TransportFeedbackVisitor,
} from "../transport_feedback.ts";
import { ArrivalRate } from "./arrival_rate.ts";
import { OveruseDetector, type Usage } from "./overuse_detector.ts";
import { PacketGroups } from "./packet_groups.ts";
import type { SendSideEstimator } from "./send_side_estimator.ts";
import type { SendClock } from "./send_clock.ts";
import { SentPackets } from "./sent_packets.ts";
import { StandingQueue } from "./standing_queue.ts";

/** What IP, UDP and SRTP add to a packet, in bytes. */
const OVERHEAD_BYTES = 44;

/**
 * How fast the least time under way that is known may grow, in milliseconds per
 * millisecond: as fast as two clocks may drift apart.
 */
const DRIFT = 1e-4;

/**
 * A queue overflows if of so many packets half are lost, and what arrives has
 * waited for so many milliseconds. That need not wait for a trend. Lower also
 * takes what a bad radio link does for it; higher loses more pictures.
 */
const OVERFLOW_PACKETS = 10;
const OVERFLOW_MS = 100;

/**
 * What one peer of a viewer's has sent, and what the viewer says of it. Peers
 * number their packets apart, and may have clocks of their own; what they find
 * out together is in the {@linkcode SendSideEstimator} that they share. Nothing
 * is allocated per packet.
 */
export class PeerFeedback implements TransportFeedbackVisitor {
  readonly #estimator: SendSideEstimator;
  readonly #clock: SendClock;
  readonly #sent = new SentPackets();
  readonly #groups = new PacketGroups();
  readonly #detector = new OveruseDetector();
  readonly #queue = new StandingQueue();
  readonly #arriving = new ArrivalRate();
  #now: Instant;
  #heardAt = Number.NEGATIVE_INFINITY;
  /** The receiver's clock when the last packet came, and that without its wrap. */
  #lastTicks: number | undefined;
  #arrivalTicks = 0;
  /** By how much the receiver's clock is ahead, and the quickest packet's way. */
  #offsetMs = Number.POSITIVE_INFINITY;
  #offsetAt = 0;
  // Of the message that is being read.
  #told = 0;
  #lost = 0;
  #leastDelayMs = Number.POSITIVE_INFINITY;

  /** To be made by {@linkcode SendSideEstimator.addPeer}. */
  constructor(estimator: SendSideEstimator, clock: SendClock, now: Instant) {
    this.#estimator = estimator;
    this.#clock = clock;
    this.#now = now;
  }

  /** When the latest feedback came. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** What arrives over this peer. */
  get arriving(): ArrivalRate {
    return this.#arriving;
  }

  /** What the trend of this peer's packets says of the path's queue. */
  get usage(): Usage {
    return this.#detector.usage;
  }

  /** How long that queue is at least, in milliseconds. */
  get queueMs(): number {
    return this.#queue.queueMs;
  }

  /** Of the receiver's clock against ours; see the field. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** The path has become longer: what is known of its delay is of no use. */
  forgetDelay(): void {
    this.#groups.clear();
    this.#detector.clear();
    this.#queue.clear();
    this.#offsetMs = Number.POSITIVE_INFINITY;
  }

  /** Notes a packet, and returns the number that it has to carry. */
  send(rtpBytes: number, now: Instant): number {
    const size = rtpBytes + OVERHEAD_BYTES;
    const probe = this.#estimator.noteSent(size, now);
    return this.#sent.add(size, probe, this.#clock.next, now);
  }

  /** When the feedback came that is about to be read. */
  receiveFeedback(now: Instant): void {
    this.#now = now;
  }

  /** See {@linkcode TransportFeedbackVisitor.packetStatus}. */
  packetStatus(
    sequenceNumber: number,
    received: boolean,
    arrivalTicks: number,
  ): void {
    const slot = this.#sent.find(sequenceNumber);
    if (slot < 0) return;
    const sentAt = this.#clock.timeOf(
      this.#sent.flush(slot),
      this.#sent.writtenAt(slot),
    );
    const size = this.#sent.sizeBytes(slot);
    const probe = this.#sent.probe(slot);
    // What is lost may yet be told to have come, but that is of no use.
    this.#sent.forget(slot);
    const disturbed = this.#estimator.noteFate(received, sentAt);
    const arrivalMs = received ? this.#toMs(arrivalTicks) : 0;
    this.#told++;
    if (received) this.#noteOffset(arrivalMs - sentAt, sentAt);
    else this.#lost++;
    if (probe !== 0) {
      this.#estimator.noteProbe(this, probe, received, size, arrivalMs);
    }
    if (!received) return;
    this.#arriving.add(size, arrivalMs);
    if (disturbed) {
      this.#groups.clear();
    } else if (this.#groups.add(sentAt, arrivalMs)) {
      const { variationMs, arrivalDeltaMs, delayMs, arrivalMs } = this.#groups;
      this.#detector.update(variationMs, arrivalDeltaMs);
      this.#queue.update(delayMs, arrivalMs);
    }
  }

  /** See {@linkcode TransportFeedbackVisitor.transportFeedback}. */
  transportFeedback(): void {
    // Nothing in it was new: a repeat, or about what has been forgotten.
    if (this.#lastTicks === undefined) return;
    this.#heardAt = this.#now;
    this.#estimator.update(this.#overflows, this.#now);
    this.#told = this.#lost = 0;
    this.#leastDelayMs = Number.POSITIVE_INFINITY;
  }

  get #overflows(): boolean {
    return this.#told >= OVERFLOW_PACKETS && this.#lost * 2 > this.#told &&
      this.#lost < this.#told && this.#leastDelayMs >= OVERFLOW_MS;
  }

  #noteOffset(offsetMs: number, sentAt: number): void {
    const drifted = this.#offsetMs + (sentAt - this.#offsetAt) * DRIFT;
    this.#offsetMs = Math.min(offsetMs, drifted);
    const delayMs = offsetMs - this.#offsetMs;
    this.#leastDelayMs = Math.min(this.#leastDelayMs, delayMs);
    this.#offsetAt = sentAt;
  }

  /** Of the receiver's clock, which wraps, on one that does not. */
  #toMs(ticks: number): number {
    if (this.#lastTicks === undefined) {
      // A cycle up, so that what was overtaken is not negative.
      this.#arrivalTicks = 2 ** 32 + (ticks >>> 0);
    } else {
      this.#arrivalTicks += (ticks - this.#lastTicks) | 0;
    }
    this.#lastTicks = ticks;
    return this.#arrivalTicks / TICKS_PER_MS;
  }
}
