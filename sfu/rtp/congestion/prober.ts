import type { Instant } from "../../../lib/time.ts";

/**
 * A probe is sent at so many times the estimate; at less after one that met a
 * limit, as there it fills a queue in which media waits too.
 */
const FACTOR = 2;
const CAREFUL_FACTOR = 1.5;

/**
 * Its length: at least so many milliseconds and packets. The careful one is
 * longer and fills no more of a queue for that: what a busy receiver takes late
 * is less of it.
 */
const MIN_DURATION_MS = 40;
const CAREFUL_DURATION_MS = 70;
const MIN_PACKETS = 6;

/** A probe that takes longer was held up: it is given up. */
const MAX_DURATION_MS = 250;

/** What of it has to arrive to conclude anything. */
const MIN_RECEIVED = 0.7;

/** A path that carries so much of a probe may carry more. */
const UNHINDERED = 0.9;

/** A probe that meets a limit raises the estimate if it was as much below. */
const CLEARLY_MORE = 1.2;

/** How long its feedback is waited for, in milliseconds. */
const PATIENCE_MS = 1_000;

/** After one that showed that there is more, and after others: longer each time. */
const AFTER_SUCCESS_MS = 150;
const AFTER_FAILURE_MS = 1_500;
const MAX_PAUSE_MS = 3_500;

/**
 * And after a queue grew. Lower finds sooner what a path has more; higher lets
 * flows that share it come closer to one another, which probes undo.
 */
const AFTER_OVERUSE_MS = 4_500;

/** How many probes may follow one another before their result is used. */
const MAX_CHAIN = 3;

/** Packets closer to one another, in milliseconds, were sent as one. */
const BURST_MS = 2;

/**
 * And these came as one. Lower counts a burst that the network makes as fast
 * as it looks; higher leaves out what was sent at the beginning.
 */
const ARRIVAL_BURST_MS = 0.3;

/**
 * Finds out whether a path carries more than is sent over it: for some moments
 * as much is sent as is hoped for, and what arrives shows if it may go on
 * (draft-ietf-rmcat-gcc-02 leaves it open; RFC 8836 asks for it).
 *
 * Knows neither packets nor the network: whoever owns it fills up what is sent
 * to {@linkcode owedBytes}.
 */
export class Prober {
  /** What the last probe proved, in bit/s; taken by {@linkcode take}. */
  #provenBps = 0;
  #number = 0;
  #state: "idle" | "sending" | "waiting" = "idle";
  #startedAt = Number.NEGATIVE_INFINITY;
  #endedAt = Number.NEGATIVE_INFINITY;
  #nextAt = Number.NEGATIVE_INFINITY;
  #pauseMs = AFTER_FAILURE_MS;
  #factor = FACTOR;
  /** Of probes in a row that showed that there is more. */
  #chain = 0;
  #targetBps = 0;
  #estimateBps = 0;
  // Of what was sent.
  #sentBytes = 0;
  #sentPackets = 0;
  #lastSentAt = 0;
  #lastBurstBytes = 0;
  // Of what arrived.
  #receivedBytes = 0;
  #receivedPackets = 0;
  #toldPackets = 0;
  #firstArrivalMs = 0;
  #lastArrivalMs = 0;
  #firstBurstBytes = 0;

  /** The number that packets sent now are to be noted under; 0 for none. */
  get current(): number {
    return this.#state === "sending" ? this.#number : 0;
  }

  /** Whether packets sent at that time met the queue that a probe made. */
  disturbs(sentAt: Instant, rttMs: number): boolean {
    const end = this.#state === "sending"
      ? Number.POSITIVE_INFINITY
      : this.#endedAt + 100 + rttMs;
    return sentAt >= this.#startedAt && sentAt <= end;
  }

  /** Starts a probe if it is time for one, and ends one that was sent. */
  poll(estimateBps: number, useful: boolean, now: Instant): void {
    switch (this.#state) {
      case "idle":
        if (useful) this.#chain = 0;
        if (now < this.#nextAt) return;
        if (useful || this.#chain > 0 && this.#chain < MAX_CHAIN) {
          this.#start(estimateBps, now);
        }
        return;
      case "sending": {
        const duration = now - this.#startedAt;
        const wholeMs = this.#factor === FACTOR
          ? MIN_DURATION_MS
          : CAREFUL_DURATION_MS;
        const whole = duration >= wholeMs &&
          this.#sentPackets >= MIN_PACKETS;
        if (!whole && duration < MAX_DURATION_MS) return;
        this.#state = "waiting";
        this.#endedAt = now;
        return;
      }
      case "waiting":
        if (now - this.#endedAt > PATIENCE_MS) this.#fail(now);
    }
  }

  /** How many bytes are missing at the rate of the probe, with `aheadMs` of time. */
  owedBytes(aheadMs: number, now: Instant): number {
    if (this.#state !== "sending") return 0;
    const elapsed = now - this.#startedAt + aheadMs;
    return this.#targetBps / 8_000 * elapsed - this.#sentBytes;
  }

  /** Notes a packet that is sent while a probe is. */
  sent(sizeBytes: number, now: Instant): void {
    if (this.#state !== "sending") return;
    if (now - this.#lastSentAt > BURST_MS) this.#lastBurstBytes = 0;
    this.#lastBurstBytes += sizeBytes;
    this.#lastSentAt = now;
    this.#sentBytes += sizeBytes;
    this.#sentPackets++;
  }

  /** Notes what became of a packet of a probe. */
  told(
    probe: number,
    received: boolean,
    sizeBytes: number,
    arrivalMs: number,
  ): void {
    if (probe !== this.#number || this.#state === "idle") return;
    this.#toldPackets++;
    if (!received) return;
    if (this.#receivedPackets++ === 0) {
      this.#firstArrivalMs = this.#lastArrivalMs = arrivalMs;
    }
    if (arrivalMs - this.#firstArrivalMs <= ARRIVAL_BURST_MS) {
      this.#firstBurstBytes += sizeBytes;
    }
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, arrivalMs);
    this.#receivedBytes += sizeBytes;
  }

  /** Draws the conclusion once all of a probe is known; its rate, or 0. */
  take(now: Instant): number {
    if (this.#state !== "waiting") return 0;
    if (this.#toldPackets < this.#sentPackets) return 0;
    this.#conclude(now);
    return this.#provenBps;
  }

  /** A queue grows: probing now would only add to it. */
  postpone(now: Instant): void {
    if (this.#state !== "idle") this.#fail(now);
    this.#chain = 0;
    this.#factor = FACTOR;
    this.#nextAt = now + AFTER_OVERUSE_MS;
  }

  #start(estimateBps: number, now: Instant): void {
    this.#state = "sending";
    this.#number++;
    this.#startedAt = now;
    this.#estimateBps = estimateBps;
    this.#targetBps = estimateBps * this.#factor;
    this.#sentBytes = this.#sentPackets = this.#lastBurstBytes = 0;
    this.#receivedBytes = this.#receivedPackets = this.#toldPackets = 0;
    this.#firstBurstBytes = 0;
    this.#provenBps = 0;
  }

  #conclude(now: Instant): void {
    const sentMs = this.#lastSentAt - this.#startedAt;
    const arrivalMs = this.#lastArrivalMs - this.#firstArrivalMs;
    const enough = this.#receivedPackets >= this.#sentPackets * MIN_RECEIVED &&
      this.#receivedPackets >= MIN_PACKETS * MIN_RECEIVED;
    if (!enough || sentMs <= 0 || arrivalMs <= 0) return this.#fail(now);
    const sentBps = (this.#sentBytes - this.#lastBurstBytes) * 8_000 / sentMs;
    const arrivedBps = (this.#receivedBytes - this.#firstBurstBytes) * 8_000 /
      arrivalMs;
    // Not by rates alone: bursts at both ends would have to be of one size.
    if (arrivalMs > sentMs / UNHINDERED && arrivedBps < sentBps) {
      this.#fail(now);
      const bps = arrivedBps * UNHINDERED;
      // On a path that is shared, a probe takes from others in proportion to
      // its own rate: who believes a little more would always take more.
      this.#provenBps = bps > this.#estimateBps * CLEARLY_MORE ? bps : 0;
      return;
    }
    this.#state = "idle";
    this.#provenBps = Math.min(sentBps, arrivedBps);
    this.#pauseMs = AFTER_FAILURE_MS;
    this.#factor = FACTOR;
    this.#chain++;
    this.#nextAt = now + AFTER_SUCCESS_MS;
  }

  #fail(now: Instant): void {
    this.#state = "idle";
    if (this.#endedAt < this.#startedAt) this.#endedAt = now;
    this.#provenBps = 0;
    this.#factor = CAREFUL_FACTOR;
    this.#chain = 0;
    this.#nextAt = now + this.#pauseMs;
    this.#pauseMs = Math.min(this.#pauseMs * 1.5, MAX_PAUSE_MS);
  }
}
