import { type Clock, instantAt, wallTimeAt } from "./lib/time.ts";

/** The real time: the process's monotonic clock and the system's civil one. */
export function createSystemClock(): Clock {
  return {
    now: () => ({
      instant: instantAt(performance.now()),
      wall: wallTimeAt(Date.now()),
    }),
  };
}
