import { readU32, writeU32 } from "../rtp/bytes.ts";

/**
 * Which source sends an encoding. Only its first packets may say so (RFC 8852
 * §3), so that who comes later has to be told.
 */
export interface KnownSource {
  /** Of the encoding, among all of the offer, from 0. */
  readonly index: number;
  readonly ssrc: number;
  /** Of what it sends again, or −1 if there is none. */
  readonly rtxSsrc: number;
}

const BYTES = 12;
const NONE = 0xffff_ffff;

/** As a record of a ring. */
export function writeKnownSource(
  { index, ssrc, rtxSsrc }: KnownSource,
): Uint8Array {
  const bytes = new Uint8Array(BYTES);
  writeU32(bytes, 0, index);
  writeU32(bytes, 4, ssrc);
  writeU32(bytes, 8, rtxSsrc < 0 ? NONE : rtxSsrc);
  return bytes;
}

/** Reads what {@linkcode writeKnownSource} has written. */
export function readKnownSource(bytes: Uint8Array): KnownSource {
  const rtxSsrc = readU32(bytes, 8);
  return {
    index: readU32(bytes, 0),
    ssrc: readU32(bytes, 4),
    rtxSsrc: rtxSsrc === NONE ? -1 : rtxSsrc,
  };
}
