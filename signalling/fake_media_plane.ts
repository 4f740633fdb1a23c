/**
 * A media plane without media, for tests: it holds signalling to the contract
 * in `protocol/media_plane.ts`, and its events wait until the test lets them
 * out, in order for each peer and in any order between peers.
 *
 * @module
 */
import type {
  LiveTrack,
  MediaCommand,
  MediaEvent,
  Negotiation,
  PublisherKey,
  SubscriberKey,
  WantedTracks,
} from "../protocol/media_plane.ts";

/** An invariant does not hold. The test fails with its name. */
export class InvariantError extends Error {
  constructor(invariant: string, details: string) {
    super(`${invariant}: ${details}`);
    this.name = "InvariantError";
  }
}

/** Fails the test unless the invariant holds. */
export function holds(
  invariant: string,
  condition: boolean,
  details: string,
): asserts condition {
  if (!condition) throw new InvariantError(invariant, details);
}

/** A publisher's offer that the plane refuses. */
export const BAD_SDP = "bad";

/** What the plane knows of an incoming peer. */
export interface FakePublisher {
  readonly key: PublisherKey;
  isOpen: boolean;
  /** Its first offer could not be used: it is gone, though nobody knows yet. */
  isRefused: boolean;
  negotiation: number;
  tracks: readonly LiveTrack[];
  readonly events: MediaEvent[];
}

/** What the plane knows of an outgoing peer. */
export interface FakeSubscriber {
  readonly key: SubscriberKey;
  readonly publisher: FakePublisher;
  isOpen: boolean;
  negotiation: number;
  /** The kinds of tracks that the latest offer is of, `audio` first. */
  offered: readonly LiveTrack["kind"][];
  /** Whether an offer is being made, or unanswered. */
  isOutstanding: boolean;
  /** Whether an answer has been applied, so that it can come to life or fail. */
  isAnswered: boolean;
  readonly events: MediaEvent[];
}

/** The text of the plane's offers; answers of test clients quote it. */
export function offerSdp(key: SubscriberKey, negotiation: number): string {
  return `offer ${key}#${negotiation}`;
}

/** What an answer of a test client says that it answers. */
function parseAnswer(
  sdp: string,
): { key: number; negotiation: number } | undefined {
  const match = /answers offer (\d+)#(\d+)/.exec(sdp);
  return match
    ? { key: Number(match[1]), negotiation: Number(match[2]) }
    : undefined;
}

/** See the module's text. */
export class FakeMediaPlane {
  readonly publishers = new Map<PublisherKey, FakePublisher>();
  readonly subscribers = new Map<SubscriberKey, FakeSubscriber>();
  /** Answers that did not belong to the peer that they were given to. */
  strayAnswers = 0;

  /** Carries out a command, and checks that it may be given. */
  handle(command: MediaCommand): void {
    switch (command.kind) {
      case "open-publisher":
        return this.#openPublisher(command);
      case "renegotiate-publisher": {
        const peer = this.#publisher(command.publisher);
        holds(
          "negotiations-count-up",
          command.negotiation === peer.negotiation + 1,
          `publisher ${peer.key}: ${command.negotiation}`,
        );
        peer.negotiation = command.negotiation;
        if (!peer.isRefused) this.#answerPublisher(peer, command.sdp);
        return;
      }
      case "close-publisher":
        return this.#closePublisher(this.#publisher(command.publisher));
      case "open-subscriber":
        return this.#openSubscriber(command);
      case "offer-subscriber": {
        const peer = this.#subscriber(command.subscriber);
        holds(
          "one-outstanding-offer",
          !peer.isOutstanding,
          `subscriber ${peer.key}`,
        );
        holds(
          "negotiations-count-up",
          command.negotiation === peer.negotiation + 1,
          `subscriber ${peer.key}: ${command.negotiation}`,
        );
        peer.negotiation = command.negotiation;
        return this.#offer(peer, command.wanted);
      }
      case "want-layers":
      case "weigh-subscriber": {
        const peer = this.#subscriber(command.subscriber);
        holds("open-when-used", peer.isOpen, `subscriber ${peer.key}`);
        return;
      }
      case "answer-subscriber":
        return this.#answer(command);
      case "close-subscriber":
        this.#subscriber(command.subscriber).isOpen = false;
    }
  }

  /** Whether anything waits to be let out. */
  get hasEvents(): boolean {
    return this.#waiting().length > 0;
  }

  /** Lets the first waiting event of the nth peer out that has one. */
  takeEvent(n: number): MediaEvent | undefined {
    const waiting = this.#waiting();
    const event = waiting[n % waiting.length]?.events.shift();
    if (event?.kind === "publisher-refused" && event.negotiation === 1) {
      const peer = this.publishers.get(event.publisher);
      if (peer !== undefined) peer.isOpen = false;
    }
    return event;
  }

  /** Packets of other tracks arrive, or cease to. */
  setTracks(
    peer: FakePublisher,
    tracks: readonly LiveTrack[],
    complete: boolean,
  ): void {
    peer.tracks = tracks;
    const { key: publisher } = peer;
    peer.events.push({ kind: "publisher-tracks", publisher, tracks, complete });
  }

  #waiting(): (FakePublisher | FakeSubscriber)[] {
    return [...this.publishers.values(), ...this.subscribers.values()]
      .filter((peer) => peer.events.length > 0);
  }

  #openPublisher(
    command: Extract<MediaCommand, { kind: "open-publisher" }>,
  ): void {
    holds(
      "keys-never-reused",
      !this.publishers.has(command.publisher),
      `publisher ${command.publisher}`,
    );
    const peer: FakePublisher = {
      key: command.publisher,
      isOpen: true,
      isRefused: command.sdp === BAD_SDP,
      negotiation: command.negotiation,
      tracks: [],
      events: [],
    };
    this.publishers.set(peer.key, peer);
    this.#answerPublisher(peer, command.sdp);
  }

  #answerPublisher(peer: FakePublisher, offer: string): void {
    const { key: publisher } = peer;
    const negotiation = peer.negotiation as Negotiation;
    if (offer !== BAD_SDP) {
      const sdp = `answer ${publisher}#${negotiation}`;
      const kind = "publisher-answered";
      peer.events.push({ kind, publisher, negotiation, sdp });
      return;
    }
    const reason = "bad offer";
    const kind = "publisher-refused";
    peer.events.push({ kind, publisher, negotiation, reason });
  }

  #closePublisher(peer: FakePublisher): void {
    const orphans = [...this.subscribers.values()].filter((subscriber) =>
      subscriber.isOpen && subscriber.publisher === peer
    );
    holds(
      "publishers-outlive-subscribers",
      orphans.length === 0,
      `publisher ${peer.key}`,
    );
    peer.isOpen = false;
  }

  #openSubscriber(
    command: Extract<MediaCommand, { kind: "open-subscriber" }>,
  ): void {
    holds(
      "keys-never-reused",
      !this.subscribers.has(command.subscriber),
      `subscriber ${command.subscriber}`,
    );
    const peer: FakeSubscriber = {
      key: command.subscriber,
      publisher: this.#publisher(command.publisher),
      isOpen: true,
      negotiation: command.negotiation,
      offered: [],
      isOutstanding: false,
      isAnswered: false,
      events: [],
    };
    this.subscribers.set(peer.key, peer);
    this.#offer(peer, command.wanted);
  }

  #offer(peer: FakeSubscriber, wanted: WantedTracks): void {
    const isWanted = { audio: wanted.audio, video: wanted.video !== "none" };
    peer.offered = (["audio", "video"] as const).filter((kind) =>
      isWanted[kind] &&
      peer.publisher.tracks.some((track) => track.kind === kind)
    );
    const hasTracks = peer.offered.length > 0;
    peer.isOutstanding = hasTracks;
    peer.events.push({
      kind: "subscriber-offered",
      subscriber: peer.key,
      negotiation: peer.negotiation as Negotiation,
      sdp: offerSdp(peer.key, peer.negotiation),
      hasTracks,
    });
  }

  /** An answer to another peer's offer has other mids: the plane sees that. */
  #answer(
    command: Extract<MediaCommand, { kind: "answer-subscriber" }>,
  ): void {
    const peer = this.#subscriber(command.subscriber);
    const { key: subscriber } = peer;
    const { negotiation, sdp } = command;
    const answered = parseAnswer(sdp);
    holds(
      "no-late-answer-applied",
      peer.isOutstanding && negotiation === peer.negotiation &&
        (answered?.key !== peer.key || answered.negotiation === negotiation),
      `subscriber ${subscriber}#${peer.negotiation} got "${sdp}"`,
    );
    if (answered?.key !== peer.key) {
      if (answered !== undefined) this.strayAnswers++;
      const reason = "bad answer";
      const kind = "subscriber-answer-refused";
      peer.events.push({ kind, subscriber, negotiation, reason });
      return;
    }
    peer.isOutstanding = false;
    peer.isAnswered = true;
    const kind = "subscriber-answer-applied";
    peer.events.push({ kind, subscriber, negotiation });
  }

  /** A refused or closed publisher takes no commands. */
  #publisher(key: PublisherKey): FakePublisher {
    const peer = this.publishers.get(key);
    holds(
      "commands-for-open-peers-only",
      peer?.isOpen === true,
      `publisher ${key}`,
    );
    return peer;
  }

  #subscriber(key: SubscriberKey): FakeSubscriber {
    const peer = this.subscribers.get(key);
    holds(
      "commands-for-open-peers-only",
      peer?.isOpen === true,
      `subscriber ${key}`,
    );
    return peer;
  }
}
