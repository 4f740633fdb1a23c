import type { Claim } from "./rtp/congestion/share_rate.ts";
import { MIN_BITRATE_BPS } from "./rtp/remb.ts";

/** What sound is taken to need until it is measured, in bit/s. */
const MIN_SOUND_BPS = 40_000;

/** The least that a picture is of any use with, in bit/s. */
const MIN_PICTURE_BPS = 50_000;

/** A publisher that is told so sends so much more than it does, if it can. */
const GROWTH = 1.25;

/**
 * What sound wants of a viewer's path.
 *
 * @param sentBps what is sent of it, with what redundancy adds
 */
export function claimSound(sentBps: number): Claim {
  const bps = Math.max(sentBps, MIN_SOUND_BPS);
  return {
    kind: "sound",
    weight: 1,
    layersBps: [bps],
    elastic: false,
    grantedBps: bps,
  };
}

/**
 * What a picture without layers wants of a viewer's path.
 *
 * @param sourceBps what its publisher sends
 * @param elastic whether its publisher sends less if it is told to (B-51)
 */
export function claimPicture(
  kind: "screen" | "camera",
  sourceBps: number,
  elastic: boolean,
  grantedBps: number,
): Claim {
  const bps = Math.max(sourceBps, MIN_PICTURE_BPS);
  const lowest = elastic ? Math.min(bps, MIN_BITRATE_BPS) : bps;
  return {
    kind,
    weight: 1,
    layersBps: elastic ? [lowest, bps * GROWTH] : [lowest],
    elastic,
    grantedBps,
  };
}
