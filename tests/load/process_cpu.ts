/**
 * User and system time of a process with all the threads that it has, in
 * seconds: as the scheduler counts, in nanoseconds. `/proc/PID/stat` says the
 * same in steps of 10 ms.
 */
export function cpuSeconds(pid: number): number {
  let nanoseconds = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    const path = `/proc/${pid}/task/${name}/schedstat`;
    nanoseconds += Number(Deno.readTextFileSync(path).split(" ")[0]);
  }
  return nanoseconds / 1e9;
}

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
