import type { LocalSdp } from "./sdp/local_sdp.ts";
import type { PeerTransport, TransportHub } from "./transport/ports.ts";
import type { RandomBytes } from "./transport/random.ts";

/** 32 random bits, not 0: an SSRC or a first timestamp. */
export function randomU32(random: RandomBytes): number {
  const bytes = random(4);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) || 1;
}

/** Counts the versions of one peer's descriptions (RFC 8866 §5.2). */
export class PeerIdentity {
  readonly #sessionId: number;
  #version = 0;

  constructor(random: RandomBytes) {
    this.#sessionId = randomU32(random);
  }

  /** Our side for the next offer or answer. */
  next(hub: TransportHub, transport: PeerTransport): LocalSdp {
    return {
      sessionId: this.#sessionId,
      sessionVersion: ++this.#version,
      ice: transport.local,
      fingerprint: hub.fingerprint,
      candidates: hub.candidates,
    };
  }
}
