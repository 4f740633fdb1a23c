/// <reference lib="dom" />
import type { Page } from "playwright-core";

/** How evenly a page draws. */
export interface Drawing {
  readonly framesPerSecond: number;
  /** The longest time between two frames, in milliseconds. */
  readonly longestFrameMs: number;
}

/** Notes when the page draws while `run` runs. */
export async function measureDrawing(
  page: Page,
  run: () => Promise<void>,
): Promise<Drawing> {
  await page.evaluate(() => {
    const times: number[] = [];
    const drawing = { times, over: false };
    Object.assign(globalThis, { drawing });
    const note = (timeMs: number) => {
      times.push(timeMs);
      if (!drawing.over) requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  await run();
  const times = await page.evaluate(() => {
    const { drawing } = globalThis as unknown as {
      drawing: { times: number[]; over: boolean };
    };
    drawing.over = true;
    return drawing.times;
  });
  const gaps = times.slice(1).map((timeMs, at) => timeMs - (times[at] ?? 0));
  const elapsedMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return {
    framesPerSecond: gaps.length / elapsedMs * 1_000,
    longestFrameMs: Math.max(0, ...gaps),
  };
}
