import type { Candidates } from "./candidates.ts";

/** What a {@linkcode DownNegotiation} tells its stream. */
export interface DownNegotiationObserver {
  /** Sends our answer. */
  sendAnswer(sdp: string): void;
  /** An offer is answered. */
  handleCompleted(): void;
  /** The offer could not be used. */
  handleFailed(error: unknown): void;
}

/** Offers by the server, answered by us, one after another in their order. */
export class DownNegotiation {
  #offers: string[] = [];
  #busy = false;
  #closed = false;
  readonly #pc: RTCPeerConnection;
  readonly #candidates: Candidates;
  readonly #observer: DownNegotiationObserver;

  /** The peer and candidates stay the stream's own. */
  constructor(
    pc: RTCPeerConnection,
    candidates: Candidates,
    observer: DownNegotiationObserver,
  ) {
    this.#pc = pc;
    this.#candidates = candidates;
    this.#observer = observer;
  }

  /** An offer, the first or a later one; answered when those before it are. */
  async handleOffer(sdp: string): Promise<void> {
    if (this.#closed) return;
    this.#offers.push(sdp);
    this.#candidates.awaitRemote();
    if (this.#busy) return;
    this.#busy = true;
    try {
      await this.#answerAll();
    } catch (error) {
      if (!this.#closed) this.#observer.handleFailed(error);
    } finally {
      this.#busy = false;
    }
  }

  /** From here on nothing is sent, whatever was under way. */
  close(): void {
    this.#closed = true;
  }

  async #answerAll(): Promise<void> {
    for (
      let sdp = this.#offers.shift();
      sdp !== undefined;
      sdp = this.#offers.shift()
    ) {
      await this.#pc.setRemoteDescription({ type: "offer", sdp });
      if (this.#closed) return;
      if (this.#offers.length === 0) this.#candidates.remoteReady();
      const answer = await this.#pc.createAnswer();
      if (this.#closed) return;
      await this.#pc.setLocalDescription(answer);
      if (this.#closed) return;
      this.#observer.sendAnswer(answer.sdp ?? "");
      this.#candidates.localReady();
      this.#observer.handleCompleted();
    }
  }
}
