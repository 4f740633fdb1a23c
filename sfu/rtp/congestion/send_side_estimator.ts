import type { Instant } from "../../../lib/time.ts";
import { RateMeter } from "../rate_meter.ts";
import { DelayBasedRate } from "./delay_based_rate.ts";
import { DelayStep } from "./delay_step.ts";
import { LossBasedLimit } from "./loss_based_limit.ts";
import type { Usage } from "./overuse_detector.ts";
import { PeerFeedback } from "./peer_feedback.ts";
import { Prober } from "./prober.ts";
import type { SendClock } from "./send_clock.ts";
import { Stalls } from "./stalls.ts";

/** What is assumed of a path at first, in bit/s. */
const INITIAL_BPS = 600_000;

/** No path is taken to carry less, in bit/s. */
const MIN_BPS = 50_000;

/** More than any viewer needs of all flows together, in bit/s. */
const MAX_BPS = 50_000_000;

/**
 * A rate of which less is used needs no proof that there is more. Higher probes
 * less often; lower has more in reserve when a publisher sends more.
 */
const USED_SHARE = 0.6;

/** A path of which less is used was not busy all the time. */
const BUSY_SHARE = 0.7;

/** How long what is sent is watched before the first probe, in milliseconds. */
const WARM_UP_MS = 300;

/** Of one packet in the share that is lost: some 200 count. */
const LOSS_WEIGHT = 1 / 200;

/**
 * A queue that is shorter is none to give way to, in milliseconds. Lower keeps
 * delays shorter; higher takes less for congestion that is none.
 */
const MIN_QUEUE_MS = 20;

/**
 * A peer that has told nothing for so long, in milliseconds, says nothing of how
 * the path is now.
 */
const FRESH_MS = 600;

/**
 * Peers of one browser have the same clock, so that the quickest packet of each
 * seems to be under way for about as long. Higher takes different clocks for
 * one, and misjudges probes by as much; lower, one clock for two.
 */
const SAME_CLOCK_MS = 20;

/**
 * After a queue grew, it is emptied: for each so many milliseconds of it, so
 * much less is sent than the path carries, down to a half. Lower empties it
 * sooner; higher keeps pictures sharper meanwhile.
 */
const DRAIN_MS = 600;
const LEAST_SHARE = 0.5;

/** A queue so long, with so much loss, overflows. */
const LONG_QUEUE_MS = 100;
const OVERFLOW_LOSS = 0.1;

/** For how long it is taken to overflow after that, in milliseconds. */
const OVERFLOW_LASTS_MS = 5_000;

/** How long congestion is of today, in milliseconds. */
const CONGESTED_MS = 1_000;

/** For how long after it grew, in milliseconds. */
const DRAIN_LASTS_MS = 5_000;

/** Until a round trip is measured, in milliseconds. */
const INITIAL_RTT_MS = 100;

/**
 * How much may be sent to one viewer over its path, estimated where it is sent
 * by what the viewer says about each packet's arrival (RFC 8836;
 * draft-ietf-rmcat-gcc-02). One for all peers of a viewer, which share the path:
 * each tells by its {@linkcode PeerFeedback} what it sees of it.
 */
export class SendSideEstimator {
  readonly #clock: SendClock;
  readonly #peers: PeerFeedback[] = [];
  readonly #stalls = new Stalls();
  readonly #delayBased = new DelayBasedRate(INITIAL_BPS, MIN_BPS, MAX_BPS);
  readonly #lossBased = new LossBasedLimit(MAX_BPS, MIN_BPS, MAX_BPS);
  readonly #sending = new RateMeter();
  readonly #prober = new Prober();
  #startedAt: number | undefined;
  #started = false;
  #rttMs = INITIAL_RTT_MS;
  #loss = 0;
  #overflowedAt = Number.NEGATIVE_INFINITY;
  readonly #step = new DelayStep();
  /** When the path last had more to carry than it can. */
  #congestedAt = Number.NEGATIVE_INFINITY;

  /** @param clock of the port by which all its peers send */
  constructor(clock: SendClock) {
    this.#clock = clock;
  }

  /** Whether feedback has come, so that there is an estimate. */
  get started(): boolean {
    return this.#started;
  }

  /** In bit/s, with what packets cost on the wire. */
  get estimateBps(): number {
    return Math.min(this.#delayBased.rateBps, this.#lossBased.limitBps);
  }

  /** Whether the path has just had more to carry than it can. */
  isCongested(now: Instant): boolean {
    return now - this.#congestedAt < CONGESTED_MS;
  }

  /** Whether the path has been seen lately to drop what it cannot carry. */
  overflows(now: Instant): boolean {
    return now - this.#overflowedAt < OVERFLOW_LASTS_MS;
  }

  /** What to send now: less than the estimate while a queue is to be emptied. */
  targetBps(now: Instant): number {
    if (now - this.#congestedAt > DRAIN_LASTS_MS) return this.estimateBps;
    const excessMs = Math.max(0, this.#queueMs(now) - MIN_QUEUE_MS);
    return this.estimateBps * Math.max(LEAST_SHARE, 1 - excessMs / DRAIN_MS);
  }

  /**
   * What the path carries by its queue, in bit/s: more than the estimate where
   * something is lost without one. Nobody is helped if less is sent there.
   */
  get carriedBps(): number {
    return this.#delayBased.rateBps;
  }

  /** The share of packets that was lost lately, 0 to 1. */
  get loss(): number {
    return this.#loss;
  }

  /** To the viewer and back, in milliseconds, as far as it is known. */
  get rttMs(): number {
    return this.#rttMs;
  }

  set rttMs(rttMs: number) {
    this.#rttMs = rttMs;
  }

  /** One more peer goes to the viewer. */
  addPeer(now: Instant): PeerFeedback {
    const peer = new PeerFeedback(this, this.#clock, now);
    this.#peers.push(peer);
    return peer;
  }

  /** A peer is closed. */
  removePeer(peer: PeerFeedback): void {
    const index = this.#peers.indexOf(peer);
    if (index >= 0) this.#peers.splice(index, 1);
  }

  /** A peer sends a packet; returns the number of the probe it is part of, or 0. */
  noteSent(sizeBytes: number, now: Instant): number {
    this.#startedAt ??= now;
    this.#sending.add(sizeBytes, now);
    this.#prober.sent(sizeBytes, now);
    return this.#prober.current;
  }

  /**
   * A peer has heard what became of a packet. True if that says nothing about
   * the path, as something that we did on purpose was in the packet's way.
   */
  noteFate(received: boolean, sentAt: Instant): boolean {
    this.#loss += ((received ? 0 : 1) - this.#loss) * LOSS_WEIGHT;
    const disturbed = this.#prober.disturbs(sentAt, this.#rttMs) ||
      this.#stalls.disturb(sentAt);
    if (!disturbed) this.#lossBased.note(received, sentAt);
    return disturbed;
  }

  /** A peer has heard what became of a packet of a probe. */
  noteProbe(
    peer: PeerFeedback,
    probe: number,
    received: boolean,
    sizeBytes: number,
    arrivalMs: number,
  ): void {
    const first = this.#peers[0] ?? peer;
    const isSame = Math.abs(peer.offsetMs - first.offsetMs) < SAME_CLOCK_MS;
    const ourMs = arrivalMs - (isSame ? first.offsetMs : peer.offsetMs);
    this.#prober.told(probe, received, sizeBytes, ourMs);
  }

  /**
   * A message of feedback has been read.
   *
   * @param overflows whether it says that the path's queue does
   */
  update(overflows: boolean, now: Instant): void {
    this.#started = true;
    const usage = overflows ? "over" : this.#usage(now);
    const arrivingBps = this.#arrivingBps(now);
    if (usage === "over") {
      const sendingBps = this.#sending.bytesPerSecond(now) * 8;
      this.#step.begin(this.#delayBased.rateBps, sendingBps, now);
    }
    if (overflows) this.#overflowedAt = now;
    const provedBps = overflows
      ? this.#recentBps(now)
      : usage === "over" && arrivingBps !== undefined
      ? this.#busyBps(arrivingBps, now)
      : arrivingBps;
    this.#delayBased.update(usage, provedBps, this.#rttMs, now);
    if (usage === "over") {
      this.#congestedAt = now;
      this.#prober.postpone(now);
    }
    this.#judgeQueue(now);
    const limitBps = this.#lossBased.limitBps;
    this.#lossBased.update(this.estimateBps, arrivingBps ?? 0, now);
    if (this.#lossBased.limitBps < limitBps) this.#congestedAt = now;
    const provenBps = this.#prober.take(now);
    if (provenBps > 0) {
      this.#delayBased.proven(provenBps);
      this.#lossBased.proven(provenBps);
    }
  }

  /**
   * How many bytes to send now that nobody needs, so that a probe is whole;
   * 0 most of the time. To be called every `intervalMs`.
   *
   * @param wantedBps as much as would be sent if the path carried it
   */
  pollProbe(intervalMs: number, wantedBps: number, now: Instant): number {
    this.#stalls.poll(intervalMs, now);
    if (!this.started || this.#startedAt === undefined) return 0;
    const warm = now - this.#startedAt >= WARM_UP_MS;
    const { estimateBps } = this;
    const isUsed = wantedBps > estimateBps ||
      this.#sending.bytesPerSecond(now) * 8 >= estimateBps * USED_SHARE;
    const useful = warm && estimateBps < MAX_BPS && isUsed &&
      this.#usage(now) === "normal";
    this.#prober.poll(estimateBps, useful, now);
    return Math.max(0, this.#prober.owedBytes(intervalMs, now));
  }

  /** Notices a queue that overflows, and one that is none. */
  #judgeQueue(now: Instant): void {
    const queueMs = this.#queueMs(now);
    if (queueMs >= LONG_QUEUE_MS && this.#loss > OVERFLOW_LOSS) {
      this.#overflowedAt = now;
    }
    const restoredBps = this.#step.poll(
      queueMs,
      this.#sending.bytesPerSecond(now) * 8,
      this.#rttMs,
      this.overflows(now),
      now,
    );
    if (restoredBps === 0) return;
    for (const peer of this.#peers) peer.forgetDelay();
    this.#delayBased.proven(restoredBps);
    this.#congestedAt = Number.NEGATIVE_INFINITY;
  }

  /**
   * What the path's queue does. It grows if a peer sees that, and most see that
   * there is one: a trend alone may be a busy receiver's.
   */
  #usage(now: Instant): Usage {
    let fresh = 0;
    let queued = 0;
    let over = false;
    let under = false;
    for (const peer of this.#peers) {
      if (now - peer.heardAt > FRESH_MS) continue;
      fresh++;
      if (peer.queueMs >= MIN_QUEUE_MS) queued++;
      over ||= peer.usage === "over";
      under ||= peer.usage === "under";
    }
    if (over && queued * 2 >= fresh) return "over";
    return under ? "under" : "normal";
  }

  /**
   * What arrives while there is a queue, which is what the path carries. If less
   * was sent than that, and then a burst, the last moments tell.
   */
  #busyBps(arrivingBps: number, now: Instant): number {
    if (arrivingBps > this.estimateBps * BUSY_SHARE) return arrivingBps;
    return Math.max(arrivingBps, this.#recentBps(now));
  }

  #recentBps(now: Instant): number {
    let sum = 0;
    for (const peer of this.#peers) {
      if (now - peer.heardAt > FRESH_MS) continue;
      sum += peer.arriving.recentBps;
    }
    return sum;
  }

  /** How long the path's queue is, as the peers see it on average. */
  #queueMs(now: Instant): number {
    let sum = 0;
    let fresh = 0;
    for (const peer of this.#peers) {
      if (now - peer.heardAt > FRESH_MS) continue;
      fresh++;
      sum += peer.queueMs;
    }
    return fresh === 0 ? 0 : sum / fresh;
  }

  /** Over all peers; `undefined` until it is measured. */
  #arrivingBps(now: Instant): number | undefined {
    let sum = 0;
    let settled = false;
    for (const peer of this.#peers) {
      if (now - peer.heardAt > FRESH_MS) continue;
      settled ||= peer.arriving.settled;
      sum += peer.arriving.bitrateBps;
    }
    return settled ? sum : undefined;
  }
}
