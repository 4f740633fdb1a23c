import { readU16, writeU16 } from "./bytes.ts";
import type { RtpView } from "./rtp_packet.ts";

/** The original number stands before the payload (RFC 4588 §4), in two bytes. */
export const ORIGINAL_NUMBER_SIZE = 2;

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
 * Makes a retransmission's payload of one that lies at an offset, in place: it
 * begins {@linkcode ORIGINAL_NUMBER_SIZE} bytes before, which are overwritten.
 */
export function wrapRtx(
  originalNumber: number,
  bytes: Uint8Array,
  payloadOffset: number,
): void {
  writeU16(bytes, payloadOffset - ORIGINAL_NUMBER_SIZE, originalNumber);
}
