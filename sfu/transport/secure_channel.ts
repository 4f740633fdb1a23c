import type { Instant } from "../../lib/time.ts";
import { isRtcp } from "./demux.ts";
import {
  type DropReason,
  type DtlsProvider,
  type DtlsResult,
  type DtlsSession,
  type Fingerprint,
  SrtpFault,
  type SrtpProvider,
  type SrtpReceiver,
  type SrtpSender,
} from "./ports.ts";

/** How long a DTLS handshake may take: some of the client's retransmissions. */
const HANDSHAKE_MS = 15_000;

const MIN_RTP_BYTES = 12;
const MIN_RTCP_BYTES = 8;

/** Told by a {@linkcode SecureChannel} what happens. */
export interface ChannelObserver {
  handleOutput(datagram: Uint8Array): void;
  handleSecured(): void;
  /** The channel is gone for good. */
  handleLost(reason: string): void;
  handleDrop(reason: DropReason): void;
}

type State =
  | { readonly kind: "idle" }
  | {
    readonly kind: "handshaking";
    readonly session: DtlsSession;
    readonly since: Instant;
  }
  | {
    readonly kind: "secured";
    readonly session: DtlsSession;
    readonly sender: SrtpSender;
    readonly receiver: SrtpReceiver;
  }
  | { readonly kind: "gone" };

/**
 * DTLS and SRTP of one peer: one handshake, and what it protects. There is no
 * second one: a peer whose DTLS is lost is replaced by another.
 */
export class SecureChannel {
  readonly #dtls: DtlsProvider;
  readonly #srtp: SrtpProvider;
  readonly #observer: ChannelObserver;
  #expected: readonly Fingerprint[] | undefined;
  #state: State = { kind: "idle" };

  constructor(
    dtls: DtlsProvider,
    srtp: SrtpProvider,
    observer: ChannelObserver,
  ) {
    this.#dtls = dtls;
    this.#srtp = srtp;
    this.#observer = observer;
  }

  /** What protects outgoing media, once DTLS is verified. */
  get sender(): SrtpSender | undefined {
    return this.#state.kind === "secured" ? this.#state.sender : undefined;
  }

  /** Whether DTLS is verified and not lost. */
  get secured(): boolean {
    return this.#state.kind === "secured";
  }

  /** Whether DTLS failed or was closed. */
  get gone(): boolean {
    return this.#state.kind === "gone";
  }

  /**
   * What the other side's SDP says of its certificate. A change before the end
   * of the handshake starts it anew.
   *
   * @throws {RangeError} on a change after it
   */
  expect(fingerprints: readonly Fingerprint[]): void {
    const changed = this.#expected !== undefined &&
      keyOf(fingerprints) !== keyOf(this.#expected);
    if (changed && this.#state.kind === "secured") {
      throw new RangeError(
        "Cannot change the DTLS fingerprint: the peer is connected",
      );
    }
    if (changed && this.#state.kind === "handshaking") this.#end("idle");
    this.#expected = fingerprints;
  }

  /** A DTLS datagram from the peer. */
  handleDtls(datagram: Uint8Array, now: Instant): void {
    const session = this.#session(now);
    if (session === undefined) {
      this.#observer.handleDrop("before-handshake");
    } else if (!session.handleDatagram(datagram)) {
      this.#observer.handleDrop("dtls-malformed");
    }
  }

  /**
   * Opens the SRTP or SRTCP packet of `sizeBytes` at `offset` in place.
   *
   * @returns the size in bytes, or -1 if it is dropped and counted
   */
  openMedia(buffer: Uint8Array, offset: number, sizeBytes: number): number {
    if (this.#state.kind !== "secured") {
      this.#observer.handleDrop("before-handshake");
      return -1;
    }
    const { receiver } = this.#state;
    const rtcp = isRtcp(buffer, offset);
    if (sizeBytes < (rtcp ? MIN_RTCP_BYTES : MIN_RTP_BYTES)) {
      this.#observer.handleDrop("srtp-malformed");
      return -1;
    }
    const size = rtcp
      ? receiver.unprotectRtcp(buffer, offset, sizeBytes)
      : receiver.unprotectRtp(buffer, offset, sizeBytes);
    if (size >= 0) return size;
    this.#observer.handleDrop(dropReason(size));
    return -1;
  }

  /** Repeats what is due in a handshake; ends one that takes too long. */
  poll(now: Instant): void {
    if (this.#state.kind !== "handshaking") return;
    if (now - this.#state.since >= HANDSHAKE_MS) {
      this.#lose("The DTLS handshake took too long");
    } else this.#state.session.poll(now);
  }

  /** No observer call follows. Idempotent. */
  close(): void {
    this.#end("gone");
  }

  /** The session, made now if it can be. */
  #session(now: Instant): DtlsSession | undefined {
    if (this.#state.kind === "gone") return undefined;
    if (this.#state.kind !== "idle") return this.#state.session;
    if (this.#expected === undefined) return undefined;
    const session = this.#dtls.createSession(this.#expected, {
      handleDtlsOutput: (datagram) => this.#observer.handleOutput(datagram),
      handleDtlsConnected: (result) => this.#secure(result),
      handleDtlsFailed: (reason) => this.#lose(reason),
      handleDtlsClosed: () =>
        this.#lose("The other side closed the connection"),
    });
    this.#state = { kind: "handshaking", session, since: now };
    return session;
  }

  #secure(result: DtlsResult): void {
    if (this.#state.kind !== "handshaking") return;
    this.#state = {
      kind: "secured",
      session: this.#state.session,
      sender: this.#srtp.createSender(result.sendKeys),
      receiver: this.#srtp.createReceiver(result.receiveKeys),
    };
    this.#observer.handleSecured();
  }

  #lose(reason: string): void {
    this.#end("gone");
    this.#observer.handleLost(reason);
  }

  #end(kind: "idle" | "gone"): void {
    const state = this.#state;
    this.#state = { kind };
    if (state.kind === "handshaking" || state.kind === "secured") {
      state.session.close();
    }
    if (state.kind === "secured") {
      state.sender.close();
      state.receiver.close();
    }
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
