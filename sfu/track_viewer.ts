import type { Instant } from "../lib/time.ts";
import type { PublisherTrack } from "./publisher_track.ts";
import type { PictureReader } from "./rtp/picture_reader.ts";

/** Who gets a publisher's track: a viewer's track, or a recorder's. */
export interface TrackViewer {
  /** The round trip to it, in milliseconds: how long packets are kept for it. */
  readonly rttMs: number;
  /** What it can take, in bit/s. */
  rateBps(now: Instant): number;
  /**
   * Takes packets of the track: the first `size` of these extended numbers,
   * which are in its cache. The packet path.
   *
   * @param pictures what those of a picture say of themselves
   */
  forwardAll(
    source: PublisherTrack,
    extended: readonly number[],
    pictures: readonly PictureReader[],
    size: number,
    now: Instant,
  ): void;
  /** The source began anew: its numbers have nothing to do with those before. */
  handleRestart(source: PublisherTrack): void;
}
