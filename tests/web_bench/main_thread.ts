import type { Page } from "playwright-core";

/** What a page's main thread did in a while. */
export interface MainThread {
  /** Of the time, 0 to 1: in tasks, whether or not the processor was given. */
  readonly busy: number;
  /** Of the time, 0 to 1: on a processor. */
  readonly busyOnProcessor: number;
  /** The longest task from its begin to its end, in milliseconds. */
  readonly longestTaskMs: number;
  /** Of any task, the longest time on a processor. */
  readonly longestOnProcessorMs: number;
}

/** The fields of trace events that are read; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Has a trace of every task made while `run` runs, and sums it up. */
export async function measureMainThread(
  page: Page,
  run: () => Promise<void>,
): Promise<MainThread> {
  const browser = page.context().browser();
  if (browser === null) throw new Error("The page has no browser");
  await browser.startTracing(page, {
    categories: ["disabled-by-default-devtools.timeline"],
  });
  const startMs = performance.now();
  await run();
  const elapsedMs = performance.now() - startMs;
  const trace = new TextDecoder().decode(await browser.stopTracing());
  const { traceEvents } = JSON.parse(trace) as { traceEvents: TraceEvent[] };
  return sumUp(tasksOf(traceEvents), elapsedMs);
}

/** The tasks of the busiest page, which is the one that shows something. */
function tasksOf(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const threads = events.filter(({ name, args }) =>
    name === "thread_name" && args?.name === "CrRendererMain"
  );
  const perThread = threads.map(({ pid, tid }) =>
    events.filter((event) =>
      event.pid === pid && event.tid === tid && event.ph === "X" &&
      event.name === "RunTask"
    )
  );
  return perThread.toSorted((a, b) => b.length - a.length)[0] ?? [];
}

function sumUp(tasks: readonly TraceEvent[], elapsedMs: number): MainThread {
  const wallMs = tasks.map(({ dur = 0 }) => dur / 1_000);
  const onProcessorMs = tasks.map(({ tdur = 0 }) => tdur / 1_000);
  const sum = (values: readonly number[]) =>
    values.reduce((total, value) => total + value, 0);
  return {
    busy: sum(wallMs) / elapsedMs,
    busyOnProcessor: sum(onProcessorMs) / elapsedMs,
    longestTaskMs: Math.max(0, ...wallMs),
    longestOnProcessorMs: Math.max(0, ...onProcessorMs),
  };
}
