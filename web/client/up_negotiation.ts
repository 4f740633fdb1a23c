import type { Candidates } from "./candidates.ts";

/** What an {@linkcode UpNegotiation} tells its stream. */
export interface UpNegotiationObserver {
  /** Sends our offer. */
  sendOffer(sdp: string): void;
  /** An offer was answered. */
  handleCompleted(): void;
  /** The peer refused a description: nothing works on. */
  handleFailed(error: unknown): void;
}

/** Offers by us, answered by the server, one at a time. */
export class UpNegotiation {
  /** Whether an offer has ever been sent: before that, the server knows nothing. */
  offered = false;
  /** Whether an offer has ever been answered. */
  answered = false;
  #state: "idle" | "offering" | "awaiting-answer" | "applying-answer" = "idle";
  #need: "none" | "plain" | "restart" = "none";
  #held = false;
  #closed = false;
  readonly #pc: RTCPeerConnection;
  readonly #candidates: Candidates;
  readonly #observer: UpNegotiationObserver;

  /** The peer and candidates stay the stream's own. */
  constructor(
    pc: RTCPeerConnection,
    candidates: Candidates,
    observer: UpNegotiationObserver,
  ) {
    this.#pc = pc;
    this.#candidates = candidates;
    this.#observer = observer;
  }

  /** Whether an offer is to be made as soon as that is possible. */
  get wishful(): boolean {
    return this.#need !== "none";
  }

  /**
   * Makes and sends an offer. While another is under way the wish is kept, with
   * any others merged into one, until that one is answered: so an answer always
   * belongs to the latest offer.
   */
  async negotiate(restartIce: boolean): Promise<void> {
    if (this.#closed) return;
    if (restartIce) this.#need = "restart";
    else if (this.#need === "none") this.#need = "plain";
    if (this.#state === "idle" && !this.#held) await this.#offer();
  }

  /** An answer; without an offer that waits for it, it is late and is ignored. */
  async handleAnswer(sdp: string): Promise<void> {
    if (this.#closed || this.#state !== "awaiting-answer") return;
    this.#state = "applying-answer";
    this.answered = true;
    try {
      await this.#pc.setRemoteDescription({ type: "answer", sdp });
    } catch (error) {
      if (!this.#closed) this.#observer.handleFailed(error);
      return;
    }
    if (this.#closed) return;
    this.#state = "idle";
    this.#candidates.remoteReady();
    this.#observer.handleCompleted();
    if (this.#need !== "none" && !this.#held) await this.#offer();
  }

  /**
   * Sends no offers for now: another flow's offer is replacing this one, and an
   * offer with this id would open it anew.
   */
  hold(): void {
    this.#held = true;
  }

  /** The replacement was refused: offers go on. */
  release(): void {
    this.#held = false;
    if (this.#need !== "none" && this.#state === "idle") void this.#offer();
  }

  /** From here on nothing is sent, whatever was under way. */
  close(): void {
    this.#closed = true;
  }

  async #offer(): Promise<void> {
    const restartIce = this.#need === "restart";
    this.#need = "none";
    this.#state = "offering";
    let sdp: string;
    try {
      const offer = await this.#pc.createOffer({ iceRestart: restartIce });
      if (this.#interrupted(restartIce)) return;
      await this.#pc.setLocalDescription(offer);
      if (this.#interrupted(restartIce)) return;
      sdp = offer.sdp ?? "";
    } catch (error) {
      if (!this.#closed) this.#observer.handleFailed(error);
      return;
    }
    this.#state = "awaiting-answer";
    this.#candidates.awaitRemote();
    this.#observer.sendOffer(sdp);
    this.offered = true;
    this.#candidates.localReady();
  }

  /** Whether an offer in the making must not be sent; keeps the wish for it. */
  #interrupted(restartIce: boolean): boolean {
    if (this.#closed) return true;
    if (!this.#held) return false;
    this.#state = "idle";
    if (restartIce || this.#need === "none") {
      this.#need = restartIce ? "restart" : "plain";
    }
    return true;
  }
}
