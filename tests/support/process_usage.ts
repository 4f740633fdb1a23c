/** What a process has used. */
export interface ProcessUsage {
  /** By all its threads, in user mode and in the kernel. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Clock ticks in a second, as Linux tells them in /proc (proc(5)). */
const TICKS_PER_SECOND = 100;

const PAGE_BYTES = 4_096;

/**
 * Reads what a process has used, on Linux.
 *
 * @throws {Deno.errors.NotFound} if there is no such process
 */
export async function readUsage(pid: number): Promise<ProcessUsage> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // After the name, which may have blanks and brackets in it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return {
    cpuSeconds: ticks / TICKS_PER_SECOND,
    residentBytes: Number(fields[21]) * PAGE_BYTES,
  };
}

/** The one child of a process. @throws {Error} if there is not exactly one */
export async function onlyChildOf(pid: number): Promise<number> {
  const tasks = Deno.readDir(`/proc/${pid}/task`);
  let children = "";
  for await (const { name } of tasks) {
    children += await Deno.readTextFile(
      `/proc/${pid}/task/${name}/children`,
    );
  }
  const pids = children.trim().split(/\s+/).filter((text) => text !== "");
  if (pids.length !== 1) throw new Error(`Process ${pid} has children ${pids}`);
  return Number(pids[0]);
}
