import type { LayerMeasures, TrackMeasures } from "../protocol/media_plane.ts";
import type { SendSideEstimator } from "./rtp/congestion/send_side_estimator.ts";
import type { SenderStatistics } from "./rtp/sender_statistics.ts";

/** What a track knows of itself, beside what its viewer says. */
export interface SentTrack {
  readonly bitrateBps: number;
  /** What its publisher hears that the viewer takes; may be `Infinity`. */
  readonly maxBitrateBps: number;
  /** Of the codec, in Hz. */
  readonly clockRate: number;
  readonly layers: LayerMeasures | undefined;
  /** Of the viewer's path. */
  readonly estimator: SendSideEstimator;
}

/** What is known of a track towards a viewer, just now. */
export function measureTrack(
  statistics: SenderStatistics,
  { bitrateBps, maxBitrateBps, clockRate, estimator, layers }: SentTrack,
): TrackMeasures {
  const { fractionLost, jitter, rttMs, reportedAt } = statistics;
  const { asked, repaired, keyframeRequests, pauses } = statistics;
  return {
    bitrateBps,
    ...(Number.isFinite(maxBitrateBps) ? { maxBitrateBps } : {}),
    loss: fractionLost,
    ...(reportedAt === undefined
      ? {}
      : { jitterMs: jitter * 1000 / clockRate }),
    ...(rttMs === undefined ? {} : { rttMs }),
    repairs: { asked, repaired, keyframeRequests },
    ...(estimator.started
      ? { pathBps: estimator.estimateBps, pathLoss: estimator.loss }
      : {}),
    ...(layers === undefined ? {} : { layers }),
    pauses,
  };
}
