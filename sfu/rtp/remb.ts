import type { Instant } from "../../lib/time.ts";

/** No viewer is taken to want less, in bit/s (B-51). */
export const MIN_BITRATE_BPS = 204_800;

/** What the low layer of simulcast may use, in bit/s (B-51). */
export const LOW_LAYER_BITRATE_BPS = 102_400;

/** The most that is ever announced, in bit/s (B-51). */
export const MAX_BITRATE_BPS = 2 ** 30;

/** What a viewer's estimate is good for, in milliseconds (B-38). */
const ESTIMATE_LIFETIME_MS = 30_000;

/** What one viewer of a track can take. */
export interface ViewerLimit {
  /** In bit/s; `Infinity` for a recorder. */
  readonly rateBps: number;
  /** The highest that the track has; 0 if it has none. */
  readonly maxSpatialLayer: number;
  /** The highest that the track has; 0 if it has none. */
  readonly maxTemporalLayer: number;
}

/** A publisher's video track, as far as its bit rate goes. */
export interface UpstreamTrack {
  /** It is simulcast's low layer. */
  readonly isLow: boolean;
  /** All that are subscribed to it. */
  readonly viewers: readonly ViewerLimit[];
}

/**
 * What a track's publisher may send for its viewers, in bit/s (B-51): as much as
 * the best of them can take, but not more than what layers make good for the
 * worst, where each temporal layer halves the rate.
 */
export function trackBitrate(viewers: readonly ViewerLimit[]): number {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = MIN_BITRATE_BPS;
  let spatial = 0;
  let temporal = 0;
  for (const viewer of viewers) {
    const rate = Math.max(viewer.rateBps, MIN_BITRATE_BPS);
    lowest = Math.min(lowest, rate);
    highest = Math.max(highest, rate);
    spatial = Math.max(spatial, viewer.maxSpatialLayer);
    temporal = Math.max(temporal, viewer.maxTemporalLayer);
  }
  // Lower spatial layers add about a fifth of the whole.
  if (spatial > 0) highest *= 1.25;
  return Math.min(lowest * 2 ** temporal, highest);
}

/** The REMB for a publisher with these video tracks, in bit/s (B-51). */
export function upstreamBitrate(tracks: readonly UpstreamTrack[]): number {
  let sum = 0;
  for (const { isLow, viewers } of tracks) {
    sum += isLow ? LOW_LAYER_BITRATE_BPS : trackBitrate(viewers);
  }
  return Math.min(sum, MAX_BITRATE_BPS);
}

/** A viewer's own estimate of what it can take (REMB), while it is fresh. */
export class ViewerEstimate {
  #bitrateBps = 0;
  #notedAt = Number.NEGATIVE_INFINITY;

  /** Notes a REMB. */
  note(bitrateBps: number, now: Instant): void {
    this.#bitrateBps = bitrateBps;
    this.#notedAt = now;
  }

  /** In bit/s; `undefined` if there is none of the last 30 seconds. */
  bitrateBps(now: Instant): number | undefined {
    return now - this.#notedAt > ESTIMATE_LIFETIME_MS
      ? undefined
      : this.#bitrateBps;
  }
}
