/**
 * The one door between signalling and media.
 *
 * Commands go in, events come out; all are plain values that survive
 * `structuredClone`, because a plane may live in another thread. Media never
 * learns who somebody is, and signalling never sees a packet.
 *
 * Order: the plane handles commands in the order given, and the events of one
 * publisher or subscriber come in the order in which things happened. An event
 * may still be under way when a command for the same peer is given; the
 * `negotiation` number tells which one it belongs to.
 *
 * @module
 */
import type { Brand } from "../lib/brand.ts";

/**
 * Names one incoming peer for ever. The signalling side counts them up; unlike
 * a flow id, a key is never used again, so that an event of a closed flow
 * cannot be mistaken for one of its successor's.
 */
export type PublisherKey = Brand<number, "PublisherKey">;

/**
 * Names one outgoing peer for ever, like {@linkcode PublisherKey}. The plane
 * makes the mids of its offers of it, so that no two subscribers ever have one
 * in common: an answer, which repeats the mids, fits its own subscriber only.
 */
export type SubscriberKey = Brand<number, "SubscriberKey">;

/**
 * Names who watches: all subscribers of one client have it in common. They
 * share the way to it, and what that way carries.
 */
export type ViewerKey = Brand<number, "ViewerKey">;

/**
 * Numbers the offers of one peer: 1, 2, 3… An answer, refusal or abort that
 * carries another number than the peer's latest is late, and is dropped.
 */
export type Negotiation = Brand<number, "Negotiation">;

/** Which tracks of a flow a subscriber wants. */
export interface WantedTracks {
  readonly audio: boolean;
  /** `low` is the smallest picture that there is. */
  readonly video: "none" | "low" | "high";
}

/** The codecs that can be forwarded, as group descriptions name them (B.2). */
export const CODEC_NAMES = [
  "vp8",
  "vp9",
  "av1",
  "h264",
  "opus",
  "g722",
  "pcmu",
  "pcma",
] as const;

/** Names a codec. */
export type CodecName = (typeof CODEC_NAMES)[number];

/** What groups allow that do not say (B-2). */
export const DEFAULT_CODECS: readonly CodecName[] = ["vp8", "opus"];

/** A track that its publisher sends: at least one packet of it has come. */
export interface LiveTrack {
  readonly kind: "audio" | "video";
  /** The codec with its profile: with another one, viewers need a new offer. */
  readonly codec?: string;
}

/** What signalling tells the media plane to do. */
export type MediaCommand =
  | {
    readonly kind: "open-publisher";
    readonly publisher: PublisherKey;
    /** All peers of one group live in one worker. */
    readonly group: string;
    /** Those that the group allows, the preferred ones first. */
    readonly codecs: readonly CodecName[];
    readonly negotiation: Negotiation;
    /** The client's offer, unparsed. */
    readonly sdp: string;
  }
  | {
    readonly kind: "renegotiate-publisher";
    readonly publisher: PublisherKey;
    readonly negotiation: Negotiation;
    readonly sdp: string;
  }
  /** Ends a publisher and every subscriber that it still has, without events. */
  | { readonly kind: "close-publisher"; readonly publisher: PublisherKey }
  /** Makes a peer towards a viewer, and its first offer. */
  | {
    readonly kind: "open-subscriber";
    readonly subscriber: SubscriberKey;
    readonly publisher: PublisherKey;
    readonly viewer: ViewerKey;
    /** What the flow's picture shows: a screen is of no use if it is blurred. */
    readonly shows: "screen" | "camera";
    /** How large the viewer shows it, in pixels; absent if it does not say. */
    readonly tilePixels?: number;
    readonly negotiation: Negotiation;
    readonly wanted: WantedTracks;
  }
  /** Makes a further offer for the same peer: other tracks, or ICE restart. */
  | {
    readonly kind: "offer-subscriber";
    readonly subscriber: SubscriberKey;
    readonly negotiation: Negotiation;
    readonly wanted: WantedTracks;
    readonly restartIce: boolean;
  }
  /** Chooses another picture of the same tracks, without an offer. */
  | {
    readonly kind: "want-layers";
    readonly subscriber: SubscriberKey;
    readonly video: "low" | "high";
  }
  /** The viewer shows the flow larger or smaller than before. */
  | {
    readonly kind: "weigh-subscriber";
    readonly subscriber: SubscriberKey;
    readonly tilePixels: number;
  }
  | {
    readonly kind: "answer-subscriber";
    readonly subscriber: SubscriberKey;
    readonly negotiation: Negotiation;
    readonly sdp: string;
  }
  | { readonly kind: "close-subscriber"; readonly subscriber: SubscriberKey }
  /**
   * Has what comes of a publisher copied into a ring of shared memory, for a
   * recorder, until it is untapped or closed. Answered by `publisher-tapped`.
   * Said again, it changes nothing, and is answered again.
   */
  | {
    readonly kind: "tap-publisher";
    readonly publisher: PublisherKey;
    /** Names the ring for ever; below 0, as others count up from 1. */
    readonly ring: number;
    readonly memory: SharedArrayBuffer;
  }
  | {
    readonly kind: "untap-publisher";
    readonly publisher: PublisherKey;
    readonly ring: number;
  }
  /** A keyframe of these sources is wanted by who reads the ring. */
  | {
    readonly kind: "heed-tap";
    readonly publisher: PublisherKey;
    readonly ring: number;
    readonly keyframes: readonly number[];
  }
  /** Asks for one {@linkcode Measured} of each thread that carries media. */
  | { readonly kind: "measure" };

/** What the media plane tells signalling. */
export type MediaEvent =
  | {
    readonly kind: "publisher-answered";
    readonly publisher: PublisherKey;
    readonly negotiation: Negotiation;
    readonly sdp: string;
  }
  /**
   * The offer cannot be used. A publisher whose first offer is refused is gone;
   * one whose renegotiation is refused goes on as it was.
   */
  | {
    readonly kind: "publisher-refused";
    readonly publisher: PublisherKey;
    readonly negotiation: Negotiation;
    /** For people: what is wrong with the offer. */
    readonly reason: string;
  }
  /**
   * The set of tracks that have delivered packets has grown or shrunk.
   * `complete`: every track that the latest offer declares is in it.
   */
  | {
    readonly kind: "publisher-tracks";
    readonly publisher: PublisherKey;
    readonly tracks: readonly LiveTrack[];
    readonly complete: boolean;
  }
  /**
   * Somebody has begun, or ended, to speak in the flow. Comes only for flows
   * whose packets say how loud they are.
   */
  | {
    readonly kind: "publisher-speaking";
    readonly publisher: PublisherKey;
    readonly speaking: boolean;
  }
  /** Of its encodings, those that somebody watches: it need not send the others. */
  | {
    readonly kind: "publisher-layers";
    readonly publisher: PublisherKey;
    readonly rids: readonly string[];
  }
  /** The connection is lost (ICE consent or DTLS). The peer stays, until closed. */
  | { readonly kind: "publisher-failed"; readonly publisher: PublisherKey }
  | {
    readonly kind: "subscriber-offered";
    readonly subscriber: SubscriberKey;
    readonly negotiation: Negotiation;
    readonly sdp: string;
    /** False if the publisher has none of the wanted tracks: nothing to offer. */
    readonly hasTracks: boolean;
  }
  | {
    readonly kind: "subscriber-answer-applied";
    readonly subscriber: SubscriberKey;
    readonly negotiation: Negotiation;
  }
  /** The answer does not fit its offer. The peer stays, until closed. */
  | {
    readonly kind: "subscriber-answer-refused";
    readonly subscriber: SubscriberKey;
    readonly negotiation: Negotiation;
    readonly reason: string;
  }
  /**
   * The viewer is connected and gets media that it can show: a keyframe, or a
   * packet where there is no video. From here on an older subscription that
   * this one replaces may be closed.
   */
  | { readonly kind: "subscriber-live"; readonly subscriber: SubscriberKey }
  | { readonly kind: "subscriber-failed"; readonly subscriber: SubscriberKey };

/** What it tells of one incoming peer. */
export type PublisherEvent = Extract<MediaEvent, { publisher: PublisherKey }>;

/** What it tells of one outgoing peer. */
export type SubscriberEvent = Extract<
  MediaEvent,
  { subscriber: SubscriberKey }
>;

/** What is known of one track, just now. */
export interface TrackMeasures {
  readonly bitrateBps: number;
  /** What the other side is thought to take; absent while nobody knows. */
  readonly maxBitrateBps?: number;
  /** The share of packets that were lost lately: 0 to 1. */
  readonly loss: number;
  /** Absent while it is not known. */
  readonly jitterMs?: number;
  /** There and back; for tracks towards viewers, once it is known. */
  readonly rttMs?: number;
  /** What has been repaired since it began. */
  readonly repairs: RepairMeasures;
  /** Of tracks towards viewers: what the way of all of the viewer's flows carries. */
  readonly pathBps?: number;
  /** Of tracks towards viewers: the share of packets that this way lost lately. */
  readonly pathLoss?: number;
  /** Of pictures towards viewers: which of the publisher's qualities is sent. */
  readonly layers?: LayerMeasures;
  /** How often a picture had to be left out, as the way carried too little. */
  readonly pauses?: number;
}

/** Which quality of a picture goes to a viewer, and which there are. */
export interface LayerMeasures {
  /** The name of the encoding, of simulcast's; empty if there is but one. */
  readonly rid: string;
  readonly spatial: number;
  readonly maxSpatial: number;
  readonly temporal: number;
  readonly maxTemporal: number;
}

/** What was done about what was lost, on one track, counted from its beginning. */
export interface RepairMeasures {
  /** Packets that the receiving side has asked for again. */
  readonly asked: number;
  /** Of these, those that came again, or were sent again. */
  readonly repaired: number;
  /** Keyframes that the receiving side has asked for. */
  readonly keyframeRequests: number;
}

/** What is known of the peers of one thread, just now: its tracks by peer. */
export interface Measured {
  readonly kind: "measured";
  readonly publishers: ReadonlyMap<PublisherKey, readonly TrackMeasures[]>;
  readonly subscribers: ReadonlyMap<SubscriberKey, readonly TrackMeasures[]>;
}

/** A publisher's packets are copied; here is what they are to be read by. */
export interface PublisherTapped {
  readonly kind: "publisher-tapped";
  readonly publisher: PublisherKey;
  readonly codecs: readonly CodecName[];
  /** The latest offer that was accepted. */
  readonly sdp: string;
}

/**
 * What comes out of a plane: what signalling has to know, measurements, and what
 * a recorder has to know.
 */
export type PlaneEvent = MediaEvent | Measured | PublisherTapped;

/** Takes commands and gives events; see the module's text for the order. */
export interface MediaPlane {
  /** Carries out a command. Never throws for what a client did. */
  handle(command: MediaCommand): void;
  /** Closes all peers and the sockets. Idempotent. */
  close(): Promise<void>;
}
