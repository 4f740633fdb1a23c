import { after, type Instant } from "../../lib/time.ts";
import { isRtcp } from "./demux.ts";
import { checkError, type CheckRefusal, IceLite } from "./ice_lite.ts";
import {
  type DatagramSocket,
  type DropReason,
  type DtlsProvider,
  type DtlsResult,
  type DtlsSession,
  type Endpoint,
  type Fingerprint,
  type LocalParameters,
  type PeerObserver,
  type PeerTransport,
  type RemoteParameters,
  SRTP_MAX_OVERHEAD,
  SrtpFault,
  type SrtpProvider,
  type SrtpReceiver,
  type SrtpSender,
} from "./ports.ts";
import type { StunMessage } from "./stun.ts";
import { encodeBindingError, encodeBindingSuccess } from "./stun_encode.ts";

/** RFC 7675 §5.1. */
const CONSENT_MS = 30_000;
/**
 * How long a peer may take to connect, from the other side's SDP on. Lower tells
 * people sooner that it does not work; higher has patience with slow networks.
 */
const CONNECT_MS = 30_000;
/** How long a DTLS handshake may take: some of the client's retransmissions. */
const HANDSHAKE_MS = 15_000;
/**
 * For how long after authentic media from an endpoint no other peer may take it
 * over. Lower lets a new peer behind a reused port in sooner; higher protects
 * somebody whose packets come seldom from one who forges his address.
 */
const LIVE_MS = 3_000;

const MIN_RTP_BYTES = 12;
const MIN_RTCP_BYTES = 8;

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
  addUfrag(ufrag: string, peer: IcePeer): void;
  removeUfrag(ufrag: string): void;
  /** Nobody uses that endpoint any more. */
  removeEndpoint(endpoint: Endpoint): void;
  removePeer(peer: IcePeer): void;
}

/** What is negotiated once DTLS is verified. */
interface SrtpContexts {
  readonly sender: SrtpSender;
  readonly receiver: SrtpReceiver;
}

type DtlsState =
  | { readonly kind: "idle" }
  | {
    readonly kind: "handshaking";
    readonly session: DtlsSession;
    readonly since: Instant;
  }
  | {
    readonly kind: "connected";
    readonly session: DtlsSession;
    readonly srtp: SrtpContexts;
  }
  /** Failed or closed; for good. */
  | { readonly kind: "gone" };

/** One peer on the shared port; the hub gives it what is its own. */
export class IcePeer implements PeerTransport {
  readonly #host: PeerHost;
  readonly #observer: PeerObserver;
  readonly #ice: IceLite;
  #remote: RemoteParameters | undefined;
  #dtls: DtlsState = { kind: "idle" };
  /** Where the latest DTLS datagram came from: its answer goes there. */
  #dtlsFrom: Endpoint | undefined;
  #mediaFrom: Endpoint | undefined;
  #mediaAt: Instant;
  /** When to give up connecting; not before the other side's SDP is here. */
  #connectBy: Instant | undefined;
  /** Whether the failure is told already. No sending meanwhile. */
  #failed = false;
  #closed = false;

  constructor(host: PeerHost, observer: PeerObserver) {
    this.#host = host;
    this.#observer = observer;
    this.#mediaAt = host.now();
    this.#ice = new IceLite(host.createLocalParameters());
    host.addUfrag(this.local.iceUfrag, this);
  }

  get local(): LocalParameters {
    return this.#ice.local;
  }

  get connected(): boolean {
    return this.#dtls.kind === "connected";
  }

  setRemote(remote: RemoteParameters): void {
    if (this.#closed) return;
    const changed = this.#remote !== undefined &&
      keyOf(remote.fingerprints) !== keyOf(this.#remote.fingerprints);
    if (changed && this.#dtls.kind === "connected") {
      throw new RangeError(
        "Cannot change the DTLS fingerprint: the peer is connected",
      );
    }
    if (changed && this.#dtls.kind === "handshaking") this.#endDtls("idle");
    if (remote.iceUfrag !== this.#ice.remoteUfrag) this.#startConnecting();
    this.#ice.setRemote(remote.iceUfrag);
    this.#remote = remote;
  }

  restartIce(): void {
    if (this.#closed) return;
    const retired = this.#ice.restart(this.#host.createLocalParameters());
    if (retired !== undefined) this.#host.removeUfrag(retired);
    this.#host.addUfrag(this.local.iceUfrag, this);
    this.#startConnecting();
  }

  sendRtp(header: Uint8Array, payload: Uint8Array): number {
    if (this.#dtls.kind !== "connected") return this.#refuseSend();
    const to = this.#ice.selected;
    if (to === undefined || this.#failed) return this.#refuseSend();
    const { socket } = this.#host;
    const offset = socket.reserve(
      header.length + payload.length + SRTP_MAX_OVERHEAD,
    );
    if (offset < 0) return this.#refuseSend();
    const { sender } = this.#dtls.srtp;
    const size = sender.protectRtp(header, payload, socket.arena, offset);
    socket.commit(to, offset, size);
    return size;
  }

  sendRtcp(packet: Uint8Array): number {
    if (this.#dtls.kind !== "connected") return this.#refuseSend();
    const to = this.#ice.selected;
    if (to === undefined || this.#failed) return this.#refuseSend();
    const { socket } = this.#host;
    const offset = socket.reserve(packet.length + SRTP_MAX_OVERHEAD);
    if (offset < 0) return this.#refuseSend();
    const { sender } = this.#dtls.srtp;
    const size = sender.protectRtcp(packet, socket.arena, offset);
    socket.commit(to, offset, size);
    return size;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#endDtls("gone");
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
    this.#failed = false;
    const { host, port } = this.#host.socket.address(from);
    this.#send(from, encodeBindingSuccess(transactionId, host, port, icePwd));
    return true;
  }

  /** A DTLS datagram from an endpoint that passed a check. */
  handleDtls(datagram: Uint8Array, from: Endpoint, now: Instant): void {
    const session = this.#dtlsSession(now);
    if (session === undefined) return this.#host.count("before-handshake");
    this.#dtlsFrom = from;
    if (!session.handleDatagram(datagram)) this.#host.count("dtls-malformed");
  }

  /** An SRTP or SRTCP packet from an endpoint that passed a check. */
  handleMedia(packet: Uint8Array, from: Endpoint, now: Instant): void {
    if (this.#dtls.kind !== "connected") {
      return this.#host.count("before-handshake");
    }
    const { receiver } = this.#dtls.srtp;
    const rtcp = isRtcp(packet);
    if (packet.length < (rtcp ? MIN_RTCP_BYTES : MIN_RTP_BYTES)) {
      return this.#host.count("srtp-malformed");
    }
    const size = rtcp
      ? receiver.unprotectRtcp(packet)
      : receiver.unprotectRtp(packet);
    if (size < 0) return this.#host.count(dropReason(size));
    this.#mediaFrom = from;
    this.#mediaAt = now;
    const plain = packet.subarray(0, size);
    try {
      if (rtcp) this.#observer.handleRtcp(plain, now);
      else this.#observer.handleRtp(plain, now);
    } catch (error) {
      this.#host.report(error);
    }
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
    if (
      this.#dtls.kind === "handshaking" &&
      now - this.#dtls.since >= HANDSHAKE_MS
    ) {
      this.#handleDtlsFailed("The DTLS handshake took too long");
    }
    if (this.#failed || this.#dtls.kind === "gone") return;
    const { lastCheck } = this.#ice;
    if (this.#dtls.kind !== "connected") {
      if (this.#connectBy !== undefined && now >= this.#connectBy) {
        this.#fail("No connection in time", true);
      }
    } else if (lastCheck !== undefined && now - lastCheck >= CONSENT_MS) {
      // A restart has its own time, for the old path may be dead already.
      if (this.#connectBy !== undefined && now < this.#connectBy) return;
      this.#fail("No connectivity check for too long", true);
    }
  }

  #startConnecting(): void {
    this.#failed = false;
    this.#connectBy = after(this.#host.now(), CONNECT_MS);
  }

  /** The session, made now if it can be. */
  #dtlsSession(now: Instant): DtlsSession | undefined {
    if (this.#dtls.kind === "gone") return undefined;
    if (this.#dtls.kind !== "idle") return this.#dtls.session;
    if (this.#remote === undefined) return undefined;
    const session = this.#host.dtls.createSession(this.#remote.fingerprints, {
      handleDtlsOutput: (datagram) => {
        if (this.#dtlsFrom === undefined) return;
        this.#send(this.#dtlsFrom, datagram);
        // An answer may come after the batch that it answers.
        this.#host.socket.flush();
      },
      handleDtlsConnected: (result) => this.#handleDtlsConnected(result),
      handleDtlsFailed: (reason) => this.#handleDtlsFailed(reason),
      handleDtlsClosed: () =>
        this.#handleDtlsFailed("The other side closed the connection"),
    });
    this.#dtls = { kind: "handshaking", session, since: now };
    return session;
  }

  #handleDtlsConnected(result: DtlsResult): void {
    if (this.#dtls.kind !== "handshaking") return;
    const { srtp } = this.#host;
    this.#dtls = {
      kind: "connected",
      session: this.#dtls.session,
      srtp: {
        sender: srtp.createSender(result.sendKeys),
        receiver: srtp.createReceiver(result.receiveKeys),
      },
    };
    this.#tell(() => this.#observer.handleConnected(this.#host.now()));
  }

  #handleDtlsFailed(reason: string): void {
    this.#endDtls("gone");
    this.#fail(reason, false);
  }

  #endDtls(kind: "idle" | "gone"): void {
    const state = this.#dtls;
    this.#dtls = { kind };
    if (state.kind === "handshaking" || state.kind === "connected") {
      state.session.close();
    }
    if (state.kind === "connected") {
      state.srtp.sender.close();
      state.srtp.receiver.close();
    }
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

function dropReason(fault: number): DropReason {
  switch (fault) {
    case SrtpFault.authentication:
      return "srtp-authentication";
    case SrtpFault.replayed:
      return "srtp-replayed";
    case SrtpFault.tooManySources:
      return "srtp-too-many-sources";
    default:
      return "srtp-malformed";
  }
}

/** The same for the same set of fingerprints. */
function keyOf(fingerprints: readonly Fingerprint[]): string {
  return fingerprints
    .map(({ algorithm, value }) => `${algorithm} ${value}`.toLowerCase())
    .sort().join();
}
