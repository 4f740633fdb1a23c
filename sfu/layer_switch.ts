import type { Instant } from "../lib/time.ts";
import type { LayerMeasures } from "../protocol/media_plane.ts";
import type { Encodings } from "./encodings.ts";
import type { PublisherTrack } from "./publisher_track.ts";
import { type PictureLayer, topOf } from "./picture_layers.ts";
import { chooseLayer } from "./rtp/layers/choose_layer.ts";
import { ALL_LAYERS, LayerFilter } from "./rtp/layers/layer_filter.ts";
import type { SubscriberTrack } from "./subscriber_track.ts";

/**
 * Which encoding of a track goes to one viewer, and which of its layers. What is
 * sent goes on until a keyframe of what is to be sent has come.
 */
export class LayerSwitch {
  readonly encodings: Encodings;
  /** Of the source that is sent. */
  readonly filter = new LayerFilter();
  /** What is sent. */
  source: PublisherTrack;
  /** Whether the viewer has no use for more than the smallest picture. */
  low = false;
  readonly #viewer: SubscriberTrack;
  /** What is to be sent as soon as a keyframe of it comes. */
  #next: PublisherTrack | undefined;
  /** What was chosen last: of the source to be sent. */
  #spatial = ALL_LAYERS;
  #temporal = ALL_LAYERS;

  /** @param viewer is attached to sources and detached from them */
  constructor(encodings: Encodings, viewer: SubscriberTrack) {
    this.encodings = encodings;
    this.source = encodings.main;
    this.#viewer = viewer;
  }

  /** What can be sent, from the least to the best; empty if nothing comes. */
  layers(now: Instant): readonly PictureLayer[] {
    const { codec } = this.#viewer.section;
    return this.encodings.layers.find(this.low, codec, now);
  }

  /** Which quality is sent just now; `undefined` for sound. */
  measure(now: Instant): LayerMeasures | undefined {
    if (this.encodings.kind === "audio") return undefined;
    const top = topOf(this.source, now);
    const sources = this.encodings.delivering(now);
    // With several encodings, these are the spatial layers.
    const isOneOfSeveral = this.encodings.all.length > 1;
    return {
      rid: this.source.rid,
      spatial: isOneOfSeveral
        ? Math.max(0, sources.indexOf(this.source))
        : Math.min(this.filter.spatial, top.spatial),
      maxSpatial: isOneOfSeveral ? sources.length - 1 : top.spatial,
      temporal: Math.min(this.filter.temporal, top.temporal),
      maxTemporal: top.temporal,
    };
  }

  /** Begins with what the target allows; nothing is sent yet. */
  begin(targetBps: number, now: Instant): void {
    const layers = this.layers(now);
    const layer = layers[chooseLayer(layers, targetBps, -1)];
    if (layer !== undefined) this.source = layer.source;
    this.source.attach(this.#viewer, now);
    if (layer !== undefined) this.#take(layer, now);
  }

  /** Chooses what to send from now on; to be called every 100 ms or so. */
  choose(targetBps: number, now: Instant): void {
    if (this.encodings.kind === "audio") return;
    const layers = this.layers(now);
    if (layers.length === 0) return;
    const current = this.#indexIn(layers);
    this.#take(layers[chooseLayer(layers, targetBps, current)]!, now);
  }

  /** Whether a keyframe of this source is waited for, to go over to it. */
  isNext(source: PublisherTrack): boolean {
    return source === this.#next;
  }

  /** Goes over to the source that was waited for. */
  goOver(): void {
    if (this.#next === undefined) return;
    this.source.detach(this.#viewer);
    this.source = this.#next;
    this.#next = undefined;
    this.filter.want(this.#spatial, this.#temporal);
  }

  /** Nothing is sent any more. */
  end(): void {
    this.source.detach(this.#viewer);
    this.#next?.detach(this.#viewer);
    this.#next = undefined;
  }

  #indexIn(layers: readonly PictureLayer[]): number {
    const source = this.#next ?? this.source;
    return layers.findLastIndex((layer) =>
      layer.source === source && layer.spatial <= this.#spatial &&
      layer.temporal <= this.#temporal
    );
  }

  #take(layer: PictureLayer, now: Instant): void {
    const { source } = layer;
    const { spatial, temporal } = topOf(source, now);
    // With all that there is, what comes later is wanted as well.
    this.#spatial = !this.low && layer.spatial >= spatial
      ? ALL_LAYERS
      : layer.spatial;
    this.#temporal = layer.temporal >= temporal ? ALL_LAYERS : layer.temporal;
    if (source !== this.#next) {
      this.#next?.detach(this.#viewer);
      this.#next = source === this.source ? undefined : source;
      this.#next?.attach(this.#viewer, now);
    }
    if (this.#next !== undefined) return this.#next.keyframes.want();
    this.filter.want(this.#spatial, this.#temporal);
    const isMissing = this.filter.awaitsKeyframe &&
      this.filter.spatial < spatial;
    if (isMissing) source.keyframes.want();
  }
}
