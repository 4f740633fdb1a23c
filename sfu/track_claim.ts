import type { Claim } from "./rtp/congestion/share_rate.ts";
import { MIN_BITRATE_BPS } from "./rtp/remb.ts";
import type { Tile } from "./subscriber_track_peer.ts";

/** What sound is taken to need at least, in bit/s. */
const MIN_SOUND_BPS = 20_000;

/** The least that a picture is of any use with, in bit/s. */
const MIN_PICTURE_BPS = 50_000;

/** Viewers that do not say how large their tiles are have them all alike. */
const USUAL_TILE_PIXELS = 320 * 180;

/**
 * What a tile counts at least, in pixels. Lower takes more from what is out of
 * sight for now; higher has it ready when it is scrolled to.
 */
const MIN_TILE_PIXELS = 2_000;

/** A publisher that is told so sends so much more than it does, if it can. */
const GROWTH = 1.25;

/** What sound takes without redundancy, in bit/s, by what its publisher sends. */
export function soundBps(sourceBps: number): number {
  return Math.max(sourceBps, MIN_SOUND_BPS);
}

/**
 * What sound wants of a viewer's path.
 *
 * @param sourceBps what its publisher sends
 * @param overheadBps what its packets take besides, whatever they repeat
 * @param depth how many earlier packets each is to repeat
 */
export function claimSound(
  sourceBps: number,
  overheadBps: number,
  depth: number,
): Claim {
  const bps = soundBps(sourceBps);
  const layersBps = Array.from(
    { length: depth + 1 },
    (_, repeats) => bps * (repeats + 1) + overheadBps,
  );
  return {
    kind: "sound",
    weight: 1,
    layersBps,
    elastic: false,
    grantedBps: bps,
  };
}

/** What a picture is sent with, and how much more that is on the wire. */
export interface PictureRates {
  /** From the least layer to the best; one without layers. */
  readonly layersBps: readonly number[];
  readonly factor: number;
}

/**
 * What a picture wants of a viewer's path. Its weight is its tile's area.
 *
 * @param elastic whether its publisher sends more or less of the best if it is
 *   told to (B-51)
 */
export function claimLayers(
  { shows, pixels = USUAL_TILE_PIXELS }: Readonly<Tile>,
  { layersBps, factor }: PictureRates,
  elastic: boolean,
  grantedBps: number,
): Claim {
  const wanted = [...layersBps].sort((a, b) => a - b)
    .map((bps) => Math.max(bps, MIN_PICTURE_BPS) * factor);
  const [least = MIN_PICTURE_BPS * factor] = wanted;
  const best = wanted.at(-1) ?? least;
  const lowest = elastic ? Math.min(least, MIN_BITRATE_BPS * factor) : least;
  return {
    kind: shows,
    weight: Math.max(pixels, MIN_TILE_PIXELS),
    layersBps: [
      lowest,
      ...wanted.slice(1),
      ...elastic ? [best * GROWTH] : [],
    ],
    elastic,
    grantedBps,
  };
}
