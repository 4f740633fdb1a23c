/** Too much waits already. */
export class BusyError extends Error {
  override readonly name = "BusyError";
}

/** Lets a number of tasks run at the same time, and some more wait. */
export class Limiter {
  readonly #maxRunning: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** Makes one without tasks. */
  constructor(maxRunning: number, maxWaiting: number) {
    this.#maxRunning = maxRunning;
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Runs a task as soon as its turn comes.
   *
   * @throws {BusyError} if too many wait
   */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#maxRunning) this.#running += 1;
    else if (this.#waiting.length >= this.#maxWaiting) {
      throw new BusyError("Too many wait already");
    } else {
      // Whoever is done passes the place on, so that nobody gets between.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
