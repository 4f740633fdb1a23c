/** What has a moment. */
export interface Timed {
  /** In milliseconds. */
  readonly at: number;
}

/**
 * The most that wait. Lower bounds memory sooner; higher bears tracks that are
 * further apart.
 */
const MAX_WAITING = 2_048;

/** Puts what several tracks give, each in its order, into one order. */
export class FrameQueue<Item extends Timed> {
  readonly #items: Item[] = [];

  /** Adds what is mostly the latest. */
  push(item: Item): void {
    let index = this.#items.length;
    while (index > 0 && this.#items[index - 1]!.at > item.at) index--;
    this.#items.splice(index, 0, item);
  }

  /** Takes out all from before a moment, and the earliest if there are too many. */
  take(before: number): Item[] {
    let count = Math.max(0, this.#items.length - MAX_WAITING);
    while (count < this.#items.length && this.#items[count]!.at < before) {
      count++;
    }
    return this.#items.splice(0, count);
  }
}
