/**
 * The other end of a `PeerTransport`, as a browser is it: for tests of media
 * over real sockets, and for load.
 *
 * @module
 */
import {
  createCredentials,
  type Credentials,
} from "../../sfu/transport/dtls/certificate.ts";
import { fingerprintOf } from "../../sfu/transport/dtls/client_proof.ts";
import { isRtcp, kindOf } from "../../sfu/transport/demux.ts";
import { openDenoDatagramSocket } from "../../sfu/transport/deno_datagram_socket.ts";
import {
  type DatagramSocket,
  type DtlsResult,
  type Endpoint,
  type Fingerprint,
  type LocalParameters,
  SRTP_MAX_OVERHEAD,
  type SrtpProfile,
  type SrtpProvider,
  type SrtpReceiver,
  type SrtpSender,
} from "../../sfu/transport/ports.ts";
import { createNodeSrtpProvider } from "../../sfu/transport/srtp/node_srtp.ts";
import { TestDtlsClient } from "./test_dtls_client.ts";
import { TestIceAgent } from "./test_ice_agent.ts";

/** How often the peer shows that it is still there, as browsers do. */
const CONSENT_MS = 2_500;
/** Room for what one tick of a load generator sends. */
const ARENA_BYTES = 256 * 1024;

/** Where the server is, and what its SDP says. */
export interface TestPeerOptions {
  readonly serverHost: string;
  readonly serverPort: number;
  /** `port` counts instead of `serverPort` if it is there when connecting. */
  readonly remote: LocalParameters & {
    readonly fingerprint: Fingerprint;
    readonly port?: number;
  };
  /** Unless given, the one that runs everywhere. */
  readonly srtp?: SrtpProvider;
  /** By what it sends; a UDP socket of its own unless given. */
  readonly openSocket?: () => DatagramSocket;
  /** SRTP profiles to offer; both unless given. */
  readonly profiles?: readonly SrtpProfile[];
  /** A certificate, which takes time to make; one of its own unless given. */
  readonly credentials?: Credentials;
  /** A rogue that says in its SDP to have this fingerprint. */
  readonly claimedFingerprint?: Fingerprint;
  /** A rogue that sends a wrong Finished. */
  readonly badFinished?: boolean;
}

/** What a {@linkcode TestPeer} says of itself in its SDP. */
export interface TestPeerParameters extends LocalParameters {
  readonly fingerprint: Fingerprint;
}

/** Opens a peer with a socket and a certificate of its own. To be closed. */
export async function openTestPeer(
  options: TestPeerOptions,
): Promise<TestPeer> {
  const credentials = options.credentials ?? await createCredentials();
  return new TestPeer(options, credentials);
}

/** SRTP both ways. */
interface Media {
  readonly sender: SrtpSender;
  readonly receiver: SrtpReceiver;
}

/** See {@linkcode openTestPeer}. */
export class TestPeer {
  /** Gets each RTP packet; valid during the call only. */
  onRtp: (packet: Uint8Array) => void = () => {};
  /** Gets each compound RTCP packet; valid during the call only. */
  onRtcp: (packet: Uint8Array) => void = () => {};
  /** Gets each datagram before it is looked at; valid during the call only. */
  onDatagram: (datagram: Uint8Array) => void = () => {};
  /** How many media packets were not authentic, or replayed. */
  refused = 0;
  /** Gets each datagram that is sent; valid during the call only. */
  onSend: (datagram: Uint8Array) => void = () => {};
  readonly ice: TestIceAgent;
  readonly dtls: TestDtlsClient;
  #options: TestPeerOptions;
  readonly #fingerprint: Fingerprint;
  #socket: DatagramSocket;
  #server: Endpoint;
  #media: Media | undefined;
  #consent: ReturnType<typeof setInterval> | undefined;

  constructor(options: TestPeerOptions, credentials: Credentials) {
    this.#options = options;
    this.#fingerprint = options.claimedFingerprint ??
      fingerprintOf(credentials.certificate);
    this.#socket = this.#open();
    this.#server = this.#serverOn(this.#socket);
    this.ice = new TestIceAgent(options.remote, (d) => this.sendRaw(d));
    this.dtls = new TestDtlsClient({
      credentials,
      send: (datagram) => this.sendRaw(datagram),
      ...(options.profiles ? { profiles: options.profiles } : {}),
      ...(options.badFinished ? { badFinished: true } : {}),
    });
  }

  /** For the SDP that the server gets. */
  get local(): TestPeerParameters {
    return { ...this.ice.local, fingerprint: this.#fingerprint };
  }

  /** The port that datagrams come from. */
  get port(): number {
    return this.#socket.port;
  }

  /**
   * ICE with nomination, then DTLS as the client.
   *
   * @throws {Error} if the server's certificate is not the one of its SDP
   */
  async connect(): Promise<void> {
    this.#server = this.#serverOn(this.#socket);
    await this.ice.check({ useCandidate: true });
    clearInterval(this.#consent);
    this.#consent = setInterval(() => {
      this.ice.check({ useCandidate: true }).catch(() => {});
    }, CONSENT_MS);
    this.dtls.start();
    this.#secure(await this.dtls.connected);
  }

  /** Protects and sends one RTP packet. */
  sendRtp(packet: Uint8Array): void {
    const size = rtpHeaderBytes(packet);
    const header = packet.subarray(0, size);
    const payload = packet.subarray(size);
    this.#queue(
      packet.length + SRTP_MAX_OVERHEAD,
      (out, offset, media) =>
        media.sender.protectRtp(header, payload, out, offset),
    );
  }

  /** Protects and sends one compound RTCP packet. */
  sendRtcp(packet: Uint8Array): void {
    this.#queue(
      packet.length + SRTP_MAX_OVERHEAD,
      (out, offset, media) => media.sender.protectRtcp(packet, out, offset),
    );
  }

  /** Sends bytes as they are, from the peer's own port. */
  sendRaw(datagram: Uint8Array): void {
    const offset = this.#socket.reserve(datagram.length);
    if (offset < 0) return;
    this.#socket.arena.set(datagram, offset);
    this.#commit(offset, datagram.length);
  }

  /** Sends to another address from here on: the one in the server's answer. */
  aim(serverHost: string, serverPort: number): void {
    this.#options = { ...this.#options, serverHost, serverPort };
    this.#server = this.#serverOn(this.#socket);
  }

  /** Goes on from another port, as after a change of network. */
  async move(openSocket?: () => DatagramSocket): Promise<void> {
    const old = this.#socket;
    this.#socket = this.#open(openSocket);
    this.#server = this.#serverOn(this.#socket);
    old.close();
    await this.ice.check({ useCandidate: true });
  }

  close(): void {
    clearInterval(this.#consent);
    this.ice.close();
    this.dtls.close();
    this.#socket.close();
    this.#media?.sender.close();
    this.#media?.receiver.close();
    this.#media = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #open(openSocket = this.#options.openSocket ?? openUdp): DatagramSocket {
    const socket = openSocket();
    socket.start({
      handleDatagram: (from, buffer, offset, sizeBytes) => {
        if (socket === this.#socket && from === this.#server) {
          this.#receive(buffer.subarray(offset, offset + sizeBytes));
        }
      },
      handleBatchEnd: () => {},
    });
    return socket;
  }

  #serverOn(socket: DatagramSocket): Endpoint {
    const { serverHost, serverPort, remote } = this.#options;
    return socket.endpoint(serverHost, remote.port ?? serverPort);
  }

  #receive(datagram: Uint8Array): void {
    this.onDatagram(datagram);
    switch (kindOf(datagram[0] ?? 255)) {
      case "stun":
        return this.ice.handleDatagram(datagram);
      case "dtls":
        return this.dtls.handleDatagram(datagram);
      case "media":
        return this.#receiveMedia(datagram);
      case "unknown":
        this.refused++;
    }
  }

  #receiveMedia(packet: Uint8Array): void {
    if (!this.#media) return;
    const rtcp = isRtcp(packet);
    const { receiver } = this.#media;
    const size = rtcp
      ? receiver.unprotectRtcp(packet)
      : receiver.unprotectRtp(packet);
    if (size < 0) this.refused++;
    else if (rtcp) this.onRtcp(packet.subarray(0, size));
    else this.onRtp(packet.subarray(0, size));
  }

  #secure(keys: DtlsResult): void {
    const expected = this.#options.remote.fingerprint.value;
    if (this.dtls.serverFingerprint?.value !== expected) {
      throw new Error("Cannot trust the server: its certificate is another");
    }
    const srtp = this.#options.srtp ?? createNodeSrtpProvider();
    this.#media = {
      sender: srtp.createSender(keys.sendKeys),
      receiver: srtp.createReceiver(keys.receiveKeys),
    };
  }

  #queue(
    room: number,
    protect: (out: Uint8Array, offset: number, media: Media) => number,
  ): void {
    if (!this.#media) throw new Error("Cannot send media: not connected");
    const offset = this.#socket.reserve(room);
    if (offset < 0) return;
    const size = protect(this.#socket.arena, offset, this.#media);
    this.#commit(offset, size);
  }

  #commit(offset: number, size: number): void {
    this.onSend(this.#socket.arena.subarray(offset, offset + size));
    this.#socket.commit(this.#server, offset, size);
    this.#socket.flush();
  }
}

function openUdp(): DatagramSocket {
  return openDenoDatagramSocket({
    hostname: "::",
    port: 0,
    arenaBytes: ARENA_BYTES,
  });
}

/** RFC 3550 §5.1, §5.3.1. */
function rtpHeaderBytes(packet: Uint8Array): number {
  const [first = 0] = packet;
  const fixed = 12 + 4 * (first & 0x0f);
  if ((first & 0x10) === 0) return fixed;
  const words = ((packet[fixed + 2] ?? 0) << 8) | (packet[fixed + 3] ?? 0);
  return fixed + 4 + 4 * words;
}
