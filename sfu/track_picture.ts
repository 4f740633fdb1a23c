import type { Instant } from "../lib/time.ts";
import type { LayerSwitch } from "./layer_switch.ts";
import type { PublisherTrack } from "./publisher_track.ts";
import { PictureNumbers } from "./rtp/layers/picture_numbers.ts";
import { MAX_CACHED_BYTES } from "./rtp/packet_cache.ts";
import type { PictureReader } from "./rtp/picture_reader.ts";
import type { Rewriter } from "./rtp/rewriter.ts";

/**
 * What is particular about the packets of a picture towards one viewer: some are
 * of layers that it does not get, and those that it does get have numbers of
 * their own in their payload.
 */
export class TrackPicture {
  readonly #layers: LayerSwitch;
  readonly #rewriter: Rewriter;
  readonly #numbers = new PictureNumbers();
  /** Where a payload is numbered for the viewer; made when it is first needed. */
  #copy: Uint8Array | undefined;

  constructor(layers: LayerSwitch, rewriter: Rewriter) {
    this.#layers = layers;
    this.#rewriter = rewriter;
  }

  /**
   * Finds the numbers of a packet's header, for the rewriter to hold. False if
   * it is not for the viewer.
   */
  map(
    picture: PictureReader,
    extended: number,
    timestamp: number,
    now: Instant,
  ): boolean {
    const { countedPicture } = picture;
    const rewriter = this.#rewriter;
    const isLeftOut = !this.#layers.filter.passes(picture) &&
      rewriter.drop(extended, countedPicture);
    if (isLeftOut) return false;
    if (!rewriter.map(extended, timestamp, now, countedPicture)) return false;
    this.#numbers.note(picture, rewriter.dropped);
    return true;
  }

  /** Whether a packet is the last of its picture, for the viewer. */
  isLast(picture: PictureReader | undefined, marker: boolean): boolean {
    return marker ||
      picture !== undefined && this.#layers.filter.endsPicture(picture);
  }

  /** The payload with the viewer's own numbers of pictures: good for once. */
  number(picture: PictureReader | undefined, payload: Uint8Array): Uint8Array {
    const { dropped } = this.#rewriter;
    if (picture === undefined || !this.#numbers.differs(dropped)) {
      return payload;
    }
    this.#copy ??= new Uint8Array(MAX_CACHED_BYTES);
    this.#copy.set(payload);
    this.#numbers.rewrite(this.#copy, picture, dropped);
    return this.#copy.subarray(0, payload.length);
  }

  /** The next packet begins anew, with a keyframe. */
  restart(): void {
    this.#rewriter.switchSource();
    this.#numbers.switchSource();
  }

  /** A keyframe has come of the encoding that is to be sent from here on. */
  goOver(source: PublisherTrack, timestamp: number, now: Instant): void {
    const rewriter = this.#rewriter;
    const before = rewriter.started
      ? this.#layers.source.clock.timestampAt(now)
      : undefined;
    const after = source.clock.timestampAt(now);
    rewriter.goOver(
      before === undefined || after === undefined
        ? undefined
        : rewriter.toViewerTimestamp(before) - (after - timestamp),
    );
    this.#numbers.switchSource();
    this.#layers.goOver();
  }
}
