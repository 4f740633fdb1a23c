import { assertNever } from "../lib/assert_never.ts";
import type { Now } from "../lib/time.ts";
import type {
  MediaCommand,
  MediaPlane,
  Negotiation,
  PublisherKey,
  SubscriberKey,
  TrackMeasures,
  ViewerKey,
} from "../protocol/media_plane.ts";
import { type PeerContext, Publisher } from "./publisher.ts";
import { SdpError } from "./sdp/sdp_error.ts";
import { Subscriber } from "./subscriber.ts";
import { ViewerPath } from "./viewer_path.ts";

/**
 * All peers of one worker, by key. Knows neither sockets nor timers: whoever
 * owns it calls {@linkcode poll}.
 */
export class Plane implements MediaPlane {
  readonly #context: PeerContext;
  readonly #publishers = new Map<PublisherKey, Publisher>();
  readonly #subscribers = new Map<SubscriberKey, Subscriber>();
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
      case "answer-subscriber":
        return this.#answerSubscriber(command);
      case "close-subscriber":
        return this.#closeSubscriber(command.subscriber);
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

  #measure(): void {
    const { instant } = this.#context.clock.now();
    const publishers = new Map<PublisherKey, readonly TrackMeasures[]>();
    for (const [key, peer] of this.#publishers) {
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
    for (const { key } of publisher.subscribers) this.#subscribers.delete(key);
    publisher.close();
  }

  #openSubscriber(
    { subscriber, publisher, viewer, shows, negotiation, wanted }:
      & MediaCommand
      & { kind: "open-subscriber" },
  ): void {
    const source = this.#publishers.get(publisher);
    // Closed meanwhile, for a reason that signalling is about to hear of.
    if (!source) return;
    const path = this.#paths.get(viewer) ??
      new ViewerPath(this.#context.hub.sendClock);
    this.#paths.set(viewer, path);
    const ends = { publisher: source, path, shows };
    const peer = new Subscriber(subscriber, ends, this.#context);
    this.#subscribers.set(subscriber, peer);
    peer.offer(negotiation, wanted, false);
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
