/** Runs tasks for the same key one after the other, and others meanwhile. */
export class Locks {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs a task when those for the same key that came before are done. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const result = before.then(task);
    const settled = result.catch(() => {});
    this.#last.set(key, settled);
    try {
      return await result;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}
