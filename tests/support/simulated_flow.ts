import { after } from "../../lib/time.ts";
import type { PeerFeedback } from "../../sfu/rtp/congestion/peer_feedback.ts";
import { SendClock } from "../../sfu/rtp/congestion/send_clock.ts";
import { SendSideEstimator } from "../../sfu/rtp/congestion/send_side_estimator.ts";
import {
  ArrivalLog,
  readTransportFeedback,
} from "../../sfu/rtp/transport_feedback.ts";
import type { LinkModel } from "./link_model.ts";
import type { VirtualTime } from "./virtual_time.ts";

/** What IP, UDP and SRTP add to a packet, in bytes. */
const OVERHEAD_BYTES = 44;

/** One viewer's share of a {@linkcode LinkModel}, in virtual time. */
export interface SimulatedFlowOptions {
  readonly time: VirtualTime;
  /** From us to the viewer; several flows may share one. */
  readonly link: LinkModel;
  /** Of the feedback, one way, in milliseconds. */
  readonly backMs?: number;
  /** From 0 up to 1; for sizes and times that differ. */
  readonly random: () => number;
  /** The share of messages of feedback that is lost. */
  readonly backLoss?: number;
  /** That of other flows to the same viewer; by default, one of its own. */
  readonly estimator?: SendSideEstimator;
  /** Of the estimate, what this flow may use, 0 to 1. */
  readonly share?: () => number;
  /** By how much the viewer's clock is ahead, in milliseconds. */
  readonly clockAheadMs?: number;
  /**
   * When the viewer's machine has time again for what arrives at that time, by
   * which its packets are late. At once, by default.
   */
  readonly readAtMs?: (arrivalMs: number) => number;
}

/**
 * Sends pictures, 30 a second, at the rate that the estimator allows, to a
 * viewer that says when packets came.
 */
export class SimulatedFlow {
  readonly estimator: SendSideEstimator;
  /** What has arrived, on the wire. */
  deliveredBytes = 0;
  /** The rate at which pictures are sent; it follows as soon as encoders do. */
  rateBps: number;
  readonly #options: SimulatedFlowOptions;
  readonly #feedback: PeerFeedback;
  readonly #arrivals = new ArrivalLog();
  readonly #message = new Uint8Array(1_400);

  constructor(options: SimulatedFlowOptions) {
    this.#options = options;
    const { time, random, share = () => 1 } = options;
    this.estimator = options.estimator ??
      new SendSideEstimator(new SendClock());
    this.#feedback = this.estimator.addPeer(time.now);
    const allowed = () => {
      const bps = this.estimator.targetBps(time.now) * share() * 0.95;
      const packets = Math.ceil(bps / 8 / 30 / 1_156) * 30;
      return Math.max(0, bps - packets * OVERHEAD_BYTES * 8);
    };
    this.rateBps = allowed();
    // As long as an encoder takes to follow.
    time.every(200, () => this.rateBps = allowed());
    // Pictures differ, and those of two cameras are not taken at once.
    time.every(
      1_000 / 30,
      () => {
        const bytes = this.rateBps / 8 / 30 * (0.7 + 0.6 * random());
        this.#sendBytes(bytes, this.rateBps);
      },
      time.now + 33 * random(),
    );
    // One of the flows to a viewer fills up the probes of its path.
    if (options.estimator === undefined) {
      time.every(10, () => {
        this.#sendBytes(this.estimator.pollProbe(10, 0, time.now));
      });
    }
    time.every(50, () => this.#tell(), time.now + 50 * random());
  }

  /** Sends at once what nobody needs, so that a probe is whole. */
  sendPadding(bytes: number): void {
    this.#sendBytes(bytes);
  }

  /** Paced, if a rate is given: at 2.5 times that, as browsers do. */
  #sendBytes(bytes: number, rateBps = Infinity): void {
    const { time } = this.#options;
    let atMs: number = time.now;
    for (let left = bytes; left > 0; left -= 1_156) {
      const size = Math.round(Math.min(1_156, Math.max(50, left)));
      if (atMs === time.now) this.#send(size);
      else time.at(atMs, () => this.#send(size));
      atMs += size * 8_000 / (rateBps * 2.5);
    }
  }

  #send(rtpBytes: number): void {
    const { time, link } = this.#options;
    const number = this.#feedback.send(rtpBytes, time.now);
    const size = rtpBytes + OVERHEAD_BYTES;
    const arrivalMs = link.send(size, time.now);
    if (arrivalMs === undefined) return;
    const { clockAheadMs = 0, readAtMs = (ms) => ms } = this.#options;
    time.at(readAtMs(arrivalMs), () => {
      this.deliveredBytes += size;
      this.#arrivals.receive(number, after(time.now, clockAheadMs));
    });
  }

  #tell(): void {
    const { time, backMs = 30, random, backLoss = 0 } = this.#options;
    while (this.#arrivals.pending) {
      const size = this.#arrivals.write(this.#message, 0);
      const message = this.#message.slice(0, size);
      if (random() < backLoss) continue;
      time.at(time.now + backMs, () => {
        this.#feedback.receiveFeedback(time.now);
        readTransportFeedback(message, 0, message.length, this.#feedback);
      });
    }
  }
}
