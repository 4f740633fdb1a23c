/**
 * The media plane in several threads.
 *
 * @module
 */
import { assertNever } from "../../lib/assert_never.ts";
import type {
  MediaCommand,
  MediaPlane,
  Negotiation,
  PlaneEvent,
  PublisherKey,
  SubscriberKey,
} from "../../protocol/media_plane.ts";
import type { Publisher, Subscriber } from "./placed_peers.ts";
import { Placement } from "./placement.ts";
import { RelayTable } from "./relay_table.ts";
import { WorkerPool, type WorkerPoolOptions } from "./worker_pool.ts";

/** What a set of workers is made of. */
export interface MediaWorkersOptions extends WorkerPoolOptions {
  /** See `SPREAD_PEERS`, which holds unless a test says otherwise. */
  readonly spreadPeers?: number;
}

type Command<Kind extends MediaCommand["kind"]> = MediaCommand & {
  readonly kind: Kind;
};

/** An owner's offer. */
type Offered = Command<"open-publisher" | "renegotiate-publisher">;

/**
 * Opens that many workers, each on a UDP port of its own.
 *
 * @throws {WorkerOpenError} if one of them cannot open its plane
 */
export async function openMediaWorkers(
  options: MediaWorkersOptions,
): Promise<MediaWorkers> {
  const workers = new MediaWorkers(options);
  try {
    await workers.opened;
    return workers;
  } catch (error) {
    await workers.close();
    throw error;
  }
}

/**
 * Hands commands to the worker that has the peer. When a worker dies another
 * takes its place, and its publishers are told to signalling as failed: their
 * owners are asked to renegotiate, and what they then offer is opened anew.
 * Until then nobody sees them.
 *
 * Never touches a packet.
 */
export class MediaWorkers implements MediaPlane {
  readonly #pool: WorkerPool;
  readonly #placement: Placement;
  readonly #relays: RelayTable;
  readonly #publishers = new Map<PublisherKey, Publisher>();
  readonly #subscribers = new Map<SubscriberKey, Subscriber>();
  #waiting: Offered[] = [];
  #onEvent: (event: PlaneEvent) => void = () => {};

  /** Use {@linkcode openMediaWorkers}. */
  constructor(options: MediaWorkersOptions) {
    this.#placement = new Placement(options.count, options.spreadPeers);
    this.#pool = new WorkerPool(options, {
      handleEvent: (event) => this.#handleEvent(event),
      handleRelay: (worker, event) => this.#relays.handle(worker, event),
      handleDeath: (worker) => this.#losePeers(worker),
      handleUp: (worker, isUp) => {
        this.#placement.setUp(worker, isUp);
        if (isUp) this.#placeWaiting();
      },
    });
    this.#relays = new RelayTable((worker, command) =>
      this.#pool.relay(worker, command)
    );
  }

  /** Settles when all workers are open, for the first time. */
  get opened(): Promise<unknown> {
    return this.#pool.opened;
  }

  /** The UDP ports, one for each worker. */
  get ports(): readonly number[] {
    return this.#pool.ports;
  }

  /** Has events told from now on. To be called once, before any command. */
  attach(onEvent: (event: PlaneEvent) => void): void {
    this.#onEvent = onEvent;
  }

  handle(command: MediaCommand): void {
    switch (command.kind) {
      case "open-publisher":
        return this.#openPublisher(command);
      case "renegotiate-publisher":
        return this.#renegotiatePublisher(command);
      case "close-publisher":
        return this.#closePublisher(command);
      case "open-subscriber":
        return this.#openSubscriber(command);
      case "offer-subscriber":
      case "answer-subscriber":
        return this.#negotiateSubscriber(command);
      case "want-layers":
      case "weigh-subscriber":
        return this.#post(
          this.#subscribers.get(command.subscriber)?.worker,
          command,
        );
      case "close-subscriber":
        return this.#closeSubscriber(command);
      case "tap-publisher":
      case "untap-publisher":
      case "heed-tap":
        return this.#post(
          this.#publishers.get(command.publisher)?.worker,
          command,
        );
      case "measure":
        return this.#pool.postToAll(command);
      default:
        assertNever(command);
    }
  }

  close(): Promise<void> {
    for (const key of this.#publishers.keys()) this.#relays.closeAll(key);
    return this.#pool.close();
  }

  #openPublisher(command: Command<"open-publisher">): void {
    const { publisher: key, negotiation: pending } = command;
    const publisher: Publisher = {
      opening: command,
      worker: undefined,
      pending,
      taken: false,
      offers: new Map([[pending, command.sdp]]),
      accepted: "",
      told: undefined,
    };
    this.#publishers.set(key, publisher);
    this.#place(command, publisher);
  }

  #renegotiatePublisher(command: Command<"renegotiate-publisher">): void {
    const publisher = this.#publishers.get(command.publisher);
    if (publisher === undefined) return;
    publisher.pending = command.negotiation;
    publisher.offers.set(command.negotiation, command.sdp);
    if (publisher.worker === undefined) this.#place(command, publisher);
    else this.#post(publisher.worker, command);
  }

  /** Opens a publisher in a worker; if all are down, when one is up again. */
  #place(command: Offered, publisher: Publisher): void {
    const { opening } = publisher;
    const worker = this.#placement.addPublisher(opening.group);
    if (worker === undefined) {
      this.#waiting.push(command);
      return;
    }
    publisher.worker = worker;
    publisher.taken = false;
    this.#post(worker, { ...opening, ...command, kind: "open-publisher" });
  }

  /** Opens what has waited for a worker, as far as it is still wanted. */
  #placeWaiting(): void {
    for (const command of this.#waiting.splice(0)) {
      const publisher = this.#publishers.get(command.publisher);
      const isWanted = publisher?.worker === undefined &&
        publisher?.pending === command.negotiation;
      if (publisher !== undefined && isWanted) this.#place(command, publisher);
    }
  }

  #closePublisher(command: Command<"close-publisher">): void {
    const publisher = this.#publishers.get(command.publisher);
    if (publisher === undefined) return;
    this.#post(publisher.worker, command);
    this.#relays.closeAll(command.publisher);
    for (const [key, subscriber] of this.#subscribers) {
      if (subscriber.publisher === command.publisher) {
        this.#forgetSubscriber(key, subscriber);
      }
    }
    this.#forgetPublisher(command.publisher, publisher);
  }

  #openSubscriber(command: Command<"open-subscriber">): void {
    const { subscriber: key, publisher, viewer, negotiation } = command;
    const source = this.#publishers.get(publisher);
    if (source === undefined) return;
    const { worker: home } = source;
    const worker = home === undefined
      ? undefined
      : this.#placement.addSubscriber(viewer, home);
    this.#subscribers.set(key, { publisher, viewer, worker, negotiation });
    if (home === undefined || worker === undefined) {
      this.#offerNothing(key, negotiation);
    } else if (worker === home) this.#post(worker, command);
    else this.#openElsewhere(command, { ...source, publisher, home }, worker);
  }

  /** Opens a subscriber in another worker than its publisher's. */
  #openElsewhere(
    command: Command<"open-subscriber">,
    source: Publisher & { readonly publisher: PublisherKey; home: number },
    worker: number,
  ): void {
    const { home } = source;
    const relayed = {
      publisher: source.publisher,
      home,
      codecs: source.opening.codecs,
      sdp: source.accepted,
      trackCount: source.told?.tracks.length ?? 0,
    };
    this.#relays.open(relayed, worker, (isReady) => {
      const subscriber = this.#subscribers.get(command.subscriber);
      if (subscriber?.worker !== worker) return; // closed or lost meanwhile
      if (!isReady) {
        this.#placement.moveSubscriber(worker, home);
        subscriber.worker = home;
      }
      this.#post(subscriber.worker, command);
    });
  }

  #negotiateSubscriber(
    command: Command<"offer-subscriber" | "answer-subscriber">,
  ): void {
    const { subscriber: key, negotiation } = command;
    const subscriber = this.#subscribers.get(key);
    if (subscriber === undefined) return;
    subscriber.negotiation = negotiation;
    if (subscriber.worker !== undefined) {
      this.#post(subscriber.worker, command);
    } else if (command.kind === "offer-subscriber") {
      this.#offerNothing(key, negotiation);
    } else this.#applyAnswer(key, negotiation);
  }

  #closeSubscriber(command: Command<"close-subscriber">): void {
    const subscriber = this.#subscribers.get(command.subscriber);
    if (subscriber === undefined) return;
    this.#post(subscriber.worker, command);
    this.#forgetSubscriber(command.subscriber, subscriber);
  }

  #handleEvent(event: PlaneEvent): void {
    if (event.kind === "publisher-answered") this.#handleAnswered(event);
    else if (event.kind === "publisher-tracks") {
      const publisher = this.#publishers.get(event.publisher);
      if (publisher !== undefined) publisher.told = event;
    } else if (event.kind === "publisher-refused") {
      this.#handleRefused(event);
    }
    this.#onEvent(event);
  }

  #handleAnswered(event: PlaneEvent & { kind: "publisher-answered" }): void {
    const publisher = this.#publishers.get(event.publisher);
    if (publisher === undefined) return;
    publisher.taken = true;
    publisher.accepted = publisher.offers.get(event.negotiation) ?? "";
    this.#settle(publisher, event.negotiation);
    this.#relays.offer(event.publisher, publisher.accepted);
  }

  /** Its worker does not have a publisher whose first offer there is refused. */
  #handleRefused(event: PlaneEvent & { kind: "publisher-refused" }): void {
    const publisher = this.#publishers.get(event.publisher);
    if (publisher === undefined) return;
    this.#settle(publisher, event.negotiation);
    if (publisher.taken) return;
    if (event.negotiation === 1) {
      return this.#forgetPublisher(event.publisher, publisher);
    }
    this.#placement.removePublisher(publisher.opening.group);
    publisher.worker = undefined;
  }

  /** An offer is done with, unless a later one has come. */
  #settle(publisher: Publisher, negotiation: Negotiation): void {
    publisher.offers.delete(negotiation);
    if (publisher.pending === negotiation) publisher.pending = undefined;
  }

  /** Tells signalling of all peers that a worker had. */
  #losePeers(n: number): void {
    this.#placement.clear(n);
    const publishers = [...this.#publishers]
      .filter(([, { worker }]) => worker === n);
    const lostKeys = new Set(publishers.map(([key]) => key));
    const subscribers = [...this.#subscribers].filter(([, subscriber]) =>
      subscriber.worker === n || lostKeys.has(subscriber.publisher)
    );
    for (const [, lost] of publishers) lost.worker = undefined;
    for (const [, lost] of subscribers) {
      const { viewer, worker } = lost;
      lost.worker = undefined;
      if (worker === undefined || worker === n) continue;
      this.#placement.removeSubscriber(viewer, worker);
    }
    for (const key of lostKeys) this.#relays.closeAll(key);
    this.#relays.handleDeath(n);
    for (const [key, publisher] of publishers) this.#lose(key, publisher);
    // Those that signalling has not closed by now.
    for (const [key, { negotiation }] of subscribers) {
      if (!this.#subscribers.has(key)) continue;
      this.#offerNothing(key, negotiation);
      this.#applyAnswer(key, negotiation);
      this.#onEvent({ kind: "subscriber-failed", subscriber: key });
    }
    // What still comes, those viewers can get from another worker.
    const deprived = new Set(subscribers.map(([, { publisher }]) => publisher));
    for (const key of deprived) {
      const { worker, told } = this.#publishers.get(key) ?? {};
      if (worker !== undefined && told !== undefined) this.#onEvent(told);
    }
  }

  /**
   * Nobody sees a publisher any more, until its owner has offered anew. An offer
   * that was not answered is not tried again elsewhere: it may be what the worker
   * died of.
   */
  #lose(key: PublisherKey, publisher: Publisher): void {
    const { pending: negotiation } = publisher;
    const nothing = { tracks: [], complete: false };
    this.#onEvent({ kind: "publisher-tracks", publisher: key, ...nothing });
    if (negotiation !== undefined) {
      publisher.pending = undefined;
      if (negotiation === 1) this.#publishers.delete(key);
      const reason = "the media worker died of something; try again";
      const kind = "publisher-refused";
      this.#onEvent({ kind, publisher: key, negotiation, reason });
    }
    if (negotiation === 1) return;
    this.#onEvent({ kind: "publisher-failed", publisher: key });
  }

  /** What signalling is told of a subscriber that has no source any more. */
  #offerNothing(subscriber: SubscriberKey, negotiation: Negotiation): void {
    this.#onEvent({
      kind: "subscriber-offered",
      subscriber,
      negotiation,
      sdp: "",
      hasTracks: false,
    });
  }

  /** So that what signalling wants next, comes next. */
  #applyAnswer(subscriber: SubscriberKey, negotiation: Negotiation): void {
    const kind = "subscriber-answer-applied";
    this.#onEvent({ kind, subscriber, negotiation });
  }

  #forgetPublisher(key: PublisherKey, publisher: Publisher): void {
    this.#publishers.delete(key);
    if (publisher.worker === undefined) return;
    this.#placement.removePublisher(publisher.opening.group);
  }

  #forgetSubscriber(
    key: SubscriberKey,
    { publisher, viewer, worker }: Subscriber,
  ): void {
    this.#subscribers.delete(key);
    if (worker === undefined) return;
    this.#placement.removeSubscriber(viewer, worker);
    this.#relays.close(publisher, worker);
  }

  #post(worker: number | undefined, command: MediaCommand): void {
    if (worker !== undefined) this.#pool.post(worker, command);
  }
}
