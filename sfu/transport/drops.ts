import type { DropReason } from "./ports.ts";

/** A count for each reason to drop a packet, all 0. */
export function noDrops(): Record<DropReason, number> {
  return {
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
}
