import { SendClock } from "../sfu/rtp/congestion/send_clock.ts";
import { noDrops } from "../sfu/transport/drops.ts";
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
    dropped: noDrops(),
    sendClock: new SendClock(),
    close() {},
  };
}
