/// <reference lib="dom" />
import type { Browser, CDPSession, Page } from "playwright-core";

/** What an effect costs. */
export interface EffectCost {
  /** Processors that the whole browser keeps busy: 1 is one of them. */
  readonly processors: number;
  /** Pictures a second that come out of it. */
  readonly framesPerSecond: number;
}

/** What is measured, as preferences name it; each is an effect, or none. */
const EFFECTS = {
  none: {},
  turned: { filter: "rotate" },
  blurred: { background: "blur" },
  elsewhere: { background: "night" },
} as const;

/** The names of the effects that are measured. */
export type EffectName = keyof typeof EFFECTS;

const WATCH_MS = 5_000;

/**
 * Shows the camera, in 720p, before joining: with each effect, nothing else is
 * sent, received or drawn.
 *
 * @param url of a group's page
 */
export async function measureEffects(
  browser: Browser,
  url: string,
): Promise<Readonly<Record<EffectName, EffectCost>>> {
  const devtools = await browser.newBrowserCDPSession();
  const costs: Partial<Record<EffectName, EffectCost>> = {};
  for (const [name, preferences] of Object.entries(EFFECTS)) {
    costs[name as EffectName] = await measure(
      browser,
      devtools,
      url,
      preferences,
    );
  }
  await devtools.detach();
  return costs as Record<EffectName, EffectCost>;
}

async function measure(
  browser: Browser,
  devtools: CDPSession,
  url: string,
  preferences: object,
): Promise<EffectCost> {
  const context = await browser.newContext({ locale: "en-GB" });
  try {
    const page = await context.newPage();
    await page.addInitScript((preferences) => {
      localStorage.setItem("nereid.preferences", JSON.stringify(preferences));
    }, preferences);
    await page.goto(url);
    await page.waitForFunction(() =>
      (document.querySelector<HTMLVideoElement>(".preview-picture video")
        ?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 10
    );
    const [cpuBefore, framesBefore] = [
      await cpuSecondsOf(devtools),
      await framesOf(page),
    ];
    const startMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
    const frames = await framesOf(page) - framesBefore;
    const cpuSeconds = await cpuSecondsOf(devtools) - cpuBefore;
    const seconds = (performance.now() - startMs) / 1_000;
    return {
      processors: round(cpuSeconds / seconds),
      framesPerSecond: round(frames / seconds),
    };
  } finally {
    await context.close();
  }
}

/** What all of the browser's processes have used since they began. */
async function cpuSecondsOf(devtools: CDPSession): Promise<number> {
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

function framesOf(page: Page): Promise<number> {
  return page.evaluate(() =>
    document.querySelector<HTMLVideoElement>(".preview-picture video")
      ?.getVideoPlaybackQuality().totalVideoFrames ?? 0
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
