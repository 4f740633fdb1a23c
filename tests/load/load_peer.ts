import {
  createCredentials,
  type Credentials,
} from "../../sfu/transport/dtls/certificate.ts";
import { fingerprintOf } from "../../sfu/transport/dtls/client_proof.ts";
import { isRtcp, kindOf } from "../../sfu/transport/demux.ts";
import { openNativeLibraries } from "../../sfu/transport/native/choose_ports.ts";
import { createNativeSrtpProvider } from "../../sfu/transport/native/native_srtp.ts";
import type {
  SrtpProvider,
  SrtpReceiver,
  SrtpSender,
} from "../../sfu/transport/ports.ts";
import { TestDtlsClient } from "../support/test_dtls_client.ts";
import { TestIceAgent } from "../support/test_ice_agent.ts";
import type { SdpParameters } from "../support/test_sdp.ts";
import { type LoadDestination, LoadSocket } from "./load_socket.ts";
import type { ViewerFeedback } from "./viewer_feedback.ts";

/** What all peers of a load generator share. */
export interface LoadPeerContext {
  readonly socket: LoadSocket;
  readonly srtp: SrtpProvider;
  /** One certificate for all: to make one takes time. */
  readonly credentials: Credentials;
}

/** Opens that; its socket is to be closed. */
export async function openLoadContext(): Promise<LoadPeerContext> {
  const { libc, libcrypto } = openNativeLibraries();
  return {
    socket: new LoadSocket(),
    srtp: createNativeSrtpProvider(libc, libcrypto),
    credentials: await createCredentials(),
  };
}

/** SRTP both ways. */
interface Media {
  readonly sender: SrtpSender;
  readonly receiver: SrtpReceiver;
}

/** Every how many packets one is decrypted, so that receiving stays cheap. */
const SAMPLE_EVERY = 16;

/** What one peer has received since that was last set to 0. */
export interface ReceivedCount {
  packets: number;
  bytes: number;
  /** Samples that were not authentic. */
  refused: number;
}

/**
 * One peer of a load generator: real ICE, DTLS and SRTP, on a socket that it
 * shares. Of what it receives it counts all and opens every sixteenth.
 */
export class LoadPeer implements LoadDestination {
  /** Gets each sample: a plain RTP packet, and when it came; during the call only. */
  onSample: (packet: Uint8Array, arrivedMs: number) => void = () => {};
  /** Where the other side is. */
  serverPort = 0;
  /** Of a viewer that says what it gets. */
  feedback: ViewerFeedback | undefined;
  readonly received: ReceivedCount = { packets: 0, bytes: 0, refused: 0 };
  readonly #context: LoadPeerContext;
  readonly #number: number;
  readonly #ice: TestIceAgent;
  readonly #dtls: TestDtlsClient;
  #media: Media | undefined;
  #sinceSample = 0;

  constructor(context: LoadPeerContext) {
    this.#number = context.socket.add(this);
    this.#context = context;
    const send = (datagram: Uint8Array) =>
      context.socket.send(this.#number, this.serverPort, datagram);
    this.#ice = new TestIceAgent({ iceUfrag: "", icePwd: "" }, send);
    this.#dtls = new TestDtlsClient({
      credentials: context.credentials,
      profiles: ["AEAD_AES_128_GCM"],
      retransmitMs: 2_000,
      send,
    });
  }

  /** For the SDP that the other side gets. */
  get local(): SdpParameters {
    const { certificate } = this.#context.credentials;
    return { ...this.#ice.local, fingerprint: fingerprintOf(certificate) };
  }

  /** ICE, then DTLS as the client. */
  async connect(remote: SdpParameters, serverPort: number): Promise<void> {
    this.serverPort = remote.port ?? serverPort;
    this.#ice.remote = remote;
    await this.consent();
    this.#dtls.start();
    const keys = await this.#dtls.connected;
    const { srtp } = this.#context;
    this.#media = {
      sender: srtp.createSender(keys.sendKeys),
      receiver: srtp.createReceiver(keys.receiveKeys),
    };
  }

  /** Shows that the peer is still there. */
  async consent(): Promise<void> {
    await this.#ice.check({ useCandidate: true });
  }

  /** Protects and queues one RTP packet. */
  queueRtp(header: Uint8Array, payload: Uint8Array): void {
    const { socket } = this.#context;
    const size = this.#media!.sender
      .protectRtp(header, payload, socket.room(), 0);
    socket.queue(this.#number, this.serverPort, size);
  }

  /** Protects and queues one compound RTCP packet. */
  queueRtcp(packet: Uint8Array): void {
    const { socket } = this.#context;
    const size = this.#media!.sender.protectRtcp(packet, socket.room(), 0);
    socket.queue(this.#number, this.serverPort, size);
  }

  /** Queues what the viewer has to say. */
  pollFeedback(nowMs: number): void {
    if (!this.#media) return;
    this.feedback?.poll(nowMs, (packet) => this.queueRtcp(packet));
  }

  /** Takes a datagram of this peer's; true if it is RTP. */
  handleDatagram(datagram: Uint8Array, arrivedMs: number): boolean {
    switch (kindOf(datagram[0] ?? 255)) {
      case "media":
        return this.#handleMedia(datagram, arrivedMs);
      case "stun":
        this.#ice.handleDatagram(datagram);
        return false;
      case "dtls":
        this.#dtls.handleDatagram(datagram);
        return false;
      case "unknown":
        return false;
    }
  }

  close(): void {
    this.#ice.close();
    this.#dtls.close();
    this.#media?.sender.close();
    this.#media?.receiver.close();
    this.#media = undefined;
  }

  #handleMedia(packet: Uint8Array, arrivedMs: number): boolean {
    if (isRtcp(packet)) return false;
    // What comes again, or fills up a probe, is not what should come.
    if (this.feedback?.receive(packet, arrivedMs) === false) return true;
    this.received.packets++;
    this.received.bytes += packet.length;
    if (++this.#sinceSample < SAMPLE_EVERY || !this.#media) return true;
    this.#sinceSample = 0;
    const size = this.#media.receiver.unprotectRtp(packet);
    if (size < 0) this.received.refused++;
    else this.onSample(packet.subarray(0, size), arrivedMs);
    return true;
  }
}
