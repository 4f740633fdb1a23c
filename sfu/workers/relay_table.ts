import { assertNever } from "../../lib/assert_never.ts";
import type { CodecName, PublisherKey } from "../../protocol/media_plane.ts";
import { createRingMemory } from "../relay/packet_ring.ts";
import type {
  RelayCommand,
  RelayEvent,
  SharedRing,
} from "../relay/relay_messages.ts";

/**
 * How long a worker has until a publisher of another one delivers there, in
 * milliseconds. Lower shows viewers sooner what they can see from the other
 * worker; higher has patience with flows in which little happens.
 */
const RELAY_MS = 2_000;

/** A publisher, as it is known when it is to be relayed. */
export interface RelaySource {
  readonly publisher: PublisherKey;
  readonly codecs: readonly CodecName[];
  /** The latest offer that was accepted. */
  readonly sdp: string;
  /** How many of its tracks deliver. */
  readonly trackCount: number;
  /** The worker that has its connection. */
  readonly home: number;
}

/** A publisher in a worker that does not have its connection. */
interface Relay {
  readonly home: number;
  readonly ring: SharedRing;
  /** How many viewers there watch it. */
  viewers: number;
  /** Told once whether it works. */
  readonly waiting: ((isReady: boolean) => void)[];
  trackCount: number;
  isReady: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Which publishers are watched in workers other than their own, and the rings
 * that their packets go through. Numbers workers as the pool does.
 */
export class RelayTable {
  readonly #post: (worker: number, command: RelayCommand) => void;
  /** By publisher, and the worker that watches. */
  readonly #relays = new Map<PublisherKey, Map<number, Relay>>();
  /** By who writes and who reads. */
  readonly #rings = new Map<string, SharedRing>();
  #lastRing = 0;

  constructor(post: (worker: number, command: RelayCommand) => void) {
    this.#post = post;
  }

  /**
   * A viewer in another worker is to watch a publisher. Each gets it once
   * more than it is closed.
   *
   * @param then told, at once or later, whether viewers can be offered it there
   */
  open(
    source: RelaySource,
    worker: number,
    then: (isReady: boolean) => void,
  ): void {
    const relays = this.#relays.get(source.publisher) ?? new Map();
    this.#relays.set(source.publisher, relays);
    const relay = relays.get(worker) ?? this.#start(source, worker);
    relays.set(worker, relay);
    relay.viewers++;
    if (relay.isReady) then(true);
    else relay.waiting.push(then);
  }

  /** A viewer in another worker watches it no more. */
  close(publisher: PublisherKey, worker: number): void {
    const relay = this.#relays.get(publisher)?.get(worker);
    if (relay === undefined || --relay.viewers > 0) return;
    this.#end(publisher, worker, relay);
  }

  /** A further offer of a publisher was accepted. */
  offer(publisher: PublisherKey, sdp: string): void {
    for (const worker of this.#relays.get(publisher)?.keys() ?? []) {
      this.#post(worker, { kind: "offer-relay", publisher, sdp });
    }
  }

  /** Takes what a worker says of a publisher that is relayed to it. */
  handle(worker: number, event: RelayEvent): void {
    const { publisher } = event;
    const relay = this.#relays.get(publisher)?.get(worker);
    if (relay === undefined) return;
    switch (event.kind) {
      case "relay-tracks":
        if (event.count >= relay.trackCount) settle(relay, true);
        return;
      case "relay-feedback": {
        const { feedback } = event;
        const ring = relay.ring.id;
        const kind = "heed";
        this.#post(relay.home, { kind, publisher, ring, feedback });
        return;
      }
      default:
        assertNever(event);
    }
  }

  /** A publisher is gone from its own worker, and so it is everywhere. */
  closeAll(publisher: PublisherKey): void {
    for (const [worker, relay] of this.#relays.get(publisher) ?? []) {
      this.#end(publisher, worker, relay);
    }
  }

  /** A worker is dead: nothing is relayed to it any more. */
  handleDeath(worker: number): void {
    for (const [publisher, relays] of this.#relays) {
      const relay = relays.get(worker);
      if (relay !== undefined) this.#end(publisher, worker, relay);
    }
    for (const [name, { id: ring }] of this.#rings) {
      const ends = name.split(">").map(Number);
      if (!ends.includes(worker)) continue;
      this.#rings.delete(name);
      for (const end of ends) {
        if (end !== worker) this.#post(end, { kind: "drop-ring", ring });
      }
    }
  }

  #start(source: RelaySource, worker: number): Relay {
    const { publisher, codecs, sdp, home, trackCount } = source;
    const ring = this.#ringFor(home, worker);
    const relay: Relay = {
      home,
      ring,
      trackCount,
      viewers: 0,
      waiting: [],
      isReady: false,
      timer: setTimeout(
        () => this.#end(publisher, worker, relay),
        RELAY_MS,
      ),
    };
    // First who reads, so that it misses nothing.
    this.#post(worker, { kind: "open-relay", publisher, codecs, sdp, ring });
    this.#post(home, { kind: "tap", publisher, ring });
    return relay;
  }

  /** What is said to a worker that is dead reaches nobody. */
  #end(publisher: PublisherKey, worker: number, relay: Relay): void {
    const relays = this.#relays.get(publisher);
    relays?.delete(worker);
    if (relays?.size === 0) this.#relays.delete(publisher);
    const ring = relay.ring.id;
    this.#post(relay.home, { kind: "untap", publisher, ring });
    this.#post(worker, { kind: "close-relay", publisher });
    settle(relay, false);
  }

  #ringFor(home: number, worker: number): SharedRing {
    const name = `${home}>${worker}`;
    const ring = this.#rings.get(name) ??
      { id: ++this.#lastRing, memory: createRingMemory() };
    this.#rings.set(name, ring);
    return ring;
  }
}

function settle(relay: Relay, isReady: boolean): void {
  clearTimeout(relay.timer);
  relay.isReady ||= isReady;
  for (const then of relay.waiting.splice(0)) then(isReady);
}
