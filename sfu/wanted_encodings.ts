import type { Instant } from "../lib/time.ts";
import type { Encodings } from "./encodings.ts";
import type { PublisherTrack } from "./publisher_track.ts";

/** How often it is looked, in milliseconds. */
const LOOK_INTERVAL_MS = 250;

/**
 * How long nobody must have had a use for an encoding before its publisher is
 * told, in milliseconds. Lower saves more of its uplink; higher has fewer
 * keyframes made where viewers come and go.
 */
const UNUSED_MS = 3_000;

/** Finds out when a publisher has to be told which encodings somebody watches. */
export class WantedEncodings {
  #lookAt = 0;
  /** The encodings that are not to be sent, as the publisher was told last. */
  #off: readonly PublisherTrack[] = [];
  readonly #unusedSince = new Map<PublisherTrack, Instant>();

  /**
   * Looks whether something has changed.
   *
   * @param elsewhere knows what viewers in other threads want
   * @returns the names of the encodings that are to be sent, if that is news
   */
  poll(
    all: readonly Encodings[],
    elsewhere: { wants(rid: string): boolean },
    now: Instant,
  ): readonly string[] | undefined {
    if (now < this.#lookAt) return undefined;
    this.#lookAt = now + LOOK_INTERVAL_MS;
    const several = all.filter((encodings) => encodings.all.length > 1);
    if (several.length === 0) return undefined;
    const off = several.flatMap((encodings) =>
      encodings.all.filter((each) => {
        const isWanted = encodings.isWanted(each) || elsewhere.wants(each.rid);
        return this.#isUnused(each, isWanted, now);
      })
    );
    const isSame = off.length === this.#off.length &&
      off.every((encoding) => this.#off.includes(encoding));
    if (isSame) return undefined;
    this.#off = off;
    return several.flatMap((encodings) => encodings.all)
      .filter((encoding) => !off.includes(encoding))
      .map(({ rid }) => rid);
  }

  #isUnused(
    encoding: PublisherTrack,
    isWanted: boolean,
    now: Instant,
  ): boolean {
    if (isWanted) {
      this.#unusedSince.delete(encoding);
      return false;
    }
    const since = this.#unusedSince.get(encoding) ?? now;
    this.#unusedSince.set(encoding, since);
    return now - since >= UNUSED_MS;
  }
}
