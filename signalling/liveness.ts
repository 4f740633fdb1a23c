import { after, type Instant } from "../lib/time.ts";
import type { Session } from "./session.ts";

/** How long a client may take to begin, in milliseconds. */
export const HANDSHAKE_MS = 15_000;

/** How long a client may be silent before it is asked, in milliseconds. */
export const IDLE_MS = 20_000;

/** How often it is asked, in milliseconds. */
export const PING_INTERVAL_MS = 10_000;

/** How long it may be silent, in milliseconds. */
export const DEAD_MS = 45_000;

/** What silence calls for. */
export type LivenessOutcome = "fine" | "ping" | "never-began" | "dead";

/** Decides what a client's silence calls for. */
export function checkLiveness(session: Session, now: Instant): LivenessOutcome {
  if (session.state.kind === "silent") {
    return now >= after(session.connectedAt, HANDSHAKE_MS)
      ? "never-began"
      : "fine";
  }
  if (now > after(session.lastHeardAt, DEAD_MS)) return "dead";
  return now > after(session.lastHeardAt, IDLE_MS) &&
      now >= after(session.lastPingAt, PING_INTERVAL_MS)
    ? "ping"
    : "fine";
}
