import type { Environment, Timer } from "./environment.ts";

/** What a {@linkcode Succession} needs to know of a stream. */
export interface Successor {
  readonly id: string;
  readonly localId: string;
  /** Ends it because the stream that replaces it has taken over. */
  retire(): void;
}

/** How long an old stream goes on beside the new one. */
export interface OverlapTimes {
  /** From the moment that the new one works. */
  readonly graceMs: number;
  /** From {@linkcode Succession.startOverlap}, if the new one never works. */
  readonly limitMs: number;
}

/** A new stream's place before the old one's. */
interface Link<S> {
  readonly old: S;
  timer: Timer | undefined;
}

/**
 * The streams of one direction, and which of them takes over from which.
 *
 * Make before break: the old stream goes on until the new one works. So for a
 * moment there are two of one `localId`, or more when replacements come in
 * quick succession; the newest is the one that counts.
 */
export class Succession<S extends Successor> {
  /** All that are open, by id, the oldest first. */
  readonly streams: Record<string, S> = {};
  #links = new Map<S, Link<S>>();
  readonly #environment: Environment;
  readonly #times: OverlapTimes;

  /** The times hold for every replacement. */
  constructor(environment: Environment, times: OverlapTimes) {
    this.#environment = environment;
    this.#times = times;
  }

  /** Adds a stream, which replaces `old` if that is given. */
  add(stream: S, old?: S): void {
    this.streams[stream.id] = stream;
    if (old !== undefined) this.#links.set(stream, { old, timer: undefined });
  }

  /** The newest stream of that `localId`. */
  newest(localId: string): S | undefined {
    return Object.values(this.streams)
      .findLast((stream) => stream.localId === localId);
  }

  /** The stream that `stream` is replacing, if that is still open. */
  predecessor(stream: S): S | undefined {
    return this.#links.get(stream)?.old;
  }

  /** All that `stream` is replacing, directly and indirectly, the newest first. */
  predecessors(stream: S): S[] {
    const old = this.predecessor(stream);
    return old === undefined ? [] : [old, ...this.predecessors(old)];
  }

  /** Whether a newer stream is replacing this one. */
  isReplaced(stream: S): boolean {
    return [...this.#links.values()].some((link) => link.old === stream);
  }

  /** The new stream may take over: the old ones have `limitMs` left at most. */
  startOverlap(stream: S): void {
    this.#retireAfter(stream, this.#times.limitMs);
  }

  /** The new stream works: the old ones have `graceMs` left. */
  delivers(stream: S): void {
    this.#retireAfter(stream, this.#times.graceMs);
  }

  /** A stream has ended: the one that replaces it replaces those before it. */
  remove(stream: S): void {
    delete this.streams[stream.id];
    const own = this.#links.get(stream);
    this.#links.delete(stream);
    if (own?.timer !== undefined) this.#environment.clearTimer(own.timer);
    for (const [successor, link] of this.#links) {
      if (link.old !== stream) continue;
      if (own === undefined) this.#unlink(successor);
      else this.#links.set(successor, { old: own.old, timer: link.timer });
    }
  }

  #unlink(successor: S): void {
    const timer = this.#links.get(successor)?.timer;
    if (timer !== undefined) this.#environment.clearTimer(timer);
    this.#links.delete(successor);
  }

  #retireAfter(stream: S, afterMs: number): void {
    const link = this.#links.get(stream);
    if (link === undefined) return;
    if (link.timer !== undefined) this.#environment.clearTimer(link.timer);
    link.timer = this.#environment.setTimer(() => {
      // The oldest last: each ends while its successor still counts as such.
      for (const old of this.predecessors(stream)) old.retire();
    }, afterMs);
  }
}
