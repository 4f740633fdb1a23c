import type { PeerTransport, TransportHub } from "../transport/ports.ts";
import { readRelayFeedback, type RelayFeedback } from "./relay_feedback.ts";

/** Told what the viewers in this thread want of a publisher in another. */
export type RelayFeedbackHandler = (feedback: RelayFeedback) => void;

/**
 * The hub of one publisher that is connected to another thread: its packets come
 * through a ring, and what it would be told goes to that thread.
 */
export function createRelayHub(
  hub: TransportHub,
  handleFeedback: RelayFeedbackHandler,
): TransportHub {
  return {
    fingerprint: hub.fingerprint,
    candidates: hub.candidates,
    createPeer: () => createRelayTransport(handleFeedback),
    poll() {},
    flush() {},
    dropped: hub.dropped,
    sendClock: hub.sendClock,
    close() {},
  };
}

function createRelayTransport(
  handleFeedback: RelayFeedbackHandler,
): PeerTransport {
  return {
    // Nobody is told them: the publisher has the answer of the other thread.
    local: { iceUfrag: "", icePwd: "" },
    connected: true,
    setRemote() {},
    restartIce() {},
    sendRtp: () => 0,
    sendRtcp(packet) {
      const feedback = readRelayFeedback(packet);
      if (feedback !== undefined) handleFeedback(feedback);
      return 0;
    },
    close() {},
  };
}
