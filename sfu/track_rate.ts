import type { Instant } from "../lib/time.ts";
import { LossBasedRate } from "./rtp/loss_based_rate.ts";
import type { ViewerEstimate } from "./rtp/remb.ts";
import type { TrackShare } from "./track_share.ts";

/**
 * From which loss on, in 256ths, a viewer that estimates nothing itself gets the
 * layer that its loss allows, and for how long, in milliseconds.
 */
const LOSSY = 25;
const LOSSY_MS = 10_000;

/** What a viewer can take of a track, by all that is known of its path. */
export class TrackRate {
  readonly #share: TrackShare;
  readonly #estimate: ViewerEstimate;
  readonly #byLoss = new LossBasedRate();
  #lossyUntil = 0;

  /** @param estimate of all tracks of the peer together, by its REMB */
  constructor(share: TrackShare, estimate: ViewerEstimate) {
    this.#share = share;
    this.#estimate = estimate;
  }

  /** By the viewer's loss and its own estimate, in bit/s (B-38). */
  bps(now: Instant): number {
    const remb = this.#estimate.bitrateBps(now) ?? Infinity;
    return Math.min(this.#share.targetBps ?? this.#byLoss.rateBps(now), remb);
  }

  /**
   * What a layer may take, in bit/s. Where no estimate is shared out, receiver
   * reports tell of a path that is too narrow, but not of one that is wide
   * enough.
   */
  layerBps(now: Instant): number {
    const isLossy = now < this.#lossyUntil;
    if (this.#share.targetBps !== undefined || isLossy) return this.bps(now);
    return this.#estimate.bitrateBps(now) ?? Infinity;
  }

  /** Notes a receiver report. */
  report(fractionLost: number, sentBps: number, now: Instant): void {
    if (fractionLost > LOSSY) this.#lossyUntil = now + LOSSY_MS;
    this.#byLoss.report(fractionLost, sentBps, now);
  }
}
