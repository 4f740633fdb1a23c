import type { Instant } from "../lib/time.ts";
import type { Limits } from "./limits.ts";

/** Who tries to get in where. */
export interface LoginKey {
  /** An IPv4 address or IPv6 /64 network; empty: this machine, or a proxy. */
  readonly network: string;
  /** Empty: the administrative interface. */
  readonly group: string;
  readonly username: string;
}

/**
 * How long somebody has to pause, in milliseconds. Lower lets passwords be
 * guessed faster; higher punishes longer who has mistyped.
 */
export const PAUSE_MS = 60_000;

/** After how long without a failure all is forgotten, in milliseconds. */
const MEMORY_MS = 600_000;

/** How many names and networks are remembered; the oldest are forgotten. */
const MAX_ENTRIES = 10_000;

interface Entry {
  count: number;
  lastAt: Instant;
}

/**
 * Remembers wrong passwords, so that nobody can go on guessing. By name within
 * a group and network, so that a whole school behind one address is not locked
 * out by one pupil; and by network, so that trying one password on many names
 * ends, too. Pure: time is an argument.
 */
export class FailedLogins {
  readonly #entries = new Map<string, Entry>();

  /** Whether somebody has to pause now. */
  isBlocked(key: LoginKey, limits: Limits, now: Instant): boolean {
    return this.#isOver(toName(key), limits.failedLogins, now) ||
      (key.network !== "" &&
        this.#isOver(key.network, limits.failedLoginsPerAddress, now));
  }

  /** A password was wrong. */
  fail(key: LoginKey, now: Instant): void {
    this.#add(toName(key), now);
    if (key.network !== "") this.#add(key.network, now);
  }

  /** A password was right: nothing is held against this name any more. */
  succeed(key: LoginKey): void {
    this.#entries.delete(toName(key));
  }

  #isOver(name: string, limit: number, now: Instant): boolean {
    const entry = this.#entries.get(name);
    return entry !== undefined && entry.count >= limit &&
      now - entry.lastAt < PAUSE_MS;
  }

  #add(name: string, now: Instant): void {
    const entry = this.#entries.get(name);
    this.#entries.delete(name); // and to the end, as the latest
    const isFresh = entry === undefined || now - entry.lastAt > MEMORY_MS;
    this.#entries.set(name, {
      count: isFresh ? 1 : entry.count + 1,
      lastAt: now,
    });
    if (this.#entries.size <= MAX_ENTRIES) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}

/** No part can hold the separator and pass for another: it is JSON. */
function toName({ network, group, username }: LoginKey): string {
  return JSON.stringify([network, group, username]);
}
