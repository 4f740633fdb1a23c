import type { FileTransferCandidate } from "../../../protocol/file_transfer_message.ts";
import { Candidates } from "../candidates.ts";

/** The name of the data channel by which a file goes. */
export const CHANNEL_LABEL = "file";

/** How many candidates somebody may have; browsers find a handful. */
const MAX_CANDIDATES = 100;

/** What a {@linkcode TransferPeer} tells its transfer. */
export interface TransferPeerObserver {
  /** Sends our offer. */
  sendOffer(sdp: string): void;
  /** Our answer is made, and is to be sent at once. */
  handleAnswer(sdp: string): void;
  /** Sends a candidate of ours. */
  sendCandidate(candidate: FileTransferCandidate): void;
  /** The channel can be used. */
  handleOpen(): void;
  /** Something came by the channel. */
  handleMessage(data: unknown): void;
  /** The channel is closed, but not by us. */
  handleClosed(): void;
  /** It cannot go on. */
  handleFailed(error: unknown): void;
}

/** A connection from browser to browser with one data channel. */
export class TransferPeer {
  /** The channel, once there is one. */
  channel: RTCDataChannel | undefined;
  readonly #pc: RTCPeerConnection;
  readonly #observer: TransferPeerObserver;
  readonly #candidates: Candidates;
  #candidateCount = 0;
  #closed = false;

  /** @param pc is closed by {@linkcode TransferPeer.close} */
  constructor(pc: RTCPeerConnection, observer: TransferPeerObserver) {
    this.#pc = pc;
    this.#observer = observer;
    this.#candidates = new Candidates(
      pc,
      ({ candidate = "", ...rest }) =>
        observer.sendCandidate({ ...rest, candidate }),
    );
    pc.onicecandidate = ({ candidate }) =>
      this.#candidates.handleLocal(candidate);
    pc.onconnectionstatechange = () => {
      if (pc.connectionState === "failed") {
        observer.handleFailed("no connection between the two browsers");
      }
    };
  }

  /** Opens the channel and offers; who receives the file does. */
  offer(): void {
    this.#use(this.#pc.createDataChannel(CHANNEL_LABEL));
    this.#run(async () => {
      const offer = await this.#pc.createOffer();
      if (this.#closed) return;
      await this.#pc.setLocalDescription(offer);
      if (this.#closed) return;
      this.#observer.sendOffer(offer.sdp ?? "");
      this.#candidates.localReady();
    });
  }

  /** Takes an offer and answers it; the other side opens the channel. */
  answer(sdp: string): void {
    this.#pc.ondatachannel = ({ channel }) => {
      if (this.channel === undefined) this.#use(channel);
      else this.#observer.handleFailed("duplicate data channel");
    };
    this.#run(async () => {
      await this.#pc.setRemoteDescription({ type: "offer", sdp });
      if (this.#closed) return;
      this.#candidates.remoteReady();
      const answer = await this.#pc.createAnswer();
      if (this.#closed) return;
      await this.#pc.setLocalDescription(answer);
      if (this.#closed) return;
      this.#observer.handleAnswer(answer.sdp ?? "");
      this.#candidates.localReady();
    });
  }

  /** Takes the answer to our offer. */
  complete(sdp: string): void {
    this.#run(async () => {
      await this.#pc.setRemoteDescription({ type: "answer", sdp });
      if (!this.#closed) this.#candidates.remoteReady();
    });
  }

  /** A candidate of the other side's, kept until it is of use. */
  handleCandidate(candidate: FileTransferCandidate): void {
    if (this.#closed || this.#candidateCount === MAX_CANDIDATES) return;
    this.#candidateCount += 1;
    const { sdpMid = null, sdpMLineIndex = null, usernameFragment = null } =
      candidate;
    this.#candidates.handleRemote({
      candidate: candidate.candidate,
      sdpMid,
      sdpMLineIndex,
      usernameFragment,
    });
  }

  /** Closes channel and connection; nothing is told from here on. Idempotent. */
  close(): void {
    this.#closed = true;
    const { channel } = this;
    if (channel !== undefined) {
      channel.onopen = null;
      channel.onmessage = null;
      channel.onclose = null;
      channel.onerror = null;
    }
    this.#pc.ondatachannel = null;
    this.#pc.onicecandidate = null;
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }

  #use(channel: RTCDataChannel): void {
    this.channel = channel;
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }) => this.#observer.handleMessage(data);
    channel.onclose = () => this.#observer.handleClosed();
    channel.onerror = () => this.#observer.handleClosed();
    // One that the other side has opened may be open already.
    if (channel.readyState === "open") this.#observer.handleOpen();
    else channel.onopen = () => this.#observer.handleOpen();
  }

  #run(step: () => Promise<void>): void {
    step().catch((error) => {
      if (!this.#closed) this.#observer.handleFailed(error);
    });
  }
}
