/**
 * A hub on a real socket, with peers to connect to it, for tests.
 *
 * @module
 */
import {
  type Clock,
  type Instant,
  instantAt,
  wallTimeAt,
} from "../../lib/time.ts";
import { openTransportHub } from "../../sfu/transport/hub.ts";
import {
  type MediaPorts,
  openPortablePorts,
} from "../../sfu/transport/native/choose_ports.ts";
import type {
  PeerObserver,
  PeerTransport,
  TransportHub,
} from "../../sfu/transport/ports.ts";
import { systemRandomBytes } from "../../sfu/transport/random.ts";
import { openMediaSocket } from "../../sfu/transport/tcp/open_media_socket.ts";
import type { TcpLimits } from "../../sfu/transport/tcp/tcp_socket.ts";
import type { OpenPorts } from "./port_sets.ts";
import { createTestLog } from "./test_log.ts";
import {
  openTestPeer,
  type TestPeer,
  type TestPeerOptions,
} from "./test_peer.ts";

/** A clock that stands until it is set. */
export class TestClock implements Clock {
  #ms = 1_000;

  now() {
    return { instant: instantAt(this.#ms), wall: wallTimeAt(this.#ms) };
  }

  /** Lets time pass; returns what is now. */
  advance(ms: number): Instant {
    this.#ms += ms;
    return instantAt(this.#ms);
  }
}

/** Waits for something that happens by itself. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Keeps what a peer transport told. */
export class TestObserver implements PeerObserver {
  connected = 0;
  readonly rtp: Uint8Array[] = [];
  readonly rtcp: Uint8Array[] = [];
  readonly failures: { reason: string; recoverable: boolean }[] = [];

  handleConnected(): void {
    this.connected++;
  }

  handleRtp(buffer: Uint8Array, offset: number, sizeBytes: number): void {
    this.rtp.push(buffer.slice(offset, offset + sizeBytes));
  }

  handleBatchEnd(): void {}

  handleRtcp(packet: Uint8Array): void {
    this.rtcp.push(packet.slice());
  }

  handleFailed(reason: string, recoverable: boolean): void {
    this.failures.push({ reason, recoverable });
  }
}

/** A peer and its transport in the hub. */
export class TestCall {
  readonly peer: TestPeer;
  readonly transport: PeerTransport;
  readonly observer: TestObserver;
  readonly #hub: TestHub;
  #sequence = 0;

  constructor(
    hub: TestHub,
    peer: TestPeer,
    transport: PeerTransport,
    observer: TestObserver,
  ) {
    this.#hub = hub;
    this.peer = peer;
    this.transport = transport;
    this.observer = observer;
  }

  /** Gives the transport the peer's SDP, so to speak. */
  exchange(): void {
    const { iceUfrag, icePwd, fingerprint } = this.peer.local;
    this.transport.setRemote({ iceUfrag, icePwd, fingerprints: [fingerprint] });
  }

  async connect(): Promise<void> {
    this.exchange();
    await this.peer.connect();
    await until(() => this.transport.connected);
  }

  /** Waits until a new packet of the peer's gets to the observer. */
  async arrives(): Promise<void> {
    const packet = rtpPacket(this.#sequence++);
    this.peer.sendRtp(packet);
    await until(() => this.observer.rtp.some((it) => isEqual(it, packet)));
  }

  /** Waits until a new packet of the transport's gets to the peer. */
  async returns(): Promise<void> {
    const packet = rtpPacket(this.#sequence++);
    let came = false;
    this.peer.onRtp = (it) => came ||= isEqual(it, packet);
    this.transport.sendRtp(packet.subarray(0, 12), packet.subarray(12));
    this.#hub.hub.flush();
    await until(() => came);
  }

  close(): void {
    this.peer.close();
    this.transport.close();
  }
}

/** A hub, its clock, and what it reported. */
export class TestHub {
  readonly hub: TransportHub;
  readonly clock = new TestClock();
  readonly errors: unknown[] = [];
  readonly host: string;
  readonly port: number;
  /** How many endpoints the socket remembers. */
  readonly endpointCount: () => number;
  readonly #calls: TestCall[] = [];

  constructor(host: string, ports: MediaPorts, tcp?: Partial<TcpLimits>) {
    const { socket } = openMediaSocket({
      openSocket: ports.openSocket,
      hostname: "::",
      port: 0,
      reservedTcpPorts: [],
      log: createTestLog(),
      ...tcp === undefined ? {} : { limits: tcp },
    });
    this.host = host;
    this.port = socket.port;
    this.endpointCount = () => socket.endpointCount;
    this.hub = openTransportHub({
      socket,
      dtls: ports.dtls,
      srtp: ports.srtp,
      announced: [{ host, port: socket.port }],
      random: systemRandomBytes,
      clock: this.clock,
      onError: (error) => this.errors.push(error),
    });
  }

  /** A transport and a peer that do not know of each other yet. */
  async open(
    options: Partial<TestPeerOptions> = {},
    observer = new TestObserver(),
  ): Promise<TestCall> {
    const transport = this.hub.createPeer(observer);
    const peer = await openTestPeer({
      serverHost: this.host,
      serverPort: this.port,
      remote: { ...transport.local, fingerprint: this.hub.fingerprint },
      ...options,
    });
    const call = new TestCall(this, peer, transport, observer);
    this.#calls.push(call);
    return call;
  }

  /** The same, connected. */
  async call(
    options: Partial<TestPeerOptions> = {},
    observer = new TestObserver(),
  ): Promise<TestCall> {
    const call = await this.open(options, observer);
    await call.connect();
    return call;
  }

  [Symbol.dispose](): void {
    for (const call of this.#calls) call.close();
    this.hub.close();
  }
}

/** Opens a hub that is reached at that loopback address. To be disposed of. */
export async function openTestHub(
  openPorts: OpenPorts = openPortablePorts,
  host = "127.0.0.1",
  tcp?: Partial<TcpLimits>,
): Promise<TestHub> {
  return new TestHub(host, await openPorts(), tcp);
}

/** An RTP packet with a payload that tells it from others. */
export function rtpPacket(sequence: number, payloadBytes = 100): Uint8Array {
  const packet = new Uint8Array(12 + payloadBytes).fill(sequence & 0xff);
  const view = new DataView(packet.buffer);
  view.setUint16(0, 0x8060);
  view.setUint16(2, sequence);
  view.setUint32(4, sequence * 3_000);
  view.setUint32(8, 0x1234_5678);
  return packet;
}

/** An empty receiver report (RFC 3550 §6.4.2). */
export function rtcpPacket(ssrc: number): Uint8Array {
  const packet = new Uint8Array(8);
  const view = new DataView(packet.buffer);
  view.setUint32(0, 0x80c9_0001);
  view.setUint32(4, ssrc);
  return packet;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
