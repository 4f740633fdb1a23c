import { readRtcp, type RtcpVisitor } from "../rtp/rtcp_reader.ts";

/** What the viewers in another thread want of a publisher. */
export interface RelayFeedback {
  /** Sources of which a keyframe is wanted. */
  readonly keyframes: readonly number[];
  /** What they can take together, in bit/s, where that is said. */
  readonly limitBps: number | undefined;
  /** The encodings that somebody has a use for, where that is said. */
  readonly rids: readonly string[] | undefined;
}

/**
 * Reads what a publisher would be told, and picks what is for the thread that
 * has its connection to heed. What came and what is missing, that one knows
 * better.
 *
 * @param packet compound RTCP
 * @returns `undefined` if there is nothing to heed
 */
export function readRelayFeedback(
  packet: Uint8Array,
): RelayFeedback | undefined {
  const keyframes: number[] = [];
  let limitBps: number | undefined;
  const visitor: RtcpVisitor = {
    pli: (_sender, source) => void keyframes.push(source),
    fir: (_sender, source) => void keyframes.push(source),
    remb: (_sender, bitrateBps) => {
      limitBps = bitrateBps;
    },
  };
  readRtcp(packet, visitor);
  if (keyframes.length === 0 && limitBps === undefined) return undefined;
  return { keyframes, limitBps, rids: undefined };
}
