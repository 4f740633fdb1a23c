import type { PictureReader } from "../picture_reader.ts";

/** More layers than there can be: whatever comes is forwarded. */
export const ALL_LAYERS = 7;

/**
 * Which packets of a source with layers a viewer gets (B-34, B-35).
 *
 * Fewer layers can be had at the start of any picture, as no layer needs a
 * higher one. More temporal layers come where their frames refer to nothing that
 * was left out, more spatial layers with a keyframe. Lower spatial layers are
 * forwarded even where the higher ones do without: they are what is left when
 * the path gets narrow, at once and without a keyframe.
 */
export class LayerFilter {
  /** The highest spatial layer that is forwarded. */
  spatial = ALL_LAYERS;
  /** The highest temporal layer that is forwarded. */
  temporal = ALL_LAYERS;
  #wantedSpatial = ALL_LAYERS;
  #wantedTemporal = ALL_LAYERS;

  /** What is to be forwarded as soon as that is possible. */
  want(spatial: number, temporal: number): void {
    this.#wantedSpatial = spatial;
    this.#wantedTemporal = temporal;
  }

  /** Whether it takes a keyframe to get what is wanted. */
  get awaitsKeyframe(): boolean {
    return this.#wantedSpatial > this.spatial;
  }

  /** Whether the packet that was read last is to be forwarded. */
  passes(picture: PictureReader): boolean {
    if (picture.startsKeyframe) {
      this.spatial = this.#wantedSpatial;
      this.temporal = this.#wantedTemporal;
    } else if (picture.startsFrame && picture.spatialLayer === 0) {
      this.#startPicture(picture);
    }
    return picture.spatialLayer <= this.spatial &&
      picture.temporalLayer <= this.temporal;
  }

  /**
   * Whether the packet that was read last is the last of its picture for the
   * viewer, though the publisher sends more.
   */
  endsPicture(picture: PictureReader): boolean {
    return picture.endsFrame && picture.spatialLayer === this.spatial;
  }

  #startPicture(picture: PictureReader): void {
    this.spatial = Math.min(this.spatial, this.#wantedSpatial);
    this.temporal = Math.min(this.temporal, this.#wantedTemporal);
    const { temporalLayer, switchesUp } = picture;
    const isMore = temporalLayer > this.temporal;
    if (isMore && switchesUp && temporalLayer <= this.#wantedTemporal) {
      this.temporal = temporalLayer;
    }
  }
}
