import { Candidates } from "./candidates.ts";
import { DownNegotiation } from "./down_negotiation.ts";
import { UpNegotiation } from "./up_negotiation.ts";
import type { ClientMessage } from "./outgoing_message.ts";

/** What a {@linkcode PeerLink} tells its stream. */
export interface PeerLinkObserver {
  /** Sends a message about the flow; its id is still to be added. */
  send(message: ClientMessage): void;
  /** Sends our offer. */
  sendOffer(sdp: string): void;
  /** An offer was answered, in either direction. */
  handleNegotiated(): void;
  /** The state of the connection has changed. */
  handleStatus(status: RTCIceConnectionState): void;
  /** The server sends a track. */
  handleTrack(event: RTCTrackEvent): void;
  /** Connected, and media arrives if it is to arrive. May be called again. */
  handleLive(): void;
  /** A description was refused: the stream cannot go on. */
  handleFailed(error: unknown): void;
}

/** One `RTCPeerConnection` and its negotiation with the server, either way. */
export class PeerLink {
  readonly #pc: RTCPeerConnection;
  readonly #observer: PeerLinkObserver;
  readonly #candidates: Candidates;
  readonly #upward: UpNegotiation | undefined;
  readonly #downward: DownNegotiation | undefined;
  #closed = false;

  /**
   * @param pc is closed by {@linkcode PeerLink.close}
   * @param up whether we offer, and the server answers
   */
  constructor(pc: RTCPeerConnection, up: boolean, observer: PeerLinkObserver) {
    this.#pc = pc;
    this.#observer = observer;
    this.#candidates = new Candidates(
      pc,
      (candidate) => observer.send({ type: "ice", candidate }),
    );
    const handleCompleted = () => {
      observer.handleNegotiated();
      this.#checkLive();
    };
    const handleFailed = (error: unknown) => observer.handleFailed(error);
    if (up) {
      this.#upward = new UpNegotiation(pc, this.#candidates, {
        sendOffer: (sdp) => observer.sendOffer(sdp),
        handleCompleted,
        handleFailed,
      });
    } else {
      this.#downward = new DownNegotiation(pc, this.#candidates, {
        sendAnswer: (sdp) => observer.send({ type: "answer", sdp }),
        handleCompleted,
        handleFailed,
      });
    }
    this.#listen();
  }

  /** Whether an offer of ours has been sent, so that the server knows the flow. */
  get offered(): boolean {
    return this.#upward?.offered ?? false;
  }

  /** Whether an offer of ours has been answered, so that the flow is accepted. */
  get answered(): boolean {
    return this.#upward?.answered ?? false;
  }

  /** Whether a further offer of ours is to be made. */
  get wishful(): boolean {
    return this.#upward?.wishful ?? false;
  }

  /** See {@linkcode UpNegotiation.negotiate}. */
  async negotiate(restartIce: boolean): Promise<void> {
    await this.#upward?.negotiate(restartIce);
  }

  /** Restarts ICE: offers, or asks for an offer. */
  restart(): void {
    if (this.#upward !== undefined) void this.negotiate(true);
    else this.#observer.send({ type: "renegotiate" });
  }

  /** See {@linkcode UpNegotiation.handleAnswer}. */
  handleAnswer(sdp: string): void {
    void this.#upward?.handleAnswer(sdp);
  }

  /** See {@linkcode DownNegotiation.handleOffer}. */
  handleOffer(sdp: string): void {
    void this.#downward?.handleOffer(sdp);
  }

  /** See {@linkcode Candidates.handleRemote}. */
  handleCandidate(candidate: RTCIceCandidateInit): void {
    if (!this.#closed) this.#candidates.handleRemote(candidate);
  }

  /** See {@linkcode UpNegotiation.hold}. */
  hold(): void {
    this.#upward?.hold();
  }

  /** See {@linkcode UpNegotiation.release}. */
  release(): void {
    this.#upward?.release();
  }

  /** Closes the peer; nothing is told or sent from here on. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#upward?.close();
    this.#downward?.close();
    this.#pc.onnegotiationneeded = null;
    this.#pc.onicecandidate = null;
    this.#pc.ontrack = null;
    this.#pc.oniceconnectionstatechange = null;
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }

  #listen(): void {
    const pc = this.#pc;
    if (this.#upward !== undefined) {
      pc.onnegotiationneeded = () => void this.negotiate(false);
    }
    pc.onicecandidate = ({ candidate }) =>
      this.#candidates.handleLocal(candidate);
    pc.oniceconnectionstatechange = () =>
      this.#observer.handleStatus(pc.iceConnectionState);
    pc.onconnectionstatechange = () => {
      if (pc.connectionState === "failed") this.restart();
      this.#checkLive();
    };
    pc.ontrack = (event) => {
      // A track is muted until its first packet arrives.
      event.track.addEventListener("unmute", () => this.#checkLive());
      this.#observer.handleTrack(event);
    };
  }

  #checkLive(): void {
    if (this.#closed || this.#pc.connectionState !== "connected") return;
    if (this.#upward !== undefined ? this.answered : this.#mediaArrives()) {
      this.#observer.handleLive();
    }
  }

  /** A picture if there is to be one, and otherwise any sound. */
  #mediaArrives(): boolean {
    const tracks = this.#pc.getReceivers().map((receiver) => receiver.track);
    const pictures = tracks.filter((track) => track.kind === "video");
    return (pictures.length > 0 ? pictures : tracks)
      .some((track) => !track.muted);
  }
}
