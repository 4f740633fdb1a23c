import type { Limit } from "./limits.ts";

/** How much there is of everything. */
export interface RouterCounts {
  readonly sessions: number;
  readonly flows: number;
  readonly subscriptions: number;
  /** In memory, empty ones included. */
  readonly groups: number;
  /** Token actions that wait for their answer. */
  readonly tokenActions: number;
  /** How often each limit has refused something since the start. */
  readonly refused: Readonly<Partial<Record<Limit, number>>>;
}
