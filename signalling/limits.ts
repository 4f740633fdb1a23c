/**
 * Limits of signalling that can be seen to bite: each is where it is enforced,
 * with its number and its reason; this is how often that happened.
 */
export const LIMITS = [
  /** `MAX_BACKLOG`, `MAX_BACKLOG_LENGTH`: what is said before one is let in. */
  "backlog",
  /** `MAX_VALUE_LENGTH` of chat and user messages. */
  "chatLength",
  /** `MAX_TEXT_LENGTH` of what operators write when they lock and kick. */
  "textLength",
  /** What a member says of itself. */
  "userData",
  /** What operators say of the group. */
  "groupData",
  /** Flows that were not opened; see `ClientLimits`. */
  "flowsPerClient",
  /** Offers that were not read; see `ClientLimits`. */
  "tracksPerFlow",
  /** Flows that were held back; see `ClientLimits`. */
  "unansweredOffers",
  /** `MAX_PENDING` of token actions. */
  "tokenActions",
  /** `MAX_IDLE_GROUPS`: groups without members, forgotten before their time. */
  "idleGroups",
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
