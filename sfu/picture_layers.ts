import type { Instant } from "../lib/time.ts";

import type { Encodings } from "./encodings.ts";
import type { PublisherTrack } from "./publisher_track.ts";
import type { LayerRate } from "./rtp/layers/choose_layer.ts";
import type { FormatName } from "./sdp/codecs.ts";

/** A quality of a picture, and the source that has it. */
export interface PictureLayer extends LayerRate {
  readonly source: PublisherTrack;
}

/** What was found for those who want no more than the smallest picture, or more. */
interface Found {
  readonly at: Instant;
  readonly codec: FormatName;
  readonly layers: readonly PictureLayer[];
}

/**
 * What of a track can be sent. All viewers ask ten times a second, most of them
 * at the same instant, and so get the same list.
 */
export class PictureLayers {
  readonly #encodings: Encodings;
  #low: Found | undefined;
  #all: Found | undefined;

  constructor(encodings: Encodings) {
    this.#encodings = encodings;
  }

  /**
   * From the least to the best; empty if nothing comes.
   *
   * @param low of the smallest picture only
   * @param codec what the viewer can decode; the rest is no choice
   */
  find(low: boolean, codec: FormatName, now: Instant): readonly PictureLayer[] {
    const known = low ? this.#low : this.#all;
    if (known?.at === now && known.codec === codec) return known.layers;
    const layers = this.#look(low, codec, now);
    const found: Found = { at: now, codec, layers };
    if (low) this.#low = found;
    else this.#all = found;
    return layers;
  }

  #look(low: boolean, codec: FormatName, now: Instant): PictureLayer[] {
    const sources = this.#encodings.delivering(now);
    const wanted = low ? sources.slice(0, 1) : sources;
    return wanted
      .filter((source) => source.codec.codec === codec)
      .flatMap((source, encoding) => layersOf(source, encoding, low, now));
  }
}

/** What a source has that is above its lowest layer. */
export function topOf(source: PublisherTrack, now: Instant) {
  return {
    spatial: source.layerRates.topSpatial(now),
    temporal: source.layerRates.topTemporal(now),
  };
}

/**
 * The qualities of one source. A frame rate of a quarter is for those who could
 * not have any picture otherwise.
 */
function layersOf(
  source: PublisherTrack,
  encoding: number,
  low: boolean,
  now: Instant,
): PictureLayer[] {
  const top = topOf(source, now);
  const layers: PictureLayer[] = [];
  for (let spatial = 0; spatial <= (low ? 0 : top.spatial); spatial++) {
    const isLowest = encoding === 0 && spatial === 0;
    const from = isLowest ? 0 : Math.max(0, top.temporal - 1);
    for (let temporal = from; temporal <= top.temporal; temporal++) {
      const bps = source.layerRates.bps(spatial, temporal, now);
      layers.push({ source, encoding, spatial, temporal, bps });
    }
  }
  return layers;
}
