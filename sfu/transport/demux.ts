/**
 * Tells apart what shares one port, by the first bytes.
 *
 * @module
 */

/** What a datagram is by its first byte (RFC 7983 §7). */
export type DatagramKind = "stun" | "dtls" | "media" | "unknown";

/** The kind of a datagram that begins with that byte. */
export function kindOf(firstByte: number): DatagramKind {
  if (firstByte >= 128 && firstByte <= 191) return "media";
  if (firstByte <= 3) return "stun";
  if (firstByte >= 20 && firstByte <= 63) return "dtls";
  return "unknown";
}

/**
 * Whether the media packet at an offset is RTCP (RFC 5761 §4): its second byte is
 * a packet type of 192 to 223, which no RTP payload type may look like.
 */
export function isRtcp(buffer: Uint8Array, offset = 0): boolean {
  const type = buffer[offset + 1] ?? 0;
  return type >= 192 && type <= 223;
}
