import type { Instant } from "../../../lib/time.ts";
import { RateMeter } from "../rate_meter.ts";
import {
  TICKS_PER_MS,
  type TransportFeedbackVisitor,
} from "../transport_feedback.ts";
import { ArrivalRate } from "./arrival_rate.ts";
import { DelayBasedRate } from "./delay_based_rate.ts";
import { LossBasedLimit } from "./loss_based_limit.ts";
import { StandingQueue } from "./standing_queue.ts";
import { OveruseDetector, type Usage } from "./overuse_detector.ts";
import { PacketGroups } from "./packet_groups.ts";
import { Prober } from "./prober.ts";
import { SentPackets } from "./sent_packets.ts";

/** What is assumed of a path at first, in bit/s. */
const INITIAL_BPS = 600_000;

/** No path is taken to carry less, in bit/s. */
const MIN_BPS = 50_000;

/** More than any viewer's flow needs, in bit/s. */
const MAX_BPS = 20_000_000;

/** What IP, UDP and SRTP add to a packet, in bytes. */
const OVERHEAD_BYTES = 44;

/**
 * A rate of which less is used needs no proof that there is more. Higher probes
 * less often; lower has more in reserve when a publisher sends more.
 */
const USED_SHARE = 0.6;

/** How long what is sent is watched before the first probe, in milliseconds. */
const WARM_UP_MS = 300;

/** Of one packet in the share that is lost: some 200 count. */
const LOSS_WEIGHT = 1 / 200;

/**
 * A queue that is shorter is none to give way to, in milliseconds. Lower keeps
 * delays shorter; higher takes less for congestion that is none.
 */
const MIN_QUEUE_MS = 20;

/** Until a round trip is measured, in milliseconds. */
const INITIAL_RTT_MS = 100;

/**
 * How much may be sent to one viewer over its path, estimated where it is sent
 * by what the viewer says about each packet's arrival (RFC 8836;
 * draft-ietf-rmcat-gcc-02). One for each peer; nothing is allocated per packet.
 */
export class SendSideEstimator implements TransportFeedbackVisitor {
  readonly #sent = new SentPackets();
  readonly #groups = new PacketGroups();
  readonly #detector = new OveruseDetector();
  readonly #queue = new StandingQueue();
  readonly #delayBased = new DelayBasedRate(INITIAL_BPS, MIN_BPS, MAX_BPS);
  readonly #lossBased = new LossBasedLimit(MAX_BPS, MIN_BPS, MAX_BPS);
  readonly #arriving = new ArrivalRate();
  readonly #sending = new RateMeter();
  readonly #prober = new Prober();
  #now: Instant;
  #startedAt: number | undefined;
  /** The receiver's clock when the first packet came, and its latest time. */
  #lastTicks: number | undefined;
  #arrivalTicks = 0;
  #rttMs = INITIAL_RTT_MS;
  #loss = 0;

  constructor(now: Instant) {
    this.#now = now;
  }

  /** Whether feedback has come, so that there is an estimate. */
  get started(): boolean {
    return this.#lastTicks !== undefined;
  }

  /** In bit/s, with what packets cost on the wire. */
  get estimateBps(): number {
    return Math.min(this.#delayBased.rateBps, this.#lossBased.limitBps);
  }

  /** The share of packets that was lost lately, 0 to 1. */
  get loss(): number {
    return this.#loss;
  }

  /** To the viewer and back, in milliseconds, as far as it is known. */
  set rttMs(rttMs: number) {
    this.#rttMs = rttMs;
  }

  /** Notes a packet, and returns the number that it has to carry. */
  send(rtpBytes: number, now: Instant): number {
    const size = rtpBytes + OVERHEAD_BYTES;
    this.#startedAt ??= now;
    this.#sending.add(size, now);
    this.#prober.sent(size, now);
    return this.#sent.add(size, this.#prober.current, now);
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
    const sentAt = this.#sent.sentAt(slot);
    const size = this.#sent.sizeBytes(slot);
    const probe = this.#sent.probe(slot);
    const disturbed = this.#prober.disturbs(sentAt, this.#rttMs);
    // What is lost may yet be told to have come, but that is of no use.
    this.#sent.forget(slot);
    this.#loss += ((received ? 0 : 1) - this.#loss) * LOSS_WEIGHT;
    if (!disturbed) this.#lossBased.note(received, sentAt);
    const arrivalMs = received ? this.#toMs(arrivalTicks) : 0;
    if (probe !== 0) this.#prober.told(probe, received, size, arrivalMs);
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
    const now = this.#now;
    const arrivingBps = this.#arriving.bitrateBps;
    const usage = this.#usage;
    this.#delayBased.update(usage, arrivingBps, this.#rttMs, now);
    if (usage === "over") this.#prober.postpone(now);
    this.#lossBased.update(this.estimateBps, arrivingBps ?? 0, now);
    const provenBps = this.#prober.take(now);
    if (provenBps > 0) {
      this.#delayBased.proven(provenBps);
      this.#lossBased.proven(provenBps);
    }
  }

  /**
   * How many bytes to send now that nobody needs, so that a probe is whole;
   * 0 most of the time. To be called every `intervalMs`.
   */
  pollProbe(intervalMs: number, now: Instant): number {
    if (!this.started || this.#startedAt === undefined) return 0;
    const warm = now - this.#startedAt >= WARM_UP_MS;
    const { estimateBps } = this;
    const useful = warm && estimateBps < MAX_BPS &&
      this.#usage === "normal" &&
      this.#sending.bytesPerSecond(now) * 8 >= estimateBps * USED_SHARE;
    this.#prober.poll(estimateBps, useful, now);
    return Math.max(0, this.#prober.owedBytes(intervalMs, now));
  }

  /** A trend alone may be a busy receiver's: there has to be a queue. */
  get #usage(): Usage {
    const { usage } = this.#detector;
    const isQueue = this.#queue.queueMs >= MIN_QUEUE_MS;
    return usage === "over" && !isQueue ? "normal" : usage;
  }

  /** Of the receiver's clock, which wraps, on one that does not. */
  #toMs(ticks: number): number {
    if (this.#lastTicks === undefined) {
      // Some cycles up, so that what was overtaken is not negative.
      this.#arrivalTicks = 2 ** 32;
    } else {
      this.#arrivalTicks += (ticks - this.#lastTicks) | 0;
    }
    this.#lastTicks = ticks;
    return this.#arrivalTicks / TICKS_PER_MS;
  }
}
