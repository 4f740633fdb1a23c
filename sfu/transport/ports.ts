/**
 * The ports of the transport rim. Each has a portable adapter now and a native
 * one later; every adapter passes the same contract test.
 *
 * Memory: a `Uint8Array` that is handed to a callback is only valid during the
 * call, and may be a view of an arena that is written again right after it.
 *
 * @module
 */
import type { Brand } from "../../lib/brand.ts";
import type { Instant } from "../../lib/time.ts";
import type { SendClock } from "../rtp/congestion/send_clock.ts";

/**
 * A remote IP address and port, interned by the socket that saw it: two
 * datagrams of one sender carry the same number. Numbers are for maps and
 * comparisons on the packet path; text is for logs.
 */
export type Endpoint = Brand<number, "Endpoint">;

/** One UDP port of ours, for all peers. */
export interface DatagramSocket {
  /** The bound address: `::` for all of both families, `0.0.0.0` without IPv6. */
  readonly host: string;
  /** The bound port number. */
  readonly port: number;
  /** How many endpoints are remembered now; for limits and statistics. */
  readonly endpointCount: number;
  /** How many datagrams the system has refused to send. */
  readonly refusedSends: number;
  /**
   * Where outgoing datagrams are written before they are sent. Ask for room
   * with {@linkcode reserve}, write there, then {@linkcode commit}.
   */
  readonly arena: Uint8Array;
  /** Calls `receiver` from now on. To be called once. */
  start(receiver: DatagramReceiver): void;
  /**
   * Makes room for a datagram; returns its offset in the arena, or -1 if there
   * is none (larger than the socket takes, or everything is still being sent).
   * Without a {@linkcode commit} the next call may return the same offset.
   */
  reserve(maxBytes: number): number;
  /** Queues `sizeBytes` at `offset`, which came from {@linkcode reserve}. */
  commit(to: Endpoint, offset: number, sizeBytes: number): void;
  /** Sends what is queued. Datagrams that the system refuses are counted, not thrown. */
  flush(): void;
  /** The number for an address, the same as for datagrams from it. */
  endpoint(host: string, port: number): Endpoint;
  /** The text of an endpoint, for logs and candidates. */
  address(endpoint: Endpoint): { host: string; port: number };
  /**
   * Forgets an endpoint that no peer uses any more, so that memory is bounded.
   * What is queued for it is still sent. Its number is never used again: the
   * same address gets a new one when it is next seen.
   */
  forget(endpoint: Endpoint): void;
  /** Idempotent. */
  close(): void;
  /** Settles after {@linkcode close}, when the port is free and nothing waits. */
  readonly closed: Promise<void>;
}

/** Gets what arrives, in batches. Neither method may throw. */
export interface DatagramReceiver {
  /** Takes the datagram of `sizeBytes` at `offset`: a view of it would be garbage. */
  handleDatagram(
    from: Endpoint,
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
  ): void;
  /** The batch is over: flush what it led to. */
  handleBatchEnd(): void;
  /** An endpoint is gone for good: it was a connection, which has ended. */
  handleGone?(endpoint: Endpoint): void;
}

/** SRTP protection profiles by their DTLS numbers (RFC 5764 §4.1.2, RFC 7714 §14.2). */
export type SrtpProfile = "AEAD_AES_128_GCM" | "SRTP_AES128_CM_HMAC_SHA1_80";

/** Keys for one direction, from the DTLS exporter (RFC 5764 §4.2). */
export interface SrtpKeys {
  readonly profile: SrtpProfile;
  /** 16 bytes. */
  readonly masterKey: Uint8Array;
  /** 12 bytes for GCM, 14 for CM. */
  readonly masterSalt: Uint8Array;
}

/** Protects what one peer sends to another: one per peer and direction. */
export interface SrtpSender {
  /**
   * Writes the protected packet of `header` and a payload to `out` at `offset`
   * and returns its size in bytes. `out` must have room for both and
   * {@linkcode SRTP_MAX_OVERHEAD} bytes more. The payload lies in a buffer at
   * `from`, up to its end unless a size is given, and is left as it is.
   *
   * The rollover counter follows the sequence numbers given, per SSRC. A
   * repeated number (an answered NACK) is protected as it was the first time.
   */
  protectRtp(
    header: Uint8Array,
    payload: Uint8Array,
    out: Uint8Array,
    offset: number,
    from?: number,
    sizeBytes?: number,
  ): number;
  /** The same for a compound RTCP packet; numbers it (RFC 3711 §3.4). */
  protectRtcp(packet: Uint8Array, out: Uint8Array, offset: number): number;
  close(): void;
}

/** Checks and opens what one peer receives. */
export interface SrtpReceiver {
  /**
   * Opens a packet in place and returns the number of bytes of plain RTP, or a
   * negative {@linkcode SrtpFault}. A refused packet changes no state: neither
   * the replay window nor the rollover counter moves before authentication.
   *
   * The packet is all of the buffer, unless it is said where it lies.
   */
  unprotectRtp(buffer: Uint8Array, offset?: number, sizeBytes?: number): number;
  unprotectRtcp(
    buffer: Uint8Array,
    offset?: number,
    sizeBytes?: number,
  ): number;
  close(): void;
}

/** Why a packet was refused; negative, so that it shares a return value with sizes. */
export const SrtpFault = {
  malformed: -1,
  authentication: -2,
  replayed: -3,
  /** More SSRCs than one peer may use. */
  tooManySources: -4,
} as const;
/** One of the values of {@linkcode SrtpFault}. */
export type SrtpFault = typeof SrtpFault[keyof typeof SrtpFault];

/** The most bytes that protection adds to a packet, RTP or RTCP. */
export const SRTP_MAX_OVERHEAD = 32;

/** Makes SRTP contexts: `node:crypto` everywhere, OpenSSL where it can be had. */
export interface SrtpProvider {
  createSender(keys: SrtpKeys): SrtpSender;
  createReceiver(keys: SrtpKeys): SrtpReceiver;
}

/** A certificate fingerprint as in SDP (RFC 8122 §5): lower-case hash name, upper-case hex. */
export interface Fingerprint {
  readonly algorithm: string;
  /** `AB:CD:…` */
  readonly value: string;
}

/** What a finished and verified handshake yields. */
export interface DtlsResult {
  /** For what we send. */
  readonly sendKeys: SrtpKeys;
  /** For what we receive. */
  readonly receiveKeys: SrtpKeys;
}

/** Told by a {@linkcode DtlsSession} what happens. */
export interface DtlsObserver {
  /** A datagram to send to the peer. */
  handleDtlsOutput(datagram: Uint8Array): void;
  /**
   * The handshake is over and the client's certificate, CertificateVerify and
   * Finished are verified. Nothing may be forwarded before.
   */
  handleDtlsConnected(result: DtlsResult): void;
  /** The handshake or the session failed, for the reason given; it is closed. */
  handleDtlsFailed(reason: string): void;
  /** The peer said close_notify, authenticated; it is closed. */
  handleDtlsClosed(): void;
}

/** One DTLS association, always as the server. */
export interface DtlsSession {
  /**
   * Gives a datagram from the peer. Garbage is dropped: false if nothing in the
   * datagram was of use, so that the caller can count it.
   */
  handleDatagram(datagram: Uint8Array): boolean;
  /** Repeats what the client seems to have missed; every 10 ms or so. */
  poll(now: Instant): void;
  /** Idempotent; no observer call follows. */
  close(): void;
}

/** Makes DTLS sessions that all present one certificate. */
export interface DtlsProvider {
  /** Of our certificate, for SDP. */
  readonly fingerprint: Fingerprint;
  /**
   * @param expected the fingerprints of the client's certificate from its SDP;
   *   the handshake fails unless one of a supported hash matches
   */
  createSession(
    expected: readonly Fingerprint[],
    observer: DtlsObserver,
  ): DtlsSession;
  close(): void;
}

/** Remote ICE and DTLS parameters, from the other side's SDP. */
export interface RemoteParameters {
  readonly iceUfrag: string;
  readonly icePwd: string;
  readonly fingerprints: readonly Fingerprint[];
}

/** Local ICE parameters, for our SDP. */
export interface LocalParameters {
  readonly iceUfrag: string;
  readonly icePwd: string;
}

/** An address to announce as a host candidate. */
export interface AnnouncedAddress {
  readonly host: string;
  readonly port: number;
  /** Over TCP, for whoever connects (RFC 6544, passive); absent: over UDP. */
  readonly transport?: "tcp";
}

/** Gets what a {@linkcode PeerTransport} receives. Called on the packet path. */
export interface PeerObserver {
  /** DTLS is verified: media may flow both ways. Again after nothing: once only. */
  handleConnected(now: Instant): void;
  /**
   * A plain RTP packet, of `sizeBytes` at `offset`; valid during the call only.
   * What it leads to may wait for {@linkcode handleBatchEnd}.
   */
  handleRtp(
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
    now: Instant,
  ): void;
  /** No more RTP packets for now: some have come since the last call. */
  handleBatchEnd(now: Instant): void;
  /** A plain compound RTCP packet; valid during the call only. */
  handleRtcp(packet: Uint8Array, now: Instant): void;
  /**
   * No authenticated check for the consent time (RFC 7675, 30 s), no connection
   * within the connection time, DTLS failed, or close_notify. The transport
   * stays until closed; ICE may be restarted unless DTLS is gone.
   */
  handleFailed(reason: string, recoverable: boolean): void;
}

/** ICE, DTLS and SRTP of one peer on the shared port. */
export interface PeerTransport {
  readonly local: LocalParameters;
  /** False until DTLS is verified: what is sent before is dropped. */
  readonly connected: boolean;
  /**
   * Sets or changes the other side's parameters. A changed ufrag is an ICE
   * restart by the other side; a changed fingerprint is refused once connected.
   *
   * @throws {RangeError} if the fingerprint changes on a connected transport
   */
  setRemote(remote: RemoteParameters): void;
  /**
   * New local ufrag and password (RFC 8445 §9). The old ones stay good until the
   * first authenticated check with the new, so that media goes on meanwhile.
   */
  restartIce(): void;
  /**
   * Protects and queues one RTP packet; sent at the end of the batch or tick.
   * Dropped, and counted, while not connected. Returns the bytes queued. The
   * payload is all of its buffer, unless it is said where it lies.
   */
  sendRtp(
    header: Uint8Array,
    payload: Uint8Array,
    from?: number,
    sizeBytes?: number,
  ): number;
  /** The same for a compound RTCP packet. */
  sendRtcp(packet: Uint8Array): number;
  /** Idempotent; no observer call follows. */
  close(): void;
}

/** All peers of one port. */
export interface TransportHub {
  readonly fingerprint: Fingerprint;
  readonly candidates: readonly AnnouncedAddress[];
  createPeer(observer: PeerObserver): PeerTransport;
  /**
   * Timeouts and retransmissions that are due; flushes. To be called about every
   * 10 ms by the loop at the rim.
   */
  poll(now: Instant): void;
  /** Sends what is queued. */
  flush(): void;
  /** When it was. */
  readonly sendClock: SendClock;
  /** Counters of what was dropped, by reason; for logs and statistics. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  close(): void;
}

/** Why an incoming datagram was dropped without any effect. */
export type DropReason =
  | "empty"
  | "unknown-first-byte"
  | "stun-malformed"
  | "stun-unknown-user"
  | "stun-unauthenticated"
  | "unknown-endpoint"
  /** An authenticated check from an address from which another peer's media comes. */
  | "endpoint-in-use"
  | "before-handshake"
  | "dtls-malformed"
  /** More handshakes are under way than can wait; the client says it again. */
  | "dtls-backlog"
  | "srtp-malformed"
  | "srtp-authentication"
  | "srtp-replayed"
  | "srtp-too-many-sources"
  | "send-refused";
