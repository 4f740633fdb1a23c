import { type WallTime, wallTimeAt } from "../../lib/time.ts";

/** From 1900, where NTP starts, to 1970, in seconds. */
const NTP_TO_UNIX_SECONDS = 2_208_988_800;

const TWO_32 = 2 ** 32;

/** The seconds of a 64-bit NTP timestamp (RFC 3550 §4): its upper half. */
export function ntpHigh(time: WallTime): number {
  return (Math.floor(time / 1000) + NTP_TO_UNIX_SECONDS) % TWO_32;
}

/** The binary fraction of a 64-bit NTP timestamp: its lower half. */
export function ntpLow(time: WallTime): number {
  const ms = time - Math.floor(time / 1000) * 1000;
  return Math.floor(ms / 1000 * TWO_32);
}

/** The wall time of an NTP timestamp between 1968 and 2104. */
export function ntpToWallTime(high: number, low: number): WallTime {
  // NTP's seconds wrap in 2036; nothing of ours is older than 1968.
  const seconds = high < TWO_32 / 2 ? high + TWO_32 : high;
  return wallTimeAt(
    (seconds - NTP_TO_UNIX_SECONDS) * 1000 + low / TWO_32 * 1000,
  );
}

/** The middle 32 bits, in 65,536ths of a second: as in LSR. */
export function ntpMiddle(high: number, low: number): number {
  return ((high & 0xffff) << 16 | low >>> 16) >>> 0;
}

/** Milliseconds as 65,536ths of a second: as in DLSR, at most its 32 bits. */
export function toNtpShort(ms: number): number {
  return Math.max(0, Math.min(Math.round(ms * 65.536), TWO_32 - 1));
}

/**
 * The round-trip time by a report block (RFC 3550 §6.4.1), in milliseconds.
 * `undefined` if no sender report has been seen by its author, or if the times
 * contradict each other.
 *
 * @param arrival the middle 32 bits of the NTP time when the block arrived
 * @param lastSenderReport LSR of the block
 * @param delaySinceLast DLSR of the block
 */
export function roundTripMs(
  arrival: number,
  lastSenderReport: number,
  delaySinceLast: number,
): number | undefined {
  if (lastSenderReport === 0) return undefined;
  const rtt = (arrival - lastSenderReport - delaySinceLast) | 0;
  return rtt < 0 ? undefined : rtt / 65.536;
}
