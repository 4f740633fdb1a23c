import type { WallTime } from "../lib/time.ts";
import type { ChatHistoryEntry } from "../protocol/server_message.ts";

/** How many messages are kept. */
const MAX_ENTRIES = 50;

/**
 * How many UTF-16 units of JSON the kept messages may have together. A message
 * may have a megabyte; without this limit a group could make the server keep
 * fifty of them. Lower forgets long messages sooner.
 */
const MAX_LENGTH = 1 << 18;

interface Kept {
  readonly entry: ChatHistoryEntry;
  readonly at: WallTime;
  readonly length: number;
}

/** What was said in a group, for those who come later. */
export class ChatHistory {
  #kept: Kept[] = [];

  /** How many messages are kept. */
  get size(): number {
    return this.#kept.length;
  }

  /** Keeps a message; the oldest ones make room for it. */
  add(entry: ChatHistoryEntry, at: WallTime): void {
    const length = JSON.stringify(entry).length;
    if (length > MAX_LENGTH) return;
    this.#kept.push({ entry, at, length });
    let total = this.#kept.reduce((sum, kept) => sum + kept.length, 0);
    while (this.#kept.length > MAX_ENTRIES || total > MAX_LENGTH) {
      total -= this.#kept.shift()?.length ?? total;
    }
  }

  /** Forgets what is older than `maxAgeMs` and returns the rest, oldest first. */
  recent(now: WallTime, maxAgeMs: number): readonly ChatHistoryEntry[] {
    this.#kept = this.#kept.filter(({ at }) => now - at <= maxAgeMs);
    return this.#kept.map(({ entry }) => entry);
  }

  /** Forgets everything, or what one client said, or one message of that client's. */
  clear(source: string | undefined, id: string | undefined): void {
    this.#kept = this.#kept.filter(({ entry }) =>
      source !== undefined && (entry.source !== source ||
        (id !== undefined && entry.id !== id))
    );
  }
}
