import type { Instant } from "../lib/time.ts";
import { PictureLayers } from "./picture_layers.ts";
import type { PublisherTrack } from "./publisher_track.ts";
import type { SubscriberTrack } from "./subscriber_track.ts";

/**
 * How long an encoding may be silent and still count as sent, in milliseconds.
 * Lower leaves one sooner that its publisher has no room for; higher stays with
 * what shows a picture every few seconds.
 */
const SILENCE_MS = 2_000;

/**
 * One track of a flow, in all encodings in which its publisher sends it: one, or
 * with simulcast several. Viewers get one of them at a time.
 */
export class Encodings {
  readonly kind: "audio" | "video";
  /** Who watches the track, in whatever encoding. */
  readonly viewers = new Set<SubscriberTrack>();
  /** What of it can be sent. */
  readonly layers = new PictureLayers(this);
  /** In the offer's order. */
  #all: readonly PublisherTrack[] = [];

  constructor(kind: "audio" | "video") {
    this.kind = kind;
  }

  /** In the offer's order, which should be that of preference. */
  get all(): readonly PublisherTrack[] {
    return this.#all;
  }

  /** What there is from now on; at least one. */
  set all(encodings: readonly PublisherTrack[]) {
    for (const encoding of encodings) encoding.encodings = this;
    this.#all = encodings;
  }

  /** Whether packets have come, of any encoding. */
  get live(): boolean {
    return this.#all.some((encoding) => encoding.live);
  }

  /** What describes the track to viewers. */
  get main(): PublisherTrack {
    return this.#all.find((encoding) => encoding.live) ?? this.#all[0]!;
  }

  /** Those that are sent, the smallest picture first. */
  delivering(now: Instant): PublisherTrack[] {
    const live = this.#all.filter((encoding) => encoding.live);
    const recent = live.filter(({ heardAt }) => now - heardAt < SILENCE_MS);
    return this.#sorted(recent.length > 0 ? recent : live);
  }

  /** By what is known of all; without that, by the order of preference. */
  #sorted(found: PublisherTrack[]): PublisherTrack[] {
    if (found.length < 2) return found;
    const order = found.every(({ width }) => width > 0)
      ? ({ width }: PublisherTrack) => width
      : found.every(({ peakBps }) => peakBps > 0)
      ? ({ peakBps }: PublisherTrack) => peakBps
      : (encoding: PublisherTrack) => -this.#all.indexOf(encoding);
    return found.sort((a, b) => order(a) - order(b));
  }

  /**
   * Whether there is a use for an encoding: for the smallest always, as whoever
   * comes begins with it, and for the others if somebody wants more than that.
   */
  isWanted(encoding: PublisherTrack): boolean {
    if (!encoding.live) return true;
    const [smallest] = this.#sorted(this.#all.filter(({ live }) => live));
    if (encoding === smallest) return true;
    for (const viewer of this.viewers) if (viewer.wantsHigh) return true;
    return false;
  }
}
