/** What a link does to packets. Any of it may change while packets are on it. */
export interface LinkConditions {
  /** In bit/s; `Infinity` for none. */
  readonly rateBps: number;
  /** How much waits at the bottleneck before packets are dropped, in milliseconds. */
  readonly queueMs: number;
  /** One way, in milliseconds. */
  readonly delayMs: number;
  /** Up to so much more delay, per packet; without overtaking. */
  readonly jitterMs: number;
  /** The share of packets that is lost, each by itself. */
  readonly loss: number;
  /** The share of packets that is held back so that others overtake them. */
  readonly reordered: number;
}

/** A link that does nothing to packets. */
export const PERFECT_LINK: LinkConditions = {
  rateBps: Number.POSITIVE_INFINITY,
  queueMs: 300,
  delayMs: 0,
  jitterMs: 0,
  loss: 0,
  reordered: 0,
};

/** How long a reordered packet is held back, in milliseconds. */
const REORDER_MS = 15;

/**
 * Decides when each packet of one direction of a link arrives, if it does. Time
 * is given, so that it serves real relays and simulations alike.
 */
export class LinkModel {
  conditions: LinkConditions;
  readonly #random: () => number;
  /** When the bottleneck has sent all that it has. */
  #freeAt = 0;
  #lastArrival = 0;
  #outageUntil = Number.NEGATIVE_INFINITY;
  /** Counted since the start. */
  sentPackets = 0;
  lostPackets = 0;
  deliveredBytes = 0;

  /** @param random from 0 up to 1 */
  constructor(conditions: LinkConditions, random: () => number) {
    this.conditions = conditions;
    this.#random = random;
  }

  /** Everything that is sent before that moment is lost. */
  outage(untilMs: number): void {
    this.#outageUntil = untilMs;
  }

  /** How long what is sent now waits at the bottleneck, in milliseconds. */
  queueMs(nowMs: number): number {
    return Math.max(0, this.#freeAt - nowMs);
  }

  /** When a packet that is sent now arrives; `undefined` if it is lost. */
  send(sizeBytes: number, nowMs: number): number | undefined {
    const { rateBps, queueMs, delayMs, jitterMs, loss, reordered } =
      this.conditions;
    this.sentPackets++;
    const start = Math.max(nowMs, this.#freeAt);
    const lost = nowMs < this.#outageUntil || start - nowMs > queueMs ||
      this.#random() < loss;
    if (lost) {
      this.lostPackets++;
      return undefined;
    }
    this.#freeAt = start + sizeBytes * 8_000 / rateBps;
    this.deliveredBytes += sizeBytes;
    const arrival = this.#freeAt + delayMs + this.#random() * jitterMs;
    if (this.#random() < reordered) return arrival + REORDER_MS;
    return this.#lastArrival = Math.max(this.#lastArrival, arrival);
  }
}
