/**
 * What the main thread and a media worker say about publishers that are
 * connected to one worker and watched in another, too. All plain values.
 *
 * @module
 */
import type { CodecName, PublisherKey } from "../../protocol/media_plane.ts";
import type { RelayFeedback } from "./relay_feedback.ts";

/** Names one ring for ever: from one worker to one other. */
export type RingId = number;

/** A ring, for the one that writes or the one that reads. */
export interface SharedRing {
  readonly id: RingId;
  readonly memory: SharedArrayBuffer;
}

/** From the main thread. */
export type RelayCommand =
  /** To the worker with the connection: copy what comes into the ring, too. */
  | {
    readonly kind: "tap";
    readonly publisher: PublisherKey;
    readonly ring: SharedRing;
  }
  | {
    readonly kind: "untap";
    readonly publisher: PublisherKey;
    readonly ring: RingId;
  }
  /** To it: what the other worker's viewers want. */
  | {
    readonly kind: "heed";
    readonly publisher: PublisherKey;
    readonly ring: RingId;
    readonly feedback: RelayFeedback;
  }
  /** To the other worker: take from the ring what comes of the publisher. */
  | {
    readonly kind: "open-relay";
    readonly publisher: PublisherKey;
    readonly codecs: readonly CodecName[];
    /** The latest offer that was accepted. */
    readonly sdp: string;
    readonly ring: SharedRing;
  }
  /** To it: a further offer was accepted. */
  | {
    readonly kind: "offer-relay";
    readonly publisher: PublisherKey;
    readonly sdp: string;
  }
  /** To it: nobody watches it any more, or it is gone. */
  | { readonly kind: "close-relay"; readonly publisher: PublisherKey }
  /** To either: the other one is gone, and the ring with it. */
  | { readonly kind: "drop-ring"; readonly ring: RingId };

/** To the main thread, from the worker that relays. */
export type RelayEvent =
  /** So many tracks have come: viewers can be offered them. */
  | {
    readonly kind: "relay-tracks";
    readonly publisher: PublisherKey;
    readonly count: number;
  }
  | {
    readonly kind: "relay-feedback";
    readonly publisher: PublisherKey;
    readonly feedback: RelayFeedback;
  };
