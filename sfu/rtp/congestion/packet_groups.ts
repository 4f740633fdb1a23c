/**
 * Packets that are sent within so many milliseconds are one group. Lower takes
 * the spread of one frame for a trend; higher notices queues later.
 */
const GROUP_MS = 5;

/** The longest that a burst of the network's may make a group, in milliseconds. */
const MAX_BURST_MS = 100;

/**
 * By how much longer groups of packets are under way than the groups before
 * them (draft-ietf-rmcat-gcc-02 §5.1, §5.2): what a queue that grows does to
 * them. Times in milliseconds; those of sending and of arrival are on clocks of
 * their own.
 */
export class PacketGroups {
  /** How much more time passed between two groups' arrivals than their sendings. */
  variationMs = 0;
  /** Between the arrivals of the last two groups. */
  arrivalDeltaMs = 0;
  /** When the last packet of the later group arrived, and how long after it was sent. */
  arrivalMs = 0;
  delayMs = 0;

  #firstSent = 0;
  #lastSent = 0;
  #firstArrival = 0;
  #lastArrival = 0;
  #previousSent = 0;
  #previousArrival = 0;
  /** How many groups there are to compare: the current and the one before. */
  #groups = 0;

  /**
   * Notes a packet, in the order of sending. True if a group is complete by it,
   * and there was one before: then the fields tell of them.
   */
  add(sentMs: number, arrivalMs: number): boolean {
    if (this.#groups === 0) {
      this.#start(sentMs, arrivalMs);
      this.#groups = 1;
      return false;
    }
    // Overtaken on the way: says nothing about queues.
    if (sentMs < this.#firstSent) return false;
    if (this.#belongs(sentMs, arrivalMs)) {
      this.#lastSent = Math.max(this.#lastSent, sentMs);
      this.#lastArrival = Math.max(this.#lastArrival, arrivalMs);
      return false;
    }
    const complete = this.#groups === 2;
    if (complete) {
      this.arrivalMs = this.#lastArrival;
      this.delayMs = this.#lastArrival - this.#lastSent;
      this.arrivalDeltaMs = this.#lastArrival - this.#previousArrival;
      this.variationMs = this.arrivalDeltaMs -
        (this.#lastSent - this.#previousSent);
    }
    this.#previousSent = this.#lastSent;
    this.#previousArrival = this.#lastArrival;
    this.#start(sentMs, arrivalMs);
    this.#groups = 2;
    return complete;
  }

  /** What comes is not to be compared with what was. */
  clear(): void {
    this.#groups = 0;
  }

  #start(sentMs: number, arrivalMs: number): void {
    this.#firstSent = this.#lastSent = sentMs;
    this.#firstArrival = this.#lastArrival = arrivalMs;
  }

  #belongs(sentMs: number, arrivalMs: number): boolean {
    if (sentMs - this.#firstSent <= GROUP_MS) return true;
    // What the network held back and let go at once came as one, however it
    // was sent.
    const sinceLast = arrivalMs - this.#lastArrival;
    const gained = sinceLast - (sentMs - this.#lastSent);
    return gained < 0 && sinceLast <= GROUP_MS &&
      arrivalMs - this.#firstArrival < MAX_BURST_MS;
  }
}
