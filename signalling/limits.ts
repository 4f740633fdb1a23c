/**
 * Limits of signalling that can be seen to bite: each is where it is enforced,
 * with its number and its reason; this is how often that happened.
 */
export const LIMITS = [
  /** `MAX_PENDING` of token actions. */
  "tokenActions",
] as const;

/** The name of a limit. */
export type Limit = typeof LIMITS[number];

/** How often each limit has refused something. */
export class LimitCounts {
  readonly #counts = new Map<Limit, number>(LIMITS.map((limit) => [limit, 0]));

  /** Counts what one turn has refused. */
  add(refused: readonly Limit[]): void {
    for (const limit of refused) {
      this.#counts.set(limit, (this.#counts.get(limit) ?? 0) + 1);
    }
  }

  /** The numbers so far. */
  get snapshot(): Readonly<Partial<Record<Limit, number>>> {
    return Object.fromEntries(this.#counts);
  }
}
