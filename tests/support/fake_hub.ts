import type { Instant } from "../../lib/time.ts";
import { SendClock } from "../../sfu/rtp/congestion/send_clock.ts";
import type {
  AnnouncedAddress,
  DropReason,
  Fingerprint,
  LocalParameters,
  PeerObserver,
  PeerTransport,
  RemoteParameters,
  TransportHub,
} from "../../sfu/transport/ports.ts";

/** A peer whose packets a test sees and gives, without network or ciphers. */
export class FakePeer implements PeerTransport {
  readonly observer: PeerObserver;
  readonly rtp: Uint8Array[] = [];
  readonly rtcp: Uint8Array[] = [];
  remote: RemoteParameters | undefined;
  connected = false;
  closed = false;
  restarts = 0;

  constructor(observer: PeerObserver) {
    this.observer = observer;
  }

  get local(): LocalParameters {
    return {
      iceUfrag: `local${this.restarts}`,
      icePwd: "0123456789abcdefghijkl",
    };
  }

  /** As if DTLS had just been verified. */
  connect(now: Instant): void {
    this.connected = true;
    this.observer.handleConnected(now);
  }

  /** As if a batch of that one packet of RTP had come. */
  receive(packet: Uint8Array, now: Instant): void {
    this.observer.handleRtp(packet, 0, packet.length, now);
    this.observer.handleBatchEnd(now);
  }

  setRemote(remote: RemoteParameters): void {
    const before = this.remote?.fingerprints[0]?.value;
    const after = remote.fingerprints[0]?.value;
    if (this.connected && before !== undefined && before !== after) {
      throw new RangeError("Cannot change fingerprint: connected");
    }
    this.remote = remote;
  }

  restartIce(): void {
    this.restarts++;
  }

  sendRtp(
    header: Uint8Array,
    payload: Uint8Array,
    from = 0,
    sizeBytes: number = payload.length - from,
  ): number {
    if (!this.connected || this.closed) return 0;
    const packet = new Uint8Array(header.length + sizeBytes);
    packet.set(header);
    packet.set(payload.subarray(from, from + sizeBytes), header.length);
    this.rtp.push(packet);
    return packet.length;
  }

  sendRtcp(packet: Uint8Array): number {
    if (!this.connected || this.closed) return 0;
    this.rtcp.push(packet.slice());
    return packet.length;
  }

  close(): void {
    this.closed = true;
  }
}

/** A hub of {@linkcode FakePeer}s, in the order in which they were made. */
export class FakeHub implements TransportHub {
  readonly peers: FakePeer[] = [];
  /** Never set: packets leave when they are sent. */
  readonly sendClock = new SendClock();
  readonly fingerprint: Fingerprint = {
    algorithm: "sha-256",
    value: new Array(32).fill("AB").join(":"),
  };
  readonly candidates: readonly AnnouncedAddress[] = [
    { host: "192.0.2.1", port: 8443 },
  ];
  readonly dropped = {} as Readonly<Record<DropReason, number>>;

  createPeer(observer: PeerObserver): FakePeer {
    const peer = new FakePeer(observer);
    this.peers.push(peer);
    return peer;
  }

  poll(_now: Instant): void {}
  flush(): void {}
  close(): void {}
}
