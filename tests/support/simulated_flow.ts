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
}

/**
 * Sends pictures, 30 a second, at the rate that the estimator allows, to a
 * viewer that says when packets came.
 */
export class SimulatedFlow {
  readonly estimator: SendSideEstimator;
  /** What has arrived, on the wire. */
  deliveredBytes = 0;
  readonly #options: SimulatedFlowOptions;
  readonly #arrivals = new ArrivalLog();
  readonly #feedback = new Uint8Array(1_400);

  constructor(options: SimulatedFlowOptions) {
    this.#options = options;
    const { time, random } = options;
    this.estimator = new SendSideEstimator(time.now);
    // As long as an encoder takes to follow.
    let rateBps = this.estimator.estimateBps;
    time.every(200, () => rateBps = this.estimator.estimateBps * 0.95);
    // Pictures differ, and those of two cameras are not taken at once.
    time.every(
      1_000 / 30,
      () => this.#sendBytes(rateBps / 8 / 30 * (0.7 + 0.6 * random()), rateBps),
      time.now + 33 * random(),
    );
    time.every(10, () => {
      this.#sendBytes(this.estimator.pollProbe(10, time.now));
    });
    time.every(50, () => this.#tell(), time.now + 50 * random());
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
    const number = this.estimator.send(rtpBytes, time.now);
    const size = rtpBytes + OVERHEAD_BYTES;
    const arrivalMs = link.send(size, time.now);
    if (arrivalMs === undefined) return;
    time.at(arrivalMs, () => {
      this.deliveredBytes += size;
      this.#arrivals.receive(number, time.now);
    });
  }

  #tell(): void {
    const { time, backMs = 30, random, backLoss = 0 } = this.#options;
    while (this.#arrivals.pending) {
      const size = this.#arrivals.write(this.#feedback, 0);
      const message = this.#feedback.slice(0, size);
      if (random() < backLoss) continue;
      time.at(time.now + backMs, () => {
        this.estimator.receiveFeedback(time.now);
        readTransportFeedback(message, 0, message.length, this.estimator);
      });
    }
  }
}
