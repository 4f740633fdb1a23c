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
import { shiftPublicAddress } from "../transport/addresses.ts";
import { Placement } from "./placement.ts";
import { WorkerThread, type WorkerThreadOptions } from "./worker_thread.ts";
import type { WorkerPlaneOptions } from "./worker_messages.ts";

/**
 * How long to wait before a worker that could not start is started again, in
 * milliseconds; twice as long each time, up to a limit. Lower is back sooner;
 * higher wastes less on what will not work.
 */
const RESTART_MS = 250;
const MAX_RESTART_MS = 30_000;

/** What a set of workers is made of. */
export interface MediaWorkersOptions
  extends Omit<WorkerPlaneOptions, "port">, WorkerThreadOptions {
  /** How many, at least 1. */
  readonly count: number;
  /** The UDP port of the first; the others have those after it. 0: any. */
  readonly port: number;
}

/** A publisher, as far as the main thread has to know it. */
interface Publisher {
  readonly opening: Command<"open-publisher">;
  /** `undefined` once its worker is dead, until its owner offers anew. */
  worker: number | undefined;
  /** The latest offer, until its worker has answered it. */
  pending: Negotiation | undefined;
  /** Whether its worker has taken it: then a refusal changes nothing. */
  taken: boolean;
}

interface Subscriber {
  readonly publisher: PublisherKey;
  /** `undefined` once its worker is dead. */
  worker: number | undefined;
  negotiation: Negotiation;
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
  /** Settles when all workers are open, for the first time. */
  readonly opened: Promise<unknown>;
  readonly #options: MediaWorkersOptions;
  readonly #placement: Placement;
  readonly #threads: WorkerThread[] = [];
  readonly #ports: number[] = [];
  readonly #restarts = new Set<ReturnType<typeof setTimeout>>();
  readonly #publishers = new Map<PublisherKey, Publisher>();
  readonly #subscribers = new Map<SubscriberKey, Subscriber>();
  #waiting: Offered[] = [];
  #onEvent: (event: PlaneEvent) => void = () => {};
  #closing = false;

  /** Use {@linkcode openMediaWorkers}. */
  constructor(options: MediaWorkersOptions) {
    this.#options = options;
    this.#placement = new Placement(options.count);
    for (let n = 0; n < options.count; n++) {
      this.#ports.push(options.port === 0 ? 0 : options.port + n);
      this.#threads.push(this.#start(n));
    }
    this.opened = Promise.all(this.#threads.map(async ({ opened }, n) => {
      this.#ports[n] = await opened;
    }));
  }

  /** The UDP ports, one for each worker. */
  get ports(): readonly number[] {
    return this.#ports;
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
        return this.#post(
          this.#subscribers.get(command.subscriber)?.worker,
          command,
        );
      case "close-subscriber":
        return this.#closeSubscriber(command);
      case "measure":
        return this.#threads.forEach((thread) => thread.post(command));
      default:
        assertNever(command);
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const timer of this.#restarts) clearTimeout(timer);
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #openPublisher(command: Command<"open-publisher">): void {
    const { publisher: key, negotiation: pending } = command;
    const unplaced = { worker: undefined, pending, taken: false };
    const publisher: Publisher = { opening: command, ...unplaced };
    this.#publishers.set(key, publisher);
    this.#place(command, publisher);
  }

  #renegotiatePublisher(command: Command<"renegotiate-publisher">): void {
    const publisher = this.#publishers.get(command.publisher);
    if (publisher === undefined) return;
    publisher.pending = command.negotiation;
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
    for (const [key, subscriber] of this.#subscribers) {
      if (subscriber.publisher === command.publisher) {
        this.#forgetSubscriber(key, subscriber);
      }
    }
    this.#forgetPublisher(command.publisher, publisher);
  }

  #openSubscriber(command: Command<"open-subscriber">): void {
    const { subscriber: key, publisher, negotiation } = command;
    const source = this.#publishers.get(publisher);
    if (source === undefined) return;
    const { worker } = source;
    this.#subscribers.set(key, { publisher, worker, negotiation });
    if (worker === undefined) return this.#offerNothing(key, negotiation);
    this.#placement.countSubscriber(worker, 1);
    this.#post(worker, command);
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
    if (event.kind === "publisher-answered") {
      const publisher = this.#publishers.get(event.publisher);
      if (publisher !== undefined) {
        publisher.taken = true;
        this.#settle(publisher, event.negotiation);
      }
    } else if (event.kind === "publisher-refused") {
      this.#handleRefused(event);
    }
    this.#onEvent(event);
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
    if (publisher.pending === negotiation) publisher.pending = undefined;
  }

  #start(n: number): WorkerThread {
    const { hostname, portSet, reservedTcpPorts } = this.#options;
    const same = { hostname, portSet, reservedTcpPorts };
    const publicAddresses = this.#options.publicAddresses
      .map((text) => shiftPublicAddress(text, n));
    const plane = { ...same, publicAddresses, port: this.#ports[n]! };
    const thread = new WorkerThread(this.#options, plane, {
      handleEvent: (event) => this.#handleEvent(event),
      handleDeath: (reason) => {
        if (thread.isOpen) this.#replace(n, reason);
      },
    });
    return thread;
  }

  /** A worker is dead: another takes its place, and its peers are lost. */
  #replace(n: number, reason: string): void {
    if (this.#closing) return;
    const text = "A media worker died; another takes its place";
    this.#options.log.error(text, { worker: n, reason });
    this.#restart(n);
    this.#losePeers(n);
  }

  /**
   * Starts a worker anew; its port may not be free at once, and never if the
   * old thread hangs: Deno cannot end one that does not come back.
   */
  #restart(n: number, nextDelayMs = RESTART_MS): void {
    // Who comes before it is open goes elsewhere, if there is another.
    this.#placement.setUp(n, false);
    const thread = this.#threads[n] = this.#start(n);
    thread.opened.then((port) => {
      this.#ports[n] = port;
      this.#placement.setUp(n, true);
      this.#placeWaiting();
    }, (error) => void this.#retry(n, thread, error, nextDelayMs));
  }

  /** A worker could not start. It has no peers: it was down. */
  async #retry(
    n: number,
    thread: WorkerThread,
    error: unknown,
    delayMs: number,
  ): Promise<void> {
    if (this.#closing) return;
    const text = "Cannot start a media worker; trying again";
    this.#options.log.error(text, { worker: n, error: String(error) });
    await thread.close();
    if (this.#closing) return;
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      this.#restart(n, Math.min(delayMs * 2, MAX_RESTART_MS));
    }, delayMs);
    this.#restarts.add(timer);
  }

  /** Tells signalling of all peers that a worker had. */
  #losePeers(n: number): void {
    this.#placement.clear(n);
    const publishers = [...this.#publishers]
      .filter(([, { worker }]) => worker === n);
    const subscribers = [...this.#subscribers]
      .filter(([, { worker }]) => worker === n);
    for (const [, lost] of publishers) lost.worker = undefined;
    for (const [, lost] of subscribers) lost.worker = undefined;
    for (const [key, publisher] of publishers) this.#lose(key, publisher);
    // Those that signalling has not closed by now.
    for (const [key, { negotiation }] of subscribers) {
      if (!this.#subscribers.has(key)) continue;
      this.#offerNothing(key, negotiation);
      this.#applyAnswer(key, negotiation);
      this.#onEvent({ kind: "subscriber-failed", subscriber: key });
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

  #forgetSubscriber(key: SubscriberKey, { worker }: Subscriber): void {
    this.#subscribers.delete(key);
    if (worker !== undefined) this.#placement.countSubscriber(worker, -1);
  }

  #post(worker: number | undefined, command: MediaCommand): void {
    if (worker !== undefined) this.#threads[worker]?.post(command);
  }
}
