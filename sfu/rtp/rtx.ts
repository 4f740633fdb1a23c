import { readU16, writeU16 } from "./bytes.ts";
import type { RtpView } from "./rtp_packet.ts";

/** The original number stands before the payload (RFC 4588 §4), in two bytes. */
const ORIGINAL_NUMBER_SIZE = 2;

/**
 * Makes of the view of a retransmission that of the packet that it repairs (RFC
 * 4588 §4). False, and the view is as it was, if it repairs none: padding by
 * which a sender probes.
 */
export function unwrapRtx(
  view: RtpView,
  packet: Uint8Array,
  ssrc: number,
  payloadType: number,
): boolean {
  if (view.payloadSize < ORIGINAL_NUMBER_SIZE) return false;
  view.sequenceNumber = readU16(packet, view.payloadOffset);
  view.ssrc = ssrc;
  view.payloadType = payloadType;
  view.payloadOffset += ORIGINAL_NUMBER_SIZE;
  view.payloadSize -= ORIGINAL_NUMBER_SIZE;
  return true;
}

/**
 * Writes a retransmission's payload to the start of `out`, which must have room
 * for two bytes more than `payload`, and returns its size.
 */
export function wrapRtx(
  originalNumber: number,
  payload: Uint8Array,
  out: Uint8Array,
): number {
  writeU16(out, 0, originalNumber);
  out.set(payload, ORIGINAL_NUMBER_SIZE);
  return payload.length + ORIGINAL_NUMBER_SIZE;
}
