import type { Instant } from "../../../lib/time.ts";
import { RateMeter } from "../rate_meter.ts";

/** Each of 3 bits, as descriptors have them at most. */
const LAYERS = 8;

/** Counts what each layer of a source takes. */
export class LayerMeters {
  /** By layer, spatial first; made when the layer is first seen. */
  readonly #meters: (RateMeter | undefined)[] = new Array(LAYERS * LAYERS);

  /** Counts a packet. */
  add(spatial: number, temporal: number, bytes: number, now: Instant): void {
    const index = spatial * LAYERS + temporal;
    const meter = this.#meters[index] ??= new RateMeter();
    meter.add(bytes, now);
  }

  /** What these layers take with all that are below them, in bit/s. */
  bps(spatial: number, temporal: number, now: Instant): number {
    let bytes = 0;
    for (let s = 0; s <= spatial; s++) {
      for (let t = 0; t <= temporal; t++) bytes += this.#bytes(s, t, now);
    }
    return bytes * 8;
  }

  /** The highest spatial layer of the last second; 0 if there are none. */
  topSpatial(now: Instant): number {
    for (let spatial = LAYERS - 1; spatial > 0; spatial--) {
      for (let temporal = 0; temporal < LAYERS; temporal++) {
        if (this.#bytes(spatial, temporal, now) > 0) return spatial;
      }
    }
    return 0;
  }

  /** The highest temporal layer of the last second; 0 if there are none. */
  topTemporal(now: Instant): number {
    for (let temporal = LAYERS - 1; temporal > 0; temporal--) {
      for (let spatial = 0; spatial < LAYERS; spatial++) {
        if (this.#bytes(spatial, temporal, now) > 0) return temporal;
      }
    }
    return 0;
  }

  /** Forgets everything: the source is another one. */
  clear(): void {
    this.#meters.fill(undefined);
  }

  #bytes(spatial: number, temporal: number, now: Instant): number {
    const meter = this.#meters[spatial * LAYERS + temporal];
    return meter === undefined ? 0 : meter.bytesPerSecond(now);
  }
}
