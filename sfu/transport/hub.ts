/**
 * All peers of one port: tells datagrams apart and hands them on.
 *
 * @module
 */
import { clearImmediate, setImmediate } from "node:timers";
import type { Clock, Instant } from "../../lib/time.ts";
import { SendClock } from "../rtp/congestion/send_clock.ts";
import { kindOf } from "./demux.ts";
import { noDrops } from "./drops.ts";
import { HandshakeQueue } from "./handshake_queue.ts";
import { createLocalParameters } from "./ice_lite.ts";
import { HubPeer, type PeerHost } from "./peer_transport.ts";
import type {
  AnnouncedAddress,
  DatagramReceiver,
  DatagramSocket,
  DropReason,
  DtlsProvider,
  Endpoint,
  Fingerprint,
  LocalParameters,
  PeerObserver,
  PeerTransport,
  SrtpProvider,
  TransportHub,
} from "./ports.ts";
import type { RandomBytes } from "./random.ts";
import { decodeStun, StunType } from "./stun.ts";

/** What a hub is made of. */
export interface TransportHubOptions {
  /** Taken over: closed with the hub. */
  readonly socket: DatagramSocket;
  /** Shared; stays open when the hub closes. */
  readonly dtls: DtlsProvider;
  readonly srtp: SrtpProvider;
  /** The host candidates, see `announcedAddresses` in `addresses.ts`. */
  readonly announced: readonly AnnouncedAddress[];
  /** For ICE names and passwords. */
  readonly random: RandomBytes;
  readonly clock: Clock;
  /** Told of every exception that a peer's observer threw; for the log. */
  readonly onError: (error: unknown) => void;
}

/** Two equal names of 48 bits in a row are no accident. */
const MAX_TRIES = 10;

/** Opens a hub on a socket, and starts to receive. */
export function openTransportHub(options: TransportHubOptions): TransportHub {
  const hub = new Hub(options);
  options.socket.start(hub);
  return hub;
}

/**
 * A datagram belongs to a peer by its STUN username, or by an endpoint that
 * passed an authentic check. An endpoint is one peer's at a time: the latest
 * authentic check says whose, for a NAT gives the port of a dead connection to
 * a new one. But while authentic media comes from it, it is not given away: so
 * a client who forges another's address cannot silence him.
 */
class Hub implements TransportHub, DatagramReceiver, PeerHost {
  readonly socket: DatagramSocket;
  readonly dtls: DtlsProvider;
  readonly srtp: SrtpProvider;
  readonly candidates: readonly AnnouncedAddress[];
  readonly #random: RandomBytes;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly sendClock = new SendClock();
  readonly #dropped = noDrops();
  readonly #peers = new Set<HubPeer>();
  readonly #byUfrag = new Map<string, HubPeer>();
  readonly #byEndpoint = new Map<Endpoint, HubPeer>();
  /** The time at the start of the batch: the clock is not read per packet. */
  #batchTime: Instant | undefined;
  /** Peers of which media has come in this batch, as many as counted. */
  readonly #batch: HubPeer[] = [];
  readonly #handshakes: HandshakeQueue;
  #nextTurn: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(options: TransportHubOptions) {
    this.socket = options.socket;
    this.dtls = options.dtls;
    this.srtp = options.srtp;
    this.candidates = options.announced;
    this.#random = options.random;
    this.#clock = options.clock;
    this.#onError = options.onError;
    this.#handshakes = new HandshakeQueue(() => this.#clock.now().instant);
  }

  get fingerprint(): Fingerprint {
    return this.dtls.fingerprint;
  }

  get dropped(): Readonly<Record<DropReason, number>> {
    const refused = this.#dropped["send-refused"] + this.socket.refusedSends;
    return { ...this.#dropped, "send-refused": refused };
  }

  createPeer(observer: PeerObserver): PeerTransport {
    if (this.#closed) {
      throw new Error("Cannot create a peer: the hub is closed");
    }
    const peer = new HubPeer(this, observer);
    this.#peers.add(peer);
    return peer;
  }

  poll(now: Instant): void {
    this.#peers.forEach((peer) => peer.poll(now));
    this.flush();
  }

  flush(): void {
    const from = this.#clock.now().instant;
    this.socket.flush();
    this.sendClock.flushed(from, this.#clock.now().instant);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearImmediate(this.#nextTurn);
    this.#handshakes.clear();
    for (const peer of [...this.#peers]) peer.close();
    this.socket.flush();
    this.socket.close();
  }

  handleDatagram(
    from: Endpoint,
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
  ): void {
    this.#batchTime ??= this.now();
    try {
      this.#handle(from, buffer, offset, sizeBytes, this.#batchTime);
    } catch (error) {
      this.report(error);
    }
    if (!this.#byEndpoint.has(from)) this.socket.forget(from);
  }

  handleBatchEnd(): void {
    const now = this.now();
    for (let peer; (peer = this.#batch.pop()) !== undefined;) {
      try {
        peer.endBatch(now);
      } catch (error) {
        this.report(error);
      }
    }
    this.#batchTime = undefined;
    this.flush();
    if (this.#nextTurn === undefined) this.#runHandshakes();
  }

  handleGone(endpoint: Endpoint): void {
    this.#byEndpoint.get(endpoint)?.loseEndpoint(endpoint);
    this.#byEndpoint.delete(endpoint);
  }

  now(): Instant {
    return this.#batchTime ?? this.#clock.now().instant;
  }

  createLocalParameters(): LocalParameters {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const local = createLocalParameters(this.#random);
      if (!this.#byUfrag.has(local.iceUfrag)) return local;
    }
    throw new Error("Cannot name a peer: the randomness repeats itself");
  }

  count(reason: DropReason): void {
    this.#dropped[reason]++;
  }

  report(error: unknown): void {
    this.#onError(error);
  }

  openBatch(peer: HubPeer): void {
    this.#batch.push(peer);
  }

  addUfrag(ufrag: string, peer: HubPeer): void {
    this.#byUfrag.set(ufrag, peer);
  }

  removeUfrag(ufrag: string): void {
    this.#byUfrag.delete(ufrag);
  }

  removeEndpoint(endpoint: Endpoint): void {
    this.#byEndpoint.delete(endpoint);
    this.socket.forget(endpoint);
  }

  removePeer(peer: HubPeer): void {
    this.#peers.delete(peer);
  }

  #handle(
    from: Endpoint,
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
    now: Instant,
  ): void {
    if (sizeBytes === 0) return this.count("empty");
    const kind = kindOf(buffer[offset]!);
    if (kind === "unknown") return this.count("unknown-first-byte");
    const peer = this.#byEndpoint.get(from);
    if (kind === "media" && peer !== undefined) {
      return peer.handleMedia(buffer, offset, sizeBytes, from, now);
    }
    const datagram = buffer.subarray(offset, offset + sizeBytes);
    if (kind === "stun") return this.#handleStun(from, datagram, now);
    if (peer === undefined) return this.count("unknown-endpoint");
    if (!this.#handshakes.push(peer, datagram, from)) {
      this.count("dtls-backlog");
    }
  }

  /** Handshakes have a turn; if some are left, so have all others before them. */
  #runHandshakes(): void {
    this.#nextTurn = undefined;
    try {
      this.#handshakes.run();
    } catch (error) {
      this.report(error);
    }
    if (this.#handshakes.size === 0 || this.#closed) return;
    this.#nextTurn = setImmediate(() => this.#runHandshakes());
  }

  #handleStun(from: Endpoint, datagram: Uint8Array, now: Instant): void {
    const message = decodeStun(datagram);
    if (message === undefined) return this.count("stun-malformed");
    const [ufrag = ""] = message.username?.split(":", 1) ?? [];
    const peer = this.#byUfrag.get(ufrag);
    if (peer === undefined || message.type !== StunType.request) {
      return this.count("stun-unknown-user");
    }
    const credentials = peer.authenticate(datagram, message);
    if (typeof credentials === "string") return this.count(credentials);
    const owner = this.#byEndpoint.get(from);
    if (owner !== undefined && owner !== peer) {
      if (owner.isLive(from, now)) return this.count("endpoint-in-use");
    }
    if (!peer.handleCheck(message, credentials, from, now)) return;
    if (owner !== peer) owner?.loseEndpoint(from);
    this.#byEndpoint.set(from, peer);
  }
}
