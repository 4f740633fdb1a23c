import { SendClock } from "../sfu/rtp/congestion/send_clock.ts";
import type { TransportHub } from "../sfu/transport/ports.ts";

/** The hub of a thread without a network: all its publishers are relayed. */
export function createSilentHub(): TransportHub {
  return {
    fingerprint: { algorithm: "sha-256", value: "" },
    candidates: [],
    createPeer() {
      throw new Error("Cannot connect a peer: this thread has no network");
    },
    poll() {},
    flush() {},
    dropped: NOTHING_DROPPED,
    sendClock: new SendClock(),
    close() {},
  };
}

/** There is nothing that could be. */
const NOTHING_DROPPED: TransportHub["dropped"] = {
  "empty": 0,
  "unknown-first-byte": 0,
  "stun-malformed": 0,
  "stun-unknown-user": 0,
  "stun-unauthenticated": 0,
  "unknown-endpoint": 0,
  "endpoint-in-use": 0,
  "before-handshake": 0,
  "dtls-malformed": 0,
  "dtls-backlog": 0,
  "srtp-malformed": 0,
  "srtp-authentication": 0,
  "srtp-replayed": 0,
  "srtp-too-many-sources": 0,
  "send-refused": 0,
};
