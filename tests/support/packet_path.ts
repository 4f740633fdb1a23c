import { type Clock, instantAt, wallTimeAt } from "../../lib/time.ts";
import type {
  Negotiation,
  PlaneEvent,
  PublisherKey,
  SubscriberKey,
  ViewerKey,
} from "../../protocol/media_plane.ts";
import { Plane } from "../../sfu/plane.ts";
import { RTP_HEADER_SIZE, writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import { openTransportHub } from "../../sfu/transport/hub.ts";
import { createLocalParameters } from "../../sfu/transport/ice_lite.ts";
import type { MediaPorts } from "../../sfu/transport/native/choose_ports.ts";
import {
  type DatagramReceiver,
  type DatagramSocket,
  type DtlsProvider,
  type DtlsSession,
  type Endpoint,
  type LocalParameters,
  type SrtpKeys,
  type SrtpProvider,
  type SrtpSender,
  type TransportHub,
} from "../../sfu/transport/ports.ts";
import { systemRandomBytes } from "../../sfu/transport/random.ts";
import { encodeBindingRequest } from "../../sfu/transport/stun_encode.ts";
import {
  answerTo,
  PAYLOAD_TYPES,
  readTestSdp,
  writeTestOffer,
} from "./test_sdp.ts";

/** Packets of one picture, as in `tests/load/traffic.ts`. */
export const BURST = 6;
/** Of a plain packet's payload. */
const PAYLOAD_BYTES = 1_042;
/** What AEAD_AES_128_GCM adds. */
const TAG_BYTES = 16;
const PACKET_BYTES = RTP_HEADER_SIZE + PAYLOAD_BYTES + TAG_BYTES;
const VIDEO_SSRC = 77;
const PUBLISHER = 1 as PublisherKey;
const KEYFRAME_EVERY = 60;
/** Between two pictures. */
const FRAME_MS = 33;

/**
 * One publisher's picture on its way to many viewers, in this thread: a whole
 * plane on real ciphers and a real socket, to which datagrams are handed as if
 * they had come. Viewers are addresses that nobody reads. For benches, and for
 * counting what a packet allocates.
 */
export class PacketPath {
  readonly hub: TransportHub;
  readonly plane: Plane;
  /** What was sent to viewers. */
  sent = 0;
  readonly #socket: DatagramSocket;
  readonly #sink: Deno.DatagramConn;
  readonly #clock = new SteppedClock();
  readonly #publisherAt: Endpoint;
  readonly #sender: SrtpSender;
  readonly #header = new Uint8Array(RTP_HEADER_SIZE);
  readonly #payload = new Uint8Array(PAYLOAD_BYTES);
  readonly #incoming = new Uint8Array(BURST * PACKET_BYTES);
  #receiver: DatagramReceiver | undefined;
  #sequenceNumber = 0;
  #frame = 0;

  /**
   * Opens it all, and connects everybody.
   *
   * @param publisherSrtp the publisher's own, so that nothing is shared with it
   * @param change what the viewers' answers say otherwise
   */
  constructor(
    ports: MediaPorts,
    publisherSrtp: SrtpProvider,
    viewers: number,
    change: (answer: string) => string = (answer) => answer,
  ) {
    const udp = { hostname: "127.0.0.1", port: 0 };
    this.#sink = Deno.listenDatagram({ ...udp, transport: "udp" });
    this.#socket = ports.openSocket(udp);
    this.hub = openTransportHub({
      socket: this.#capture(this.#socket),
      dtls: new InstantDtls(),
      srtp: ports.srtp,
      announced: [{ host: "127.0.0.1", port: this.#socket.port }],
      random: systemRandomBytes,
      clock: this.#clock,
      onError: rethrow,
    });
    let offer = "";
    let answer = "";
    this.plane = new Plane({
      hub: this.hub,
      random: systemRandomBytes,
      clock: this.#clock,
      onEvent: (event: PlaneEvent) => {
        if (event.kind === "publisher-answered") answer = event.sdp;
        if (event.kind === "subscriber-offered") offer = event.sdp;
      },
      onError: rethrow,
    });
    this.#sender = publisherSrtp.createSender(KEYS);
    this.#publisherAt = this.#endpoint(0);
    const local = createLocalParameters(systemRandomBytes);
    const parameters = { ...local, fingerprint: FINGERPRINT };
    const tracks = [{ kind: "video", ssrc: VIDEO_SSRC }] as const;
    this.plane.handle({
      kind: "open-publisher",
      publisher: PUBLISHER,
      group: "g",
      codecs: ["vp8"],
      negotiation: 1 as Negotiation,
      sdp: writeTestOffer(tracks, parameters),
    });
    this.#connect(this.#publisherAt, local.iceUfrag, readTestSdp(answer));
    this.burst();
    for (let i = 1; i <= viewers; i++) {
      this.plane.handle({
        kind: "open-subscriber",
        subscriber: i as SubscriberKey,
        viewer: i as ViewerKey,
        shows: "camera",
        publisher: PUBLISHER,
        negotiation: 1 as Negotiation,
        wanted: { audio: true, video: "high" },
      });
      this.plane.handle({
        kind: "answer-subscriber",
        subscriber: i as SubscriberKey,
        negotiation: 1 as Negotiation,
        sdp: change(answerTo(offer)),
      });
      // Its answer repeats our name.
      const remote = readTestSdp(offer);
      this.#connect(this.#endpoint(i), remote.iceUfrag, remote);
    }
    this.sent = 0;
  }

  /** A picture comes, and is forwarded; returns how many packets that were. */
  burst(): number {
    const before = this.sent;
    for (let i = 0; i < BURST; i++) this.#protect(i);
    const { length } = this.#incoming;
    for (let at = 0; at < length; at += PACKET_BYTES) {
      this.#receiver!
        .handleDatagram(this.#publisherAt, this.#incoming, at, PACKET_BYTES);
    }
    this.#receiver!.handleBatchEnd();
    this.#clock.advance(FRAME_MS);
    return this.sent - before;
  }

  /** What peers do every 10 ms. */
  poll(): void {
    this.plane.poll();
  }

  [Symbol.dispose](): void {
    void this.plane.close();
    this.#sender.close();
    this.#sink.close();
  }

  #protect(index: number): void {
    const payload = this.#payload;
    const isKeyframe = this.#frame % KEYFRAME_EVERY === 0;
    payload[0] = index === 0 ? 0x10 : 0;
    payload[1] = index === 0 && isKeyframe ? 0 : 1;
    const isLast = index === BURST - 1;
    if (isLast) this.#frame++;
    writeRtpHeader(
      this.#header,
      PAYLOAD_TYPES.video,
      isLast,
      this.#sequenceNumber,
      this.#frame * 3_000,
      VIDEO_SSRC,
    );
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    this.#sender
      .protectRtp(this.#header, payload, this.#incoming, index * PACKET_BYTES);
  }

  #hand(from: Endpoint, datagram: Uint8Array): void {
    this.#receiver!.handleDatagram(from, datagram, 0, datagram.length);
  }

  #endpoint(viewer: number): Endpoint {
    const { port } = this.#sink.addr as Deno.NetAddr;
    return this.#socket
      .endpoint(`127.0.${viewer >> 8}.${1 + (viewer & 0xff)}`, port);
  }

  /** As if a peer of that name had passed a check and DTLS. */
  #connect(from: Endpoint, name: string, remote: LocalParameters): void {
    const check = encodeBindingRequest({
      transactionId: systemRandomBytes(12),
      username: `${remote.iceUfrag}:${name}`,
      priority: 1,
      useCandidate: true,
      role: "controlling",
      tieBreaker: systemRandomBytes(8),
    }, remote.icePwd);
    this.#hand(from, check);
    this.#hand(from, HANDSHAKE);
    this.#receiver!.handleBatchEnd();
  }

  /** What the socket would receive is handed on by {@linkcode burst} instead. */
  #capture(socket: DatagramSocket): DatagramSocket {
    const commit = socket.commit.bind(socket);
    socket.start = (receiver) => {
      this.#receiver = receiver;
    };
    socket.commit = (to, offset, sizeBytes) => {
      this.sent++;
      commit(to, offset, sizeBytes);
    };
    return socket;
  }
}

/** The first byte of a DTLS handshake is all that counts here. */
const HANDSHAKE = Uint8Array.of(22);

const FINGERPRINT = {
  algorithm: "sha-256",
  value: new Array(32).fill("AB").join(":"),
};

/** Of all peers, both ways. */
const KEYS: SrtpKeys = {
  profile: "AEAD_AES_128_GCM",
  masterKey: new Uint8Array(16).fill(1),
  masterSalt: new Uint8Array(12).fill(2),
};

/** Takes any datagram for a whole handshake. */
class InstantDtls implements DtlsProvider {
  readonly fingerprint = FINGERPRINT;

  createSession: DtlsProvider["createSession"] = (_expected, observer) => {
    const session: DtlsSession = {
      handleDatagram() {
        observer.handleDtlsConnected({ sendKeys: KEYS, receiveKeys: KEYS });
        return true;
      },
      poll() {},
      close() {},
    };
    return session;
  };

  close(): void {}
}

/** Goes on when it is told to. */
class SteppedClock implements Clock {
  #ms = 1_000;

  now() {
    return {
      instant: instantAt(this.#ms),
      wall: wallTimeAt(1.7e12 + this.#ms),
    };
  }

  advance(ms: number): void {
    this.#ms += ms;
  }
}

function rethrow(error: unknown): never {
  throw error;
}
