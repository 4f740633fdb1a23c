import type { Instant } from "../lib/time.ts";
import type { LayerSwitch } from "./layer_switch.ts";
import type { PublisherTrack } from "./publisher_track.ts";
import { PictureNumbers } from "./rtp/layers/picture_numbers.ts";
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

  /**
   * Writes the viewer's own numbers of pictures into the payload at an offset,
   * if they are others. True if so: then the payload has to be restored.
   */
  number(
    picture: PictureReader | undefined,
    bytes: Uint8Array,
    offset: number,
  ): boolean {
    const { dropped } = this.#rewriter;
    if (picture === undefined || !this.#numbers.differs(dropped)) return false;
    this.#numbers.rewrite(bytes, offset, picture, dropped);
    return true;
  }

  /** Takes back what {@linkcode number} has written. */
  restore(
    picture: PictureReader | undefined,
    bytes: Uint8Array,
    offset: number,
  ): void {
    if (picture !== undefined) this.#numbers.restore(bytes, offset, picture);
  }

  /** What is added to the numbers of frames in dependency descriptors. */
  get frameNumberShift(): number {
    return this.#numbers.idShift;
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
