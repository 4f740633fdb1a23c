import type { Environment, Timer } from "./environment.ts";
import { PeerLink } from "./peer_link.ts";
import type { ServerConnection } from "./server_connection.ts";
import { StatsSampler } from "./stats_sampler.ts";
import type { Succession } from "./succession.ts";
import type { StreamStats, TrackWish } from "./types.ts";
import type { ClientMessage } from "./outgoing_message.ts";

/**
 * How long the server has to confirm a stream whose replacement it refused.
 * Less, and a slow server loses a good stream; more, and one that it has no more
 * seems to go on for longer.
 */
const CONFIRMATION_MS = 10_000;

/** What a stream needs of its connection; internal to the library. */
export interface StreamHost {
  readonly environment: Environment;
  /** Sends, unless the connection is gone. */
  send(message: ClientMessage): void;
  /** All streams of the same direction. */
  readonly succession: Succession<Stream>;
  /** What is received from a stream's publisher has changed. */
  handleTracksChanged(stream: Stream): void;
}

/** What a stream is made of; internal to the library. */
export interface StreamInit {
  readonly id: string;
  readonly localId: string;
  readonly up: boolean;
  readonly label: string;
  readonly source: string;
  readonly username: string;
  readonly pc: RTCPeerConnection;
}

/**
 * A flow as a client sees it: tracks that belong together, say of one camera
 * and one microphone, going *up* to the server or *down* from it.
 *
 * Made by {@linkcode ServerConnection}; callbacks are for the frontend to set.
 */
export class Stream {
  /** The flow's id on the wire. Another one after a replacement. */
  readonly id: string;
  /** Stays the same over replacements; safe as an HTML element's id. */
  readonly localId: string;
  /** Whether it goes to the server. */
  readonly up: boolean;
  /** The connection that it belongs to. */
  readonly sc: ServerConnection;
  /** The peer. Tracks may be added to it, for a stream that goes up. */
  readonly pc: RTCPeerConnection;
  /** What it shows: `camera`, `screenshare`, `video`, or a frontend's own word. */
  label: string;
  /** The client id of the publisher. */
  readonly source: string;
  /** The name of the publisher. */
  readonly username: string;
  /** The tracks. Of a stream that comes down, there are none before `ondowntrack`. */
  stream: MediaStream | null = null;
  /** Whatever the frontend wants to keep with it. */
  userdata: Record<string, unknown> = {};
  /** The latest figures, if {@linkcode setStatsInterval} asked for them. */
  stats: StreamStats = {};

  /**
   * It has ended; called once. `replace`: another stream with the same
   * `localId` goes on in its place, and `findByLocalId` yields it.
   */
  onclose: ((this: Stream, replace: boolean) => void) | null = null;
  /** Something failed; `onclose` follows if it cannot go on. */
  onerror: ((this: Stream, error: unknown) => void) | null = null;
  /** An offer was answered, in either direction. */
  onnegotiationcompleted: ((this: Stream) => void) | null = null;
  /** A track of a stream that comes down. */
  ondowntrack:
    | ((
      this: Stream,
      track: MediaStreamTrack,
      transceiver: RTCRtpTransceiver,
      stream: MediaStream,
    ) => void)
    | null = null;
  /** The state of the connection: `connected` and `completed` are good ones. */
  onstatus: ((this: Stream, status: RTCIceConnectionState) => void) | null =
    null;
  /** The server refused the stream or will have it no longer; `onclose` follows. */
  onabort: ((this: Stream) => void) | null = null;
  /** It works: connected, and for one that comes down, media arrives. Once. */
  onlive: ((this: Stream) => void) | null = null;
  /** New figures are in `stats`. */
  onstats: ((this: Stream, stats: StreamStats) => void) | null = null;

  #closed = false;
  #live = false;
  /** The flow that our first offer replaces. */
  #replaces: string | undefined;
  /** The server has answered our first offer. */
  #accepted = false;
  /** Runs while it is in doubt whether the server still has it. */
  #doubt: Timer | undefined;
  /** Replaced on the server too, which therefore needs no `close`. */
  #replaced = false;
  readonly #host: StreamHost;
  readonly #link: PeerLink;
  readonly #sampler: StatsSampler;

  /** For {@linkcode ServerConnection} only. */
  constructor(sc: ServerConnection, host: StreamHost, init: StreamInit) {
    this.sc = sc;
    this.#host = host;
    this.id = init.id;
    this.localId = init.localId;
    this.up = init.up;
    this.label = init.label;
    this.source = init.source;
    this.username = init.username;
    this.pc = init.pc;
    this.#link = new PeerLink(this.pc, this.up, {
      send: (message) => this.#send(message),
      sendOffer: (sdp) => this.#sendOffer(sdp),
      handleNegotiated: () => this.#handleNegotiated(),
      handleStatus: (status) => this.onstatus?.(status),
      handleTrack: (event) => this.#handleTrack(event),
      handleLive: () => this.#handleLive(),
      handleFailed: (error) => this.#handleFailed(error),
    });
    this.#sampler = new StatsSampler(this.pc, host.environment, (stats) => {
      this.stats = stats;
      this.onstats?.(stats);
    });
  }

  /** Whether it has ended. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Makes the server a new offer, for a stream that goes up. Adding a track to
   * `pc` does so of itself. Offers are made one at a time: asking while one is
   * unanswered leads to one more after the answer.
   */
  async negotiate(restartIce = false): Promise<void> {
    await this.#link.negotiate(restartIce);
  }

  /**
   * Looks for another way to the server: by a new offer for a stream that goes
   * up, and by asking for one otherwise. Happens of itself when one has failed.
   */
  restartIce(): void {
    this.#link.restart();
  }

  /**
   * Sends the tracks of `media`, for a stream that goes up. A track takes the
   * place of one of the same kind without a new offer.
   *
   * @param videoEncodings how a picture that had no place yet is sent; the
   *   browser's choice by default
   */
  async setStream(
    media: MediaStream,
    videoEncodings?: readonly RTCRtpEncodingParameters[],
  ): Promise<void> {
    if (!this.up) throw new TypeError("Cannot set the tracks of a down stream");
    this.stream = media;
    const spare = media.getTracks();
    for (const sender of this.pc.getSenders()) {
      if (sender.track === null) continue;
      const kind = sender.track.kind;
      const at = spare.findIndex((track) => track.kind === kind);
      const [track] = at < 0 ? [] : spare.splice(at, 1);
      if (track === undefined) this.pc.removeTrack(sender);
      else if (track !== sender.track) await sender.replaceTrack(track);
    }
    for (const track of spare) {
      this.pc.addTransceiver(track, {
        direction: "sendonly",
        streams: [media],
        ...(track.kind === "video" && videoEncodings !== undefined && {
          sendEncodings: [...videoEncodings],
        }),
      });
    }
  }

  /**
   * Ends it, and whatever it is still replacing. With `replace` the server is
   * not told, because a new flow's offer tells it.
   */
  close(replace = false): void {
    if (this.#closed) return;
    const superseded = this.#host.succession.isReplaced(this);
    const older = superseded ? [] : this.#host.succession.predecessors(this);
    for (const stream of [this, ...older]) {
      if (!replace) stream.#tellClosed();
      stream.#end(replace || superseded || stream !== this);
    }
  }

  /** Asks the server to send this stream no longer, for one that comes down. */
  abort(): void {
    if (this.up) throw new TypeError("Cannot abort an up stream: close it");
    this.#send({ type: "abort" });
  }

  /**
   * Asks for other tracks of this stream than of others, for one that comes
   * down; `null` for the same again.
   */
  request(what: readonly TrackWish[] | null): void {
    if (this.up) throw new TypeError("Cannot request tracks of an up stream");
    this.#send({ type: "requestStream", request: what });
  }

  /** Calls `onstats` every so many milliseconds; 0 for never, as at first. */
  setStatsInterval(intervalMs: number): void {
    this.#sampler.setInterval(this.#closed ? 0 : intervalMs);
  }

  /** The server's answer; internal to the library, like all that follow. */
  handleAnswer(sdp: string): void {
    this.#link.handleAnswer(sdp);
  }

  /** Sends those encodings that somebody watches, and not the others. */
  async handleLayers(rids: readonly string[]): Promise<void> {
    for (const sender of this.pc.getSenders()) {
      if (sender.track?.kind !== "video") continue;
      const parameters = sender.getParameters();
      const encodings = parameters.encodings ?? [];
      if (encodings.length < 2) continue;
      for (const encoding of encodings) {
        encoding.active = rids.includes(encoding.rid ?? "");
      }
      // Where it is refused, more is sent than needed.
      await sender.setParameters(parameters).catch(() => undefined);
    }
  }

  /** The server's offer. */
  handleOffer(sdp: string): void {
    this.#link.handleOffer(sdp);
  }

  /** A candidate of the server's. */
  handleCandidate(candidate: RTCIceCandidateInit): void {
    this.#link.handleCandidate(candidate);
  }

  /** The server has closed a stream that comes down. */
  handleClose(): void {
    const superseded = this.#host.succession.isReplaced(this);
    const older = this.#host.succession.predecessors(this);
    this.#end(superseded);
    // The server replaced those long ago, and will not speak of them again.
    if (superseded) return;
    for (const stream of older) stream.#end(true);
  }

  /** The server refuses a stream that goes up, or will have it no longer. */
  handleAbort(): void {
    this.onabort?.();
    this.#giveUp();
  }

  /** The connection is gone, or the group was left: nothing can be told. */
  handleGone(): void {
    this.#end(this.#host.succession.isReplaced(this));
  }

  /** The stream that replaces this one has taken over. */
  retire(): void {
    if (this.up) this.#tellClosed();
    this.#end(true);
  }

  #send(message: ClientMessage): void {
    if (!this.#closed) this.#host.send({ ...message, id: this.id });
  }

  #sendOffer(sdp: string): void {
    const older = this.#host.succession.predecessors(this);
    // Those that were never offered are nothing to the server.
    const first = !this.#link.offered;
    if (first) this.#replaces = older.find((each) => each.#link.offered)?.id;
    for (const stream of older) stream.#link.hold();
    this.#send({
      type: "offer",
      label: this.label,
      replace: first ? this.#replaces : undefined,
      layers: true,
      sdp,
    });
  }

  #handleNegotiated(): void {
    if (this.up && !this.#accepted) {
      this.#accepted = true;
      this.#noteReplaced();
      this.#host.succession.startOverlap(this);
    }
    if (!this.#link.wishful) this.#dispelDoubt();
    this.onnegotiationcompleted?.();
  }

  /** The server has handled our first offer, and all that we sent before it. */
  #noteReplaced(): void {
    let replaced = this.#replaces;
    for (const stream of this.#host.succession.predecessors(this)) {
      if (stream.id !== replaced) continue;
      stream.#replaced = true;
      replaced = stream.#replaces ?? replaced;
    }
  }

  #handleTrack(event: RTCTrackEvent): void {
    const media = event.streams[0] ?? this.stream ??
      this.#host.environment.createMediaStream();
    if (!media.getTracks().includes(event.track)) media.addTrack(event.track);
    this.stream = media;
    this.#host.handleTracksChanged(this);
    this.ondowntrack?.(event.track, event.transceiver, media);
  }

  #handleLive(): void {
    if (this.#live) return;
    this.#live = true;
    this.#host.succession.delivers(this);
    this.onlive?.();
  }

  #handleFailed(error: unknown): void {
    this.onerror?.(error);
    this.#giveUp();
  }

  /** Ends it; if it was never accepted, what it was to replace goes on. */
  #giveUp(): void {
    if (this.#closed) return;
    const superseded = this.#host.succession.isReplaced(this);
    const older = this.#host.succession.predecessors(this);
    const lives = older[0] !== undefined && !older[0].#replaced;
    if (!this.up || this.#link.answered || !lives) return this.close();

    this.#tellClosed();
    this.#end(true);
    if (superseded) return;
    for (const stream of older) {
      stream.#link.release();
      if (!stream.#link.offered) continue;
      if (this.#link.offered) stream.#confirm();
      // What that one's offer replaces is still being replaced.
      break;
    }
  }

  /**
   * Makes sure that the server has it. An abort that comes before the answer
   * does not tell a replacement that was refused from one that was accepted,
   * and ended since: then the server has neither.
   */
  #confirm(): void {
    this.#doubt ??= this.#host.environment.setTimer(
      () => this.close(),
      CONFIRMATION_MS,
    );
    void this.#link.negotiate(false);
  }

  #dispelDoubt(): void {
    if (this.#doubt === undefined) return;
    this.#host.environment.clearTimer(this.#doubt);
    this.#doubt = undefined;
  }

  #tellClosed(): void {
    if (!this.up) this.#send({ type: "abort" });
    else if (this.#link.offered && !this.#replaced) {
      this.#send({ type: "close" });
    }
  }

  #end(replace: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#dispelDoubt();
    this.#sampler.setInterval(0);
    this.#link.close();
    this.#host.succession.remove(this);
    this.#host.handleTracksChanged(this);
    this.onclose?.(replace);
  }
}
