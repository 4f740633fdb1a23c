import { after, type Instant } from "../../lib/time.ts";
import { isRtcp } from "./demux.ts";
import { checkError, type CheckRefusal, IceLite } from "./ice_lite.ts";
import {
  type DatagramSocket,
  type DropReason,
  type DtlsProvider,
  type Endpoint,
  type LocalParameters,
  type PeerObserver,
  type PeerTransport,
  type RemoteParameters,
  SRTP_MAX_OVERHEAD,
  type SrtpProvider,
} from "./ports.ts";
import { SecureChannel } from "./secure_channel.ts";
import type { StunMessage } from "./stun.ts";
import { encodeBindingError, encodeBindingSuccess } from "./stun_encode.ts";

/** RFC 7675 §5.1. */
const CONSENT_MS = 30_000;
/**
 * How long a peer may take to connect, from the other side's SDP on. Lower tells
 * people sooner that it does not work; higher has patience with slow networks.
 */
const CONNECT_MS = 30_000;
/**
 * For how long after authentic media from an endpoint no other peer may take it
 * over. Lower lets a new peer behind a reused port in sooner; higher protects
 * somebody whose packets come seldom from one who forges his address.
 */
const LIVE_MS = 3_000;

/** What a peer wants of its hub. */
export interface PeerHost {
  readonly socket: DatagramSocket;
  readonly dtls: DtlsProvider;
  readonly srtp: SrtpProvider;
  now(): Instant;
  /** Credentials that no other peer has. */
  createLocalParameters(): LocalParameters;
  count(reason: DropReason): void;
  /** An observer threw. */
  report(error: unknown): void;
  /** The peer's `endBatch` is to be called when the batch ends. */
  openBatch(peer: HubPeer): void;
  addUfrag(ufrag: string, peer: HubPeer): void;
  removeUfrag(ufrag: string): void;
  /** The peer has no more use for that endpoint. */
  removeEndpoint(endpoint: Endpoint): void;
  removePeer(peer: HubPeer): void;
}

/** One peer on the shared port; the hub gives it what is its own. */
export class HubPeer implements PeerTransport {
  readonly #host: PeerHost;
  readonly #observer: PeerObserver;
  readonly #ice: IceLite;
  readonly #channel: SecureChannel;
  /** Where the latest DTLS datagram came from: its answer goes there. */
  #dtlsFrom: Endpoint | undefined;
  #mediaFrom: Endpoint | undefined;
  #mediaAt: Instant;
  /** When to give up connecting; not before the other side's SDP is here. */
  #connectBy: Instant | undefined;
  /** Whether RTP has come since the last {@linkcode endBatch}. */
  #batchOpen = false;
  /** Whether a failure is told already. Nothing is sent meanwhile. */
  #failed = false;
  #closed = false;

  constructor(host: PeerHost, observer: PeerObserver) {
    this.#host = host;
    this.#observer = observer;
    this.#mediaAt = host.now();
    this.#ice = new IceLite(host.createLocalParameters());
    this.#channel = new SecureChannel(host.dtls, host.srtp, {
      handleOutput: (datagram) => this.#sendDtls(datagram),
      handleSecured: () => this.#handleSecured(),
      handleLost: (reason) => this.#fail(reason, false),
      handleDrop: (reason) => host.count(reason),
    });
    host.addUfrag(this.local.iceUfrag, this);
  }

  get local(): LocalParameters {
    return this.#ice.local;
  }

  get connected(): boolean {
    return this.#channel.secured;
  }

  setRemote(remote: RemoteParameters): void {
    if (this.#closed) return;
    this.#channel.expect(remote.fingerprints);
    if (remote.iceUfrag !== this.#ice.remoteUfrag) this.#startConnecting();
    this.#ice.setRemote(remote.iceUfrag);
  }

  restartIce(): void {
    if (this.#closed) return;
    const retired = this.#ice.restart(this.#host.createLocalParameters());
    if (retired !== undefined) this.#host.removeUfrag(retired);
    this.#host.addUfrag(this.local.iceUfrag, this);
    this.#startConnecting();
  }

  sendRtp(
    header: Uint8Array,
    payload: Uint8Array,
    from = 0,
    sizeBytes: number = payload.length - from,
  ): number {
    const { sender } = this.#channel;
    const to = this.#ice.selected;
    if (!sender || to === undefined || this.#failed) return this.#refuseSend();
    const { socket } = this.#host;
    const offset = socket
      .reserve(header.length + sizeBytes + SRTP_MAX_OVERHEAD);
    if (offset < 0) return this.#refuseSend();
    const size = sender
      .protectRtp(header, payload, socket.arena, offset, from, sizeBytes);
    socket.commit(to, offset, size);
    return size;
  }

  sendRtcp(packet: Uint8Array): number {
    const { sender } = this.#channel;
    const to = this.#ice.selected;
    if (!sender || to === undefined || this.#failed) return this.#refuseSend();
    const { socket } = this.#host;
    const offset = socket.reserve(packet.length + SRTP_MAX_OVERHEAD);
    if (offset < 0) return this.#refuseSend();
    const size = sender.protectRtcp(packet, socket.arena, offset);
    socket.commit(to, offset, size);
    return size;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#channel.close();
    for (const ufrag of this.#ice.localUfrags) this.#host.removeUfrag(ufrag);
    for (const endpoint of this.#ice.endpoints) {
      this.#host.removeEndpoint(endpoint);
    }
    this.#host.removePeer(this);
  }

  /** See {@linkcode IceLite.authenticate}. */
  authenticate(
    datagram: Uint8Array,
    message: StunMessage,
  ): LocalParameters | CheckRefusal {
    return this.#ice.authenticate(datagram, message);
  }

  /**
   * Handles and answers an authentic check.
   *
   * @returns whether the endpoint is now this peer's
   */
  handleCheck(
    message: StunMessage,
    credentials: LocalParameters,
    from: Endpoint,
    now: Instant,
  ): boolean {
    const { transactionId } = message;
    const { icePwd } = credentials;
    const error = checkError(message);
    if (error !== undefined) {
      this.#send(from, encodeBindingError(transactionId, error, icePwd));
      return false;
    }
    const { evicted, retiredUfrag } = this.#ice
      .accept(message, credentials, from, now);
    if (evicted !== undefined) this.#host.removeEndpoint(evicted);
    if (retiredUfrag !== undefined) this.#host.removeUfrag(retiredUfrag);
    // The path is good again. One that took too long to connect stays failed
    // until DTLS is done.
    if (this.connected) this.#failed = false;
    const { host, port } = this.#host.socket.address(from);
    this.#send(from, encodeBindingSuccess(transactionId, host, port, icePwd));
    return true;
  }

  /** A DTLS datagram from an endpoint that passed a check. */
  handleDtls(datagram: Uint8Array, from: Endpoint, now: Instant): void {
    this.#dtlsFrom = from;
    this.#channel.handleDtls(datagram, now);
  }

  /** The SRTP or SRTCP packet of that size from an endpoint that passed a check. */
  handleMedia(
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
    from: Endpoint,
    now: Instant,
  ): void {
    const size = this.#channel.openMedia(buffer, offset, sizeBytes);
    if (size < 0) return;
    this.#mediaFrom = from;
    this.#mediaAt = now;
    if (!isRtcp(buffer, offset)) {
      if (!this.#batchOpen) this.#openBatch();
      this.#observer.handleRtp(buffer, offset, size, now);
    } else {
      const plain = buffer.subarray(offset, offset + size);
      this.#observer.handleRtcp(plain, now);
    }
  }

  /** What has come of RTP since the last call is all for now. */
  endBatch(now: Instant): void {
    this.#batchOpen = false;
    if (!this.#closed) this.#observer.handleBatchEnd(now);
  }

  /** Whether this peer's media has just come from that endpoint. */
  isLive(endpoint: Endpoint, now: Instant): boolean {
    return this.#mediaFrom === endpoint && now - this.#mediaAt < LIVE_MS;
  }

  /** Another peer has taken that endpoint over. */
  loseEndpoint(endpoint: Endpoint): void {
    this.#ice.forget(endpoint);
  }

  /** Looks for what has taken too long. */
  poll(now: Instant): void {
    this.#channel.poll(now);
    if (this.#failed || this.#channel.gone) return;
    const connecting = this.#connectBy !== undefined && now < this.#connectBy;
    if (connecting) return; // for the first time, or after an ICE restart
    if (!this.connected) {
      if (this.#connectBy !== undefined) {
        this.#fail("No connection in time", true);
      }
      return;
    }
    const { lastCheck } = this.#ice;
    if (lastCheck !== undefined && now - lastCheck >= CONSENT_MS) {
      this.#fail("No connectivity check for too long", true);
    }
  }

  #openBatch(): void {
    this.#batchOpen = true;
    this.#host.openBatch(this);
  }

  #startConnecting(): void {
    this.#failed = false;
    this.#connectBy = after(this.#host.now(), CONNECT_MS);
  }

  #handleSecured(): void {
    this.#failed = false;
    this.#connectBy = undefined;
    this.#tell(() => this.#observer.handleConnected(this.#host.now()));
  }

  #fail(reason: string, recoverable: boolean): void {
    this.#failed = true;
    this.#tell(() => this.#observer.handleFailed(reason, recoverable));
  }

  #tell(call: () => void): void {
    if (this.#closed) return;
    try {
      call();
    } catch (error) {
      this.#host.report(error);
    }
  }

  #sendDtls(datagram: Uint8Array): void {
    if (this.#dtlsFrom === undefined) return;
    this.#send(this.#dtlsFrom, datagram);
    // An answer may come after the batch that it answers.
    this.#host.socket.flush();
  }

  #send(to: Endpoint, datagram: Uint8Array): void {
    const { socket } = this.#host;
    const offset = socket.reserve(datagram.length);
    if (offset < 0) {
      this.#refuseSend();
      return;
    }
    socket.arena.set(datagram, offset);
    socket.commit(to, offset, datagram.length);
  }

  #refuseSend(): 0 {
    this.#host.count("send-refused");
    return 0;
  }
}
