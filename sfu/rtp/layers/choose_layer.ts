/** One of the qualities in which a picture can be sent, and what it takes. */
export interface LayerRate {
  /** Which of the picture's encodings, the smallest first. */
  readonly encoding: number;
  /** The highest spatial layer of that encoding. */
  readonly spatial: number;
  /** The highest temporal layer of that encoding. */
  readonly temporal: number;
  /** Of all that this needs, in bit/s, as measured over the last second. */
  readonly bps: number;
}

/**
 * From which part of what a layer takes on a viewer keeps it: its publisher is
 * asked to send less, too, and does so within a second. Lower leaves queues for
 * longer; higher changes layers where that would have been enough.
 */
const KEEP = 0.8;

/**
 * How much more than a layer takes there has to be for a viewer to get it. Lower
 * comes back sooner, and goes again; higher leaves more of the path unused.
 */
const COME_BACK = 1.1;

/**
 * Chooses a layer for a viewer: the best that its path carries, but not another
 * one for little. Down goes at once, as far as it takes; up only where there is
 * room to spare. There is always the first.
 *
 * @param layers from the least to the best, at least one
 * @param targetBps what may be used
 * @param current the index of the one that is sent, or −1 if there is none
 * @returns the index of the one to send
 */
export function chooseLayer(
  layers: readonly LayerRate[],
  targetBps: number,
  current: number,
): number {
  const kept = layers[current];
  const from = kept !== undefined && targetBps >= kept.bps * KEEP ? current : 0;
  for (let index = layers.length - 1; index > from; index--) {
    const margin = index > current && current >= 0 ? COME_BACK : 1;
    if (layers[index]!.bps * margin <= targetBps) return index;
  }
  return from;
}
