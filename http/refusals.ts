/** How often what is bounded has been refused since the start, by its limit. */
export class Refusals {
  readonly #counts = new Map<string, number>();

  /** Counts one. */
  count(limit: string): void {
    this.#counts.set(limit, (this.#counts.get(limit) ?? 0) + 1);
  }

  /** The numbers so far; what was never refused is left out. */
  get snapshot(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
