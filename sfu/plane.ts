import { assertNever } from "../lib/assert_never.ts";
import type { Now } from "../lib/time.ts";
import type {
  CodecName,
  MediaCommand,
  MediaPlane,
  Negotiation,
  PublisherKey,
  SubscriberKey,
  TrackMeasures,
  ViewerKey,
} from "../protocol/media_plane.ts";
import { type PeerContext, Publisher } from "./publisher.ts";
import { readKnownSource } from "./relay/known_source.ts";
import { RelayedKind, RingWriter } from "./relay/packet_ring.ts";
import type { RelayFeedback } from "./relay/relay_feedback.ts";
import { createRelayHub } from "./relay/relay_hub.ts";
import { SdpError } from "./sdp/sdp_error.ts";
import { Subscriber } from "./subscriber.ts";
import { ViewerPath } from "./viewer_path.ts";

/** A publisher that is connected to another thread. */
export interface RelayedPublisher {
  readonly publisher: PublisherKey;
  readonly codecs: readonly CodecName[];
  /** The latest offer that was accepted there. */
  readonly sdp: string;
  /** So many tracks deliver. */
  readonly onTracks: (count: number) => void;
  /** What viewers here want. */
  readonly onFeedback: (feedback: RelayFeedback) => void;
}

/**
 * All peers of one worker, by key. Knows neither sockets nor timers: whoever
 * owns it calls {@linkcode poll}.
 */
export class Plane implements MediaPlane {
  readonly #context: PeerContext;
  readonly #publishers = new Map<PublisherKey, Publisher>();
  readonly #subscribers = new Map<SubscriberKey, Subscriber>();
  /** Of the publishers, those that are connected to another thread. */
  readonly #relayed = new Set<PublisherKey>();
  /** Of all who watch something. */
  readonly #paths = new Map<ViewerKey, ViewerPath>();

  constructor(context: PeerContext) {
    this.#context = context;
  }

  /** Whether it has no peers, so that nothing can be due. */
  get isEmpty(): boolean {
    return this.#publishers.size === 0 && this.#subscribers.size === 0;
  }

  handle(command: MediaCommand): void {
    switch (command.kind) {
      case "open-publisher":
        return this.#openPublisher(command);
      case "renegotiate-publisher":
        this.#offerPublisher(
          command.publisher,
          command.negotiation,
          command.sdp,
        );
        return;
      case "close-publisher":
        return this.#closePublisher(command.publisher);
      case "open-subscriber":
        return this.#openSubscriber(command);
      case "offer-subscriber":
        return this.#subscribers.get(command.subscriber)?.offer(
          command.negotiation,
          command.wanted,
          command.restartIce,
        );
      case "want-layers":
        return this.#subscribers.get(command.subscriber)?.wantLayers(
          command.video,
        );
      case "weigh-subscriber":
        return this.#subscribers.get(command.subscriber)?.weigh(
          command.tilePixels,
        );
      case "answer-subscriber":
        return this.#answerSubscriber(command);
      case "close-subscriber":
        return this.#closeSubscriber(command.subscriber);
      case "tap-publisher":
        return this.#tap(command);
      case "untap-publisher":
        return this.#publishers.get(command.publisher)
          ?.removeTap(command.ring);
      case "heed-tap":
        return this.#publishers.get(command.publisher)
          ?.heed(command.ring, {
            keyframes: command.keyframes,
            limitBps: undefined,
            rids: undefined,
          });
      case "measure":
        return this.#measure();
      default:
        assertNever(command);
    }
  }

  /** Does what is due; to be called every 10 ms or so. */
  poll(): void {
    const now = this.#context.clock.now();
    // Iterators of maps make an object for each peer.
    this.#publishers.forEach((peer) => this.#poll(peer, now));
    this.#subscribers.forEach((peer) => this.#poll(peer, now));
    this.#paths.forEach((path, key) => {
      if (path.isEmpty) this.#paths.delete(key);
      else this.#poll(path, now);
    });
    this.#context.hub.poll(now.instant);
  }

  close(): Promise<void> {
    for (const publisher of this.#publishers.values()) publisher.close();
    this.#publishers.clear();
    this.#subscribers.clear();
    this.#paths.clear();
    this.#context.hub.close();
    return Promise.resolve();
  }

  /** A publisher, whether it is connected to this thread or not. */
  publisherOf(key: PublisherKey): Publisher | undefined {
    return this.#publishers.get(key);
  }

  /**
   * Opens a publisher that is connected to another thread, whose packets are
   * given to {@linkcode takeRelayed}. It is closed like any other.
   */
  openRelayed(
    { publisher: key, codecs, sdp, onTracks, onFeedback }: RelayedPublisher,
  ): void {
    const context: PeerContext = {
      ...this.#context,
      hub: createRelayHub(this.#context.hub, onFeedback),
      // All else is said by the thread that has the connection.
      onEvent(event) {
        if (event.kind === "publisher-tracks") onTracks(event.tracks.length);
        else if (event.kind === "publisher-layers") {
          onFeedback({ keyframes: [], limitBps: undefined, rids: event.rids });
        }
      },
    };
    this.#publishers.set(key, new Publisher(key, codecs, context));
    this.#relayed.add(key);
    this.offerRelayed(key, sdp);
  }

  /** Takes an offer that the other thread has accepted. */
  offerRelayed(key: PublisherKey, sdp: string): void {
    const isRelayed = this.#relayed.has(key);
    if (isRelayed) this.#publishers.get(key)?.offer(0 as Negotiation, sdp);
  }

  /** Takes a packet that another thread has got. */
  takeRelayed(
    key: PublisherKey,
    kind: RelayedKind,
    packet: Uint8Array,
    sizeBytes: number,
  ): void {
    const publisher = this.#publishers.get(key);
    if (publisher === undefined) return;
    const { instant } = this.#context.clock.now();
    try {
      switch (kind) {
        case RelayedKind.rtp:
          publisher.handleRtp(packet, 0, sizeBytes, instant);
          return;
        case RelayedKind.rtcp:
          publisher.handleRtcp(packet.subarray(0, sizeBytes), instant);
          return;
        case RelayedKind.source:
          publisher.learnSource(readKnownSource(packet));
          return;
        default:
          assertNever(kind);
      }
    } catch (error) {
      this.#context.onError(error);
    }
  }

  /** No more of them for now: those of these publishers are to be forwarded. */
  endRelayed(keys: ReadonlySet<PublisherKey>): void {
    const { instant } = this.#context.clock.now();
    for (const key of keys) {
      this.#publishers.get(key)?.handleBatchEnd(instant);
    }
    this.#context.hub.flush();
  }

  /** For a recorder, which is told how to read what it gets. */
  #tap(
    { publisher: key, ring, memory }:
      & MediaCommand
      & { kind: "tap-publisher" },
  ): void {
    const publisher = this.#publishers.get(key);
    if (publisher === undefined) return;
    const { codecs, offered: sdp } = publisher;
    publisher.addTap(ring, new RingWriter(memory), "recorder");
    const kind = "publisher-tapped";
    this.#context.onEvent({ kind, publisher: key, codecs, sdp });
  }

  #measure(): void {
    const { instant } = this.#context.clock.now();
    const publishers = new Map<PublisherKey, readonly TrackMeasures[]>();
    for (const [key, peer] of this.#publishers) {
      if (this.#relayed.has(key)) continue;
      publishers.set(key, peer.measure(instant));
    }
    const subscribers = new Map<SubscriberKey, readonly TrackMeasures[]>();
    for (const [key, peer] of this.#subscribers) {
      subscribers.set(key, peer.measure(instant));
    }
    this.#context.onEvent({ kind: "measured", publishers, subscribers });
  }

  /** A bug that one peer leads to must not end everybody's call. */
  #poll(part: Publisher | Subscriber | ViewerPath, now: Now): void {
    try {
      part.poll(now);
    } catch (error) {
      this.#context.onError(error);
    }
  }

  #openPublisher(
    { publisher: key, codecs, negotiation, sdp }:
      & MediaCommand
      & { kind: "open-publisher" },
  ): void {
    this.#publishers.set(key, new Publisher(key, codecs, this.#context));
    if (!this.#offerPublisher(key, negotiation, sdp)) this.#closePublisher(key);
  }

  /** False if the offer was refused, which the event says too. */
  #offerPublisher(
    publisher: PublisherKey,
    negotiation: Negotiation,
    sdp: string,
  ): boolean {
    const reason = refusalOf(() =>
      this.#publishers.get(publisher)?.offer(negotiation, sdp)
    );
    if (reason === undefined) return true;
    this.#context.onEvent({
      kind: "publisher-refused",
      publisher,
      negotiation,
      reason,
    });
    return false;
  }

  #closePublisher(key: PublisherKey): void {
    const publisher = this.#publishers.get(key);
    if (!publisher) return;
    this.#publishers.delete(key);
    this.#relayed.delete(key);
    for (const { key } of publisher.subscribers) this.#subscribers.delete(key);
    publisher.close();
  }

  #openSubscriber(
    command: MediaCommand & { kind: "open-subscriber" },
  ): void {
    const { subscriber, viewer, shows, tilePixels } = command;
    const source = this.#publishers.get(command.publisher);
    // Closed meanwhile, for a reason that signalling is about to hear of.
    if (!source) return;
    const path = this.#paths.get(viewer) ??
      new ViewerPath(this.#context.hub.sendClock);
    this.#paths.set(viewer, path);
    const ends = { publisher: source, path, shows, tilePixels };
    const peer = new Subscriber(subscriber, ends, this.#context);
    this.#subscribers.set(subscriber, peer);
    peer.offer(command.negotiation, command.wanted, false);
  }

  #answerSubscriber(
    { subscriber, negotiation, sdp }:
      & MediaCommand
      & { kind: "answer-subscriber" },
  ): void {
    const reason = refusalOf(() =>
      this.#subscribers.get(subscriber)?.answer(negotiation, sdp)
    );
    if (reason === undefined) return;
    this.#context.onEvent({
      kind: "subscriber-answer-refused",
      subscriber,
      negotiation,
      reason,
    });
  }

  #closeSubscriber(key: SubscriberKey): void {
    this.#subscribers.get(key)?.close();
    this.#subscribers.delete(key);
  }
}

/** Runs a negotiation; what is wrong with the client's SDP, if anything is. */
function refusalOf(negotiate: () => void): string | undefined {
  try {
    negotiate();
  } catch (error) {
    if (error instanceof SdpError || error instanceof RangeError) {
      return error.message;
    }
    throw error;
  }
}
