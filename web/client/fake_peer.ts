import assert from "node:assert/strict";
import { FakeChannel } from "./fake_channel.ts";

/** A track that the test can unmute. */
export class FakeTrack extends EventTarget {
  muted = true;
  readonly kind: "audio" | "video";
  readonly id: string;

  constructor(kind: "audio" | "video", id = `${kind}-track`) {
    super();
    this.kind = kind;
    this.id = id;
  }

  /** Its first packet arrives. */
  unmute(): void {
    this.muted = false;
    this.dispatchEvent(new Event("unmute"));
  }

  /** The same, as the library sees it. */
  asTrack(): MediaStreamTrack {
    return this as unknown as MediaStreamTrack;
  }
}

/** A sender that the fake peer has given out. */
export interface FakeSender {
  track: MediaStreamTrack | null;
  replaceTrack(track: MediaStreamTrack | null): Promise<void>;
}

/**
 * A peer connection without media, that minds the order of descriptions as a
 * real one does, and fails the test's promise if it is broken.
 */
export class FakePeer {
  connectionState: RTCPeerConnectionState = "new";
  iceConnectionState: RTCIceConnectionState = "new";
  signalingState: RTCSignalingState = "stable";
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null;
  ontrack: ((event: unknown) => void) | null = null;
  oniceconnectionstatechange: (() => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ondatachannel: ((event: { channel: FakeChannel }) => void) | null = null;
  closed = false;
  /** ICE restarts among the offers made. */
  restarts = 0;
  /** The server's descriptions, in the order in which they were set. */
  readonly remotes: string[] = [];
  /** The server's candidates that were added, with the number of descriptions before. */
  readonly candidates: { candidate: string; after: number }[] = [];
  readonly senders: FakeSender[] = [];
  readonly tracks: FakeTrack[] = [];
  /** The data channels, whoever opened them. */
  readonly channels: FakeChannel[] = [];
  stats: RTCStatsReport = new Map() as unknown as RTCStatsReport;
  #made = 0;
  #gates = new Map<string, Promise<void>>();

  /** The same, as the library sees it. */
  asPeer(): RTCPeerConnection {
    return this as unknown as RTCPeerConnection;
  }

  /** Makes a method wait until the function returned is called. */
  gate(method: "createOffer" | "createAnswer" | "setRemoteDescription") {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gates.set(method, promise);
    return () => {
      this.#gates.delete(method);
      resolve();
    };
  }

  async createOffer(options?: RTCOfferOptions): Promise<{ sdp: string }> {
    await this.#gates.get("createOffer");
    assert(!this.closed, "offer made of a closed peer");
    if (options?.iceRestart) this.restarts++;
    return { sdp: `offer ${++this.#made}` };
  }

  async createAnswer(): Promise<{ sdp: string }> {
    assert.equal(this.signalingState, "have-remote-offer");
    await this.#gates.get("createAnswer");
    return { sdp: `answer to ${this.remotes.at(-1)}` };
  }

  setLocalDescription({ sdp }: { sdp: string }): Promise<void> {
    this.signalingState = sdp.startsWith("offer")
      ? "have-local-offer"
      : "stable";
    return Promise.resolve();
  }

  async setRemoteDescription(
    { type, sdp }: { type: "offer" | "answer"; sdp: string },
  ): Promise<void> {
    await this.#gates.get("setRemoteDescription");
    if (sdp === "nonsense") throw new TypeError("nonsense");
    const expected = type === "answer" ? "have-local-offer" : "stable";
    if (this.signalingState !== expected) {
      throw new Error(`${type} in state ${this.signalingState}`);
    }
    this.signalingState = type === "answer" ? "stable" : "have-remote-offer";
    this.remotes.push(sdp);
  }

  addIceCandidate({ candidate }: RTCIceCandidateInit): Promise<void> {
    if (this.remotes.length === 0) {
      return Promise.reject(new Error("no remote description"));
    }
    this.candidates.push({
      candidate: candidate ?? "",
      after: this.remotes.length,
    });
    return Promise.resolve();
  }

  addTransceiver(track: MediaStreamTrack): void {
    const sender: FakeSender = {
      track,
      replaceTrack(other) {
        this.track = other;
        return Promise.resolve();
      },
    };
    this.senders.push(sender);
    this.onnegotiationneeded?.();
  }

  removeTrack(sender: FakeSender): void {
    sender.track = null;
    this.onnegotiationneeded?.();
  }

  getSenders(): FakeSender[] {
    return this.senders;
  }

  getReceivers(): { track: FakeTrack }[] {
    return this.tracks.map((track) => ({ track }));
  }

  getStats(): Promise<RTCStatsReport> {
    return Promise.resolve(this.stats);
  }

  createDataChannel(label: string): FakeChannel {
    const channel = new FakeChannel(label);
    this.channels.push(channel);
    return channel;
  }

  close(): void {
    this.closed = true;
    this.signalingState = "closed";
    for (const channel of this.channels) channel.close();
  }

  /** The two peers find each other: their data channel opens. */
  meet(other: FakePeer): void {
    const [ours] = this.channels;
    assert(ours, "no data channel was created");
    const theirs = new FakeChannel(ours.label);
    other.channels.push(theirs);
    ours.pair(theirs);
    other.ondatachannel?.({ channel: theirs });
    theirs.open();
    ours.open();
  }

  /** Finds a candidate of its own; `null` for the end. */
  gather(candidate: string | null): void {
    this.onicecandidate?.({
      candidate: candidate === null
        ? null
        : { candidate, toJSON: () => ({ candidate, sdpMid: "0" }) },
    });
  }

  /** The transport's state changes. */
  transport(state: "connected" | "disconnected" | "failed"): void {
    this.connectionState = state;
    this.iceConnectionState = state;
    this.oniceconnectionstatechange?.();
    this.onconnectionstatechange?.();
  }

  /** The server's description has this track in it. */
  track(kind: "audio" | "video", streams: MediaStream[] = []): FakeTrack {
    const track = new FakeTrack(kind);
    this.tracks.push(track);
    this.ontrack?.({ track, streams, transceiver: {} });
    return track;
  }
}
