import type {
  AnnouncedAddress,
  Fingerprint,
  LocalParameters,
} from "../transport/ports.ts";

/** Our side of a peer, as it goes into an offer or an answer. */
export interface LocalSdp {
  /** Constant over the life of the peer (RFC 8866 §5.2). */
  readonly sessionId: number;
  /** One more in each offer or answer that differs from the last. */
  readonly sessionVersion: number;
  readonly ice: LocalParameters;
  readonly fingerprint: Fingerprint;
  /** The first one is also the default destination. */
  readonly candidates: readonly AnnouncedAddress[];
}
