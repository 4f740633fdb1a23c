import type { Instant } from "../lib/time.ts";
import type { LayerSwitch } from "./layer_switch.ts";
import type { Claim } from "./rtp/congestion/share_rate.ts";
import { Redundancy } from "./rtp/redundancy.ts";
import type { Tile } from "./subscriber_track_peer.ts";
import { claimLayers, claimSound, soundBps } from "./track_claim.ts";
import type { TrackWriter } from "./track_writer.ts";

/** Of what is granted, what may come of a publisher that follows. */
const FITS = 1.4;

/**
 * How long a picture is held back that was shown, in milliseconds. Lower may have
 * its keyframe fill the queue again; higher lets it stand still for longer.
 */
const HOLD_MS = 1_000;

/** What packets of pictures take on the wire beside what they carry. */
const USUAL_OVERHEAD = 0.04;

/**
 * How long a publisher may take to send as little as it is told to, in
 * milliseconds. Lower shows a picture later that adapts slowly; higher spoils it
 * for others longer for the sake of somebody who cannot see it anyway.
 */
const FOLLOW_MS = 3_000;

/**
 * What one track has of its viewer's path. A picture that has nothing is not
 * sent. When there is room again its publisher hears of it first, which may send
 * much more by then: the picture is held until it fits.
 */
export class TrackShare {
  /** How much each packet of sound repeats. */
  readonly redundancy = new Redundancy();
  readonly #layers: LayerSwitch;
  readonly #tile: Readonly<Tile>;
  #targetBps: number | undefined;
  /** Of sound: what it takes without redundancy. */
  #plainBps = Infinity;
  #overheadBps = 0;
  /** Of a picture: what it takes on the wire, by what its publisher sends. */
  #factor = 1;
  #heldSince = Infinity;
  /** For how long at most. */
  #heldMs = Infinity;

  /** @param tile where it is to be seen, which may change */
  constructor(layers: LayerSwitch, tile: Readonly<Tile>) {
    this.#layers = layers;
    this.#tile = tile;
  }

  /** As its publisher counts, in bit/s; `undefined` while nothing is shared out. */
  get targetBps(): number | undefined {
    return this.#targetBps;
  }

  /** Whether there is nothing for the track. */
  get isNothing(): boolean {
    return this.#targetBps === 0;
  }

  /** Whether there is something, but not yet as much as comes. */
  get isHeld(): boolean {
    return this.#heldSince < Infinity;
  }

  /**
   * What the track wants, by what is lost on the path.
   *
   * @param writer what has been sent
   */
  claim(loss: number, writer: TrackWriter, now: Instant): Claim {
    const { source, low } = this.#layers;
    const overheadBps = writer.overheadBps(now);
    if (source.kind === "audio") {
      const sourceBps = source.rateBps(now);
      this.#plainBps = soundBps(sourceBps);
      this.#overheadBps = overheadBps;
      return claimSound(
        sourceBps,
        overheadBps,
        this.redundancy.want(loss),
      );
    }
    const sentBps = writer.bitrateBps(now);
    this.#factor = 1 + (sentBps > 0 ? overheadBps / sentBps : USUAL_OVERHEAD);
    const follows = now - this.#heldSince <= FOLLOW_MS;
    const layersBps = this.#layers.layers(now).map(({ bps }) => bps);
    return claimLayers(
      this.#tile,
      { layersBps, factor: this.#factor },
      !low && source.understands("goog-remb") && follows,
      (this.#targetBps ?? Infinity) * this.#factor,
    );
  }

  /** Has the picture wait, as if there had been nothing for it. */
  hold(now: Instant): void {
    if (this.isHeld || this.#targetBps === undefined || this.isNothing) return;
    this.#heldSince = now;
    this.#heldMs = HOLD_MS;
  }

  /**
   * Sets what it may use, in bit/s on the wire.
   *
   * @returns what follows: nothing more is sent; its publisher is to hear of the
   *   viewer; or it is sent again from the next keyframe on
   */
  set(bps: number, now: Instant): "stop" | "ask" | "go" | undefined {
    const hadNothing = this.isNothing;
    this.#targetBps = bps / this.#factor;
    this.redundancy.grant((bps - this.#overheadBps) / this.#plainBps);
    if (bps === 0) {
      this.#heldSince = Infinity;
      return hadNothing ? undefined : "stop";
    }
    if (hadNothing) {
      this.#heldSince = now;
      this.#heldMs = Infinity;
      return "ask";
    }
    const isDue = now - this.#heldSince > this.#heldMs;
    const layers = this.#layers.layers(now);
    const leastBps = layers.length > 1
      ? layers[0]!.bps
      : this.#layers.source.recentBps(now);
    const fits = isDue || leastBps <= this.#targetBps * FITS;
    if (!this.isHeld || !fits) return undefined;
    this.#heldSince = Infinity;
    return "go";
  }
}
