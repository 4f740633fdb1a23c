import type {
  Fingerprint,
  LocalParameters,
} from "../../sfu/transport/ports.ts";

/** Where the server is, and what its SDP says. */
export interface TestPeerOptions {
  readonly serverHost: string;
  readonly serverPort: number;
  readonly remote: LocalParameters & { readonly fingerprint: Fingerprint };
}

/** The other end of a `PeerTransport`, as a browser would be it. */
export interface TestPeer {
  /** For the SDP that the server gets. */
  readonly local: LocalParameters & { readonly fingerprint: Fingerprint };
  /** ICE with nomination, then DTLS as the client. */
  connect(): Promise<void>;
  sendRtp(packet: Uint8Array): void;
  sendRtcp(packet: Uint8Array): void;
  onRtp: (packet: Uint8Array) => void;
  onRtcp: (packet: Uint8Array) => void;
  /** Sends bytes as they are, from the peer's own port. */
  sendRaw(datagram: Uint8Array): void;
  close(): void;
}

/** Opens a peer with a socket and a certificate of its own. */
export declare function openTestPeer(
  options: TestPeerOptions,
): Promise<TestPeer>;
