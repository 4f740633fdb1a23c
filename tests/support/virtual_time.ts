import { type Instant, instantAt } from "../../lib/time.ts";

interface Event {
  readonly atMs: number;
  /** Of two events at the same time, the one that was planned first is first. */
  readonly order: number;
  readonly run: () => void;
}

/** Time that passes as fast as what happens in it can be computed. */
export class VirtualTime {
  #nowMs = 0;
  #order = 0;
  /** A heap: no event is before its parent, at half its index. */
  readonly #events: Event[] = [];

  get now(): Instant {
    return instantAt(this.#nowMs);
  }

  /** Plans something, now at the earliest. */
  at(ms: number, run: () => void): void {
    const atMs = Math.max(ms, this.#nowMs);
    let index = this.#events.push({ atMs, order: this.#order++, run }) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  /** Does something again and again, until the end of time. */
  every(intervalMs: number, run: () => void, fromMs = this.#nowMs): void {
    this.at(fromMs, () => {
      run();
      this.every(intervalMs, run, fromMs + intervalMs);
    });
  }

  /** Lets time pass up to a moment, with all that happens before it. */
  runUntil(ms: number): void {
    for (;;) {
      const next = this.#events[0];
      if (next === undefined || next.atMs > ms) break;
      this.#removeFirst();
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = Math.max(this.#nowMs, ms);
  }

  #removeFirst(): void {
    const last = this.#events.pop()!;
    if (this.#events.length === 0) return;
    this.#events[0] = last;
    let index = 0;
    for (;;) {
      let least = index;
      for (const child of [index * 2 + 1, index * 2 + 2]) {
        if (child < this.#events.length && this.#isBefore(child, least)) {
          least = child;
        }
      }
      if (least === index) return;
      this.#swap(index, least);
      index = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const first = this.#events[a]!;
    const second = this.#events[b]!;
    return first.atMs < second.atMs ||
      (first.atMs === second.atMs && first.order < second.order);
  }

  #swap(a: number, b: number): void {
    [this.#events[a], this.#events[b]] = [this.#events[b]!, this.#events[a]!];
  }
}

/** Random numbers from 0 up to 1 that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}
