import type { Brand } from "./brand.ts";

/** A moment on a monotonic clock, in milliseconds from an arbitrary start. */
export type Instant = Brand<number, "Instant">;

/** A moment of civil time, in milliseconds since 1970-01-01T00:00:00Z. */
export type WallTime = Brand<number, "WallTime">;

/** Both clocks, read at the rim and handed to pure code. */
export interface Now {
  /** For intervals and deadlines: never goes back. */
  readonly instant: Instant;
  /** For what people and other computers see: may jump. */
  readonly wall: WallTime;
}

/** Reads time. The rim has the real one; tests have one that they set. */
export interface Clock {
  now(): Now;
}

/** The moment `ms` milliseconds after `start`. */
export function after(start: Instant, ms: number): Instant {
  return start + ms as Instant;
}

/** Makes an instant of a number of milliseconds, for tests and clocks. */
export function instantAt(ms: number): Instant {
  return ms as Instant;
}

/** Makes a wall time of a number of milliseconds since 1970. */
export function wallTimeAt(ms: number): WallTime {
  return ms as WallTime;
}
