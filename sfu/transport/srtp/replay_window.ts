/**
 * How many packets behind the latest are still accepted. Lower refuses late
 * retransmissions; higher costs memory. Galène has 512 (B-9).
 */
export const REPLAY_WINDOW = 1_024;

const WORDS = REPLAY_WINDOW / 32;

/**
 * Which packet indices of one source have come (RFC 3711 §3.3.2). `accepts`
 * changes nothing; `add` is for packets that have been authenticated.
 */
export class ReplayWindow {
  /** Bit `index % REPLAY_WINDOW`: that index has come. */
  readonly #seen = new Uint32Array(WORDS);
  #highest = -1;

  /** The highest index that has come; −1 before the first. */
  get highest(): number {
    return this.#highest;
  }

  /** Whether an index is so old that nothing is known of it. */
  isTooOld(index: number): boolean {
    return index < 0 || this.#highest - index >= REPLAY_WINDOW;
  }

  /** Whether an index is new, and not too old. */
  accepts(index: number): boolean {
    if (index > this.#highest) return true;
    if (this.isTooOld(index)) return false;
    const bit = index % REPLAY_WINDOW;
    return (this.#seen[bit >>> 5]! & 1 << (bit & 31)) === 0;
  }

  /** Notes an index that is accepted. */
  add(index: number): void {
    if (index > this.#highest) {
      this.#forget(index);
      this.#highest = index;
    }
    const bit = index % REPLAY_WINDOW;
    this.#seen[bit >>> 5] = this.#seen[bit >>> 5]! | 1 << (bit & 31);
  }

  /** Makes room up to a new highest index. */
  #forget(highest: number): void {
    if (highest - this.#highest >= REPLAY_WINDOW) {
      this.#seen.fill(0);
      return;
    }
    for (let index = this.#highest + 1; index < highest; index++) {
      const bit = index % REPLAY_WINDOW;
      this.#seen[bit >>> 5] = this.#seen[bit >>> 5]! & ~(1 << (bit & 31));
    }
  }
}
