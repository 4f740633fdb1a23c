/** User and system time that a process has had so far, in two ways. */
export interface CpuReading {
  /** Of each thread that there is, in seconds: as precise as the scheduler. */
  readonly threads: ReadonlyMap<string, number>;
  /** Of all that there ever were, in seconds: in steps of 10 ms. */
  readonly whole: number;
}

/** Reads it. */
export function readCpu(pid: number): CpuReading {
  const threads = new Map<string, number>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    const path = `/proc/${pid}/task/${name}/schedstat`;
    try {
      const [nanoseconds] = Deno.readTextFileSync(path).split(" ");
      threads.set(name, Number(nanoseconds) / 1e9);
    } catch (error) {
      // It has ended in between.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  // What follows the name, which may hold anything, up to a bracket.
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`)
    .split(") ").at(-1)!.split(" ");
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return { threads, whole: (user + system) / TICKS_PER_SECOND };
}

/** What a process has had between two readings, ended threads included. */
export function cpuBetween(before: CpuReading, after: CpuReading): number {
  let seconds = 0;
  for (const [name, time] of after.threads) {
    seconds += time - (before.threads.get(name) ?? 0);
  }
  const ended = [...before.threads.keys()]
    .some((name) => !after.threads.has(name));
  return ended ? Math.max(seconds, after.whole - before.whole) : seconds;
}

/** `sysconf(_SC_CLK_TCK)`, on every machine that Linux runs on. */
const TICKS_PER_SECOND = 100;

/** Memory that is the process's own and in RAM, in bytes. */
export function privateBytes(pid: number): number {
  const text = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
  const parts = [...text.matchAll(/^(?:Private_\w+|Swap): +(\d+) kB$/gm)];
  return parts.reduce((sum, [, kib]) => sum + Number(kib) * 1_024, 0);
}

/** The processes that a process has started, and those in turn. */
export function descendants(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  const children = Deno.readTextFileSync(path).split(" ").filter(Boolean);
  return children.map(Number).flatMap((
    child,
  ) => [child, ...descendants(child)]);
}
