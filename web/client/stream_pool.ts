import { assertNever } from "../../lib/assert_never.ts";
import type {
  ServerAbort,
  ServerAnswer,
  ServerClose,
  ServerIce,
  ServerLayers,
  ServerOffer,
  ServerRenegotiate,
} from "../../protocol/server_message.ts";
import { type Environment, newRandomId } from "./environment.ts";
import type { ClientMessage } from "./outgoing_message.ts";
import type { ServerConnection } from "./server_connection.ts";
import { Stream, type StreamInit } from "./stream.ts";
import { type OverlapTimes, Succession } from "./succession.ts";
import type { StreamsById } from "./types.ts";

/**
 * How long a flow of ours goes on beside the one that replaces it. The grace
 * runs from our new connection's start, and is for the viewers, who connect to
 * the new flow only then: less, and far viewers see a gap; more, and both flows
 * share the uplink for longer. The limit bounds the second case.
 */
const UP_OVERLAP: OverlapTimes = { graceMs: 1_500, limitMs: 10_000 };

/**
 * How long a received flow stays beside the one that replaces it. The grace
 * runs from the first packet of the new one: less, and there may be no picture
 * yet, for want of a keyframe; more, and an old picture lingers unseen.
 */
const DOWN_OVERLAP: OverlapTimes = { graceMs: 1_000, limitMs: 10_000 };

/** A message about one flow. */
export type FlowMessage =
  | ServerOffer
  | ServerAnswer
  | ServerIce
  | ServerRenegotiate
  | ServerLayers
  | ServerClose
  | ServerAbort;

/** How a {@linkcode StreamPool} speaks to the server. */
export interface StreamPoolSender {
  send(message: ClientMessage): void;
  /** Adds who we are. */
  sendAs(message: ClientMessage): void;
}

/** All streams of one connection; leads messages about flows to them. */
export class StreamPool {
  readonly #connection: ServerConnection;
  readonly #environment: Environment;
  readonly #sender: StreamPoolSender;
  readonly #up: Succession<Stream>;
  readonly #down: Succession<Stream>;

  /** Uses the connection's callbacks and users. */
  constructor(
    connection: ServerConnection,
    environment: Environment,
    sender: StreamPoolSender,
  ) {
    this.#connection = connection;
    this.#environment = environment;
    this.#sender = sender;
    this.#up = new Succession(environment, UP_OVERLAP);
    this.#down = new Succession(environment, DOWN_OVERLAP);
  }

  /** Our streams, by id. */
  get up(): StreamsById {
    return this.#up.streams;
  }

  /** The streams that we receive, by id. */
  get down(): StreamsById {
    return this.#down.streams;
  }

  /** The newest stream with that `localId`. */
  findByLocalId(localId: string): Stream | undefined {
    return this.#up.newest(localId) ?? this.#down.newest(localId);
  }

  /** See {@linkcode ServerConnection.newUpStream}. */
  publish(localId?: string): Stream {
    const old = localId === undefined ? undefined : this.#up.newest(localId);
    const stream = this.#newStream(this.#up, {
      id: newRandomId(this.#environment),
      localId: localId ?? this.#newLocalId(),
      up: true,
      label: old?.label ?? "",
      source: this.#connection.id,
      username: this.#connection.username ?? "",
    });
    this.#up.add(stream, old);
    return stream;
  }

  /** What the server says of a flow. What it says of unknown ones is late. */
  handle(message: FlowMessage): void {
    const { id } = message;
    switch (message.type) {
      case "offer":
        return this.#handleOffer(message);
      case "answer":
        return this.#up.streams[id]?.handleAnswer(message.sdp);
      case "renegotiate":
        return void this.#up.streams[id]?.negotiate(true);
      case "layers":
        return void this.#up.streams[id]?.handleLayers(message.rids);
      case "abort":
        return this.#up.streams[id]?.handleAbort();
      case "close":
        return this.#down.streams[id]?.handleClose();
      case "ice":
        return (this.#up.streams[id] ?? this.#down.streams[id])
          ?.handleCandidate(message.candidate);
      default:
        return assertNever(message);
    }
  }

  /** The group is left: all streams end. */
  handleGone(): void {
    for (const { streams } of [this.#up, this.#down]) {
      for (const stream of Object.values(streams)) stream.handleGone();
    }
  }

  /** Keeps the record of what one receives from a user. */
  recordTracks(source: string): void {
    const user = this.#connection.users[source];
    if (user === undefined) return;
    user.streams = {};
    for (const { source: from, label, stream } of Object.values(this.down)) {
      if (from !== source) continue;
      const kinds = user.streams[label] ??= {};
      for (const { kind } of stream?.getTracks() ?? []) kinds[kind] = true;
    }
  }

  #handleOffer(message: ServerOffer): void {
    const { id, label, source, username, sdp, replace } = message;
    if (this.#up.streams[id] !== undefined) {
      return this.#sender.send({ type: "abort", id });
    }
    const known = this.#down.streams[id];
    if (known !== undefined) return known.handleOffer(sdp);

    // What it names may itself be on its way out already.
    const named = replace === undefined
      ? undefined
      : this.#down.streams[replace];
    const old = named && this.#down.newest(named.localId);
    const stream = this.#newStream(this.#down, {
      id,
      localId: old?.localId ?? this.#newLocalId(),
      up: false,
      label,
      source,
      username,
    });
    this.#down.add(stream, old);
    this.#down.startOverlap(stream);
    this.#connection.ondownstream?.(stream);
    stream.handleOffer(sdp);
  }

  #newStream(
    succession: Succession<Stream>,
    init: Omit<StreamInit, "pc">,
  ): Stream {
    const configuration = this.#connection.getRTCConfiguration();
    const pc = this.#environment.createPeer(configuration);
    return new Stream(this.#connection, {
      environment: this.#environment,
      succession,
      send: (message) => this.#sender.sendAs(message),
      handleTracksChanged: ({ source }) => this.recordTracks(source),
    }, { ...init, pc });
  }

  /** Safe as an HTML element's id and in a CSS selector: starts with a letter. */
  #newLocalId(): string {
    return `s${newRandomId(this.#environment)}`;
  }
}
