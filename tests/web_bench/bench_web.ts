/**
 * `deno task bench:web`: what the web client costs a browser. See
 * `docs/performance.md`. What goes on is told on standard error; the last line
 * of standard output is one JSON object, {@linkcode Figures}.
 *
 * @module
 */
import type { Browser, Page } from "playwright-core";
import { CallPage } from "../support/call_page.ts";
import { openChromium } from "../support/chromium.ts";
import { TestServer } from "../support/server.ts";
import { OPEN_GROUP } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";
import { measureFirstLoad, measurePromptness } from "./first_load.ts";
import { measureDrawing } from "./drawing.ts";
import {
  type EffectCost,
  type EffectName,
  measureEffects,
} from "./effects_cost.ts";
import { measureMainThread } from "./main_thread.ts";
import {
  FILM_FRAMES_PER_SECOND,
  recordMedia,
} from "../support/recorded_media.ts";
import { RecordedPublishers } from "../support/recorded_publishers.ts";

/** What the benchmark prints. */
interface Figures {
  /** All that a group's page loads first, as the server sends it. */
  readonly firstLoadBytes: number;
  /** Medians of several loads, with a processor four times as slow. */
  readonly interactiveMs: number;
  /** The best of them: what other work on the machine has disturbed least. */
  readonly interactiveBestMs: number;
  readonly loadLongestTaskMs: number;
  /** With 25 tiles of others: of the time, 0 to 1, and in milliseconds. */
  readonly mainThreadBusy: number;
  readonly mainThreadBusyOnProcessor: number;
  readonly longestTaskMs: number;
  readonly longestTaskOnProcessorMs: number;
  /** Pictures that all tiles together showed each second, and were sent. */
  readonly framesPerSecond: number;
  readonly framesPerSecondSent: number;
  /** While fifty tiles are scrolled to and fro on a phone's screen. */
  readonly scrollBusy: number;
  readonly scrollLongestTaskMs: number;
  readonly scrollLongestTaskOnProcessorMs: number;
  /** Pictures that the page drew each second, and the longest time without one. */
  readonly scrollFramesPerSecond: number;
  readonly scrollLongestFrameMs: number;
  /** What the camera's picture costs, by what is done to it. */
  readonly effects: Readonly<Record<EffectName, EffectCost>>;
}

const SLOW_DOWN = 4;
const LOADS = 7;
const TILES = 25;
const WATCH_MS = 15_000;
const DESK = { width: 1440, height: 900 };
/** More than fit on a phone. */
const SCROLLED_TILES = 50;
const PHONE = { width: 390, height: 844 };
/** Turns of a wheel, each by so many pixels. */
const SCROLL_STEPS = 60;
const SCROLL_PX = 100;
/** Tiles of a phone's page that are in sight or near it. */
const MOST_SEEN = 10;

async function main(): Promise<Figures> {
  await using server = await TestServer.start({
    groups: { maths: OPEN_GROUP },
  });
  const browser = await openChromium();
  try {
    const url = `${server.http}/group/maths/`;
    const load = await measureLoads(browser, url);
    const tiles = await measureTiles(browser, server);
    const scroll = await measureScroll(browser, server);
    const effects = await measureEffects(browser, url);
    return { ...load, ...tiles, ...scroll, effects };
  } finally {
    await browser.close();
  }
}

async function measureLoads(browser: Browser, url: string) {
  const { bytes, requests } = await measureFirstLoad(browser, url);
  say(`the page loads ${bytes} bytes first, by ${requests} requests`);
  const loads = [];
  for (let at = 0; at < LOADS; at++) {
    const load = await measurePromptness(browser, url, SLOW_DOWN);
    say(`load ${at + 1}: ${JSON.stringify(load)}`);
    loads.push(load);
  }
  return {
    firstLoadBytes: bytes,
    interactiveMs: Math.round(median(loads.map((load) => load.interactiveMs))),
    interactiveBestMs: Math.round(
      Math.min(...loads.map((load) => load.interactiveMs)),
    ),
    loadLongestTaskMs: Math.round(
      median(loads.map((load) => load.longestTaskMs)),
    ),
  };
}

async function measureTiles(browser: Browser, server: TestServer) {
  await using call = await openCall(browser, server, DESK, TILES);
  const { page } = call;
  await hasPictures(page, TILES);
  // What comes of joining is over then.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const before = await framesOf(page);
  const startMs = performance.now();
  const thread = await measureMainThread(
    page,
    () => new Promise((resolve) => setTimeout(resolve, WATCH_MS)),
  );
  const frames = await framesOf(page) - before;
  const seconds = (performance.now() - startMs) / 1_000;
  return {
    mainThreadBusy: round(thread.busy),
    mainThreadBusyOnProcessor: round(thread.busyOnProcessor),
    longestTaskMs: round(thread.longestTaskMs),
    longestTaskOnProcessorMs: round(thread.longestOnProcessorMs),
    framesPerSecond: Math.round(frames / seconds),
    framesPerSecondSent: TILES * FILM_FRAMES_PER_SECOND,
  };
}

async function measureScroll(browser: Browser, server: TestServer) {
  await using call = await openCall(browser, server, PHONE, SCROLLED_TILES);
  const { page } = call;
  await hasPictures(page, 1);
  await page.mouse.move(PHONE.width / 2, PHONE.height / 3);
  const thread = await measureMainThread(page, () => scroll(page));
  // Once more when nothing but the scrolling is to be done.
  await hasPictures(page, MOST_SEEN);
  const drawn = await measureDrawing(page, () => scroll(page));
  return {
    scrollFramesPerSecond: Math.round(drawn.framesPerSecond),
    scrollLongestFrameMs: Math.round(drawn.longestFrameMs),
    scrollBusy: round(thread.busy),
    scrollLongestTaskMs: round(thread.longestTaskMs),
    scrollLongestTaskOnProcessorMs: round(thread.longestOnProcessorMs),
  };
}

async function scroll(page: Page): Promise<void> {
  for (let step = 0; step < SCROLL_STEPS; step++) {
    const down = step < SCROLL_STEPS / 2;
    await page.mouse.wheel(0, down ? SCROLL_PX : -SCROLL_PX);
  }
}

/** A page in a call with so many others. */
interface WatchedCall extends AsyncDisposable {
  readonly page: Page;
}

async function openCall(
  browser: Browser,
  server: TestServer,
  viewport: { readonly width: number; readonly height: number },
  count: number,
): Promise<WatchedCall> {
  const context = await browser.newContext({ viewport, locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(server.http);
  const publishers = await RecordedPublishers.open({
    http: server.http,
    mediaPort: server.media,
    group: "maths",
    count,
    media: await recordMedia(page),
  });
  await page.addInitScript(() => {
    localStorage.setItem(
      "nereid.preferences",
      JSON.stringify({ start: "nothing" }),
    );
  });
  await new CallPage(page, "Viewer").join(`${server.http}/group/maths/`);
  await waitFor(
    `${count} tiles`,
    () => page.locator('[data-testid="tile"]').count(),
    (tiles) => tiles === count,
  );
  say(`${count} tiles are there`);
  return {
    page,
    async [Symbol.asyncDispose]() {
      publishers[Symbol.dispose]();
      await context.close();
    },
  };
}

async function hasPictures(page: Page, least: number): Promise<void> {
  await waitFor(
    `${least} tiles with a picture`,
    () => page.locator('[data-testid="tile"][data-picture]').count(),
    (count) => count >= least,
  );
}

/** How many pictures the page has shown. */
function framesOf(page: Page): Promise<number> {
  return page.evaluate(() =>
    [...document.querySelectorAll("video")].reduce(
      (sum, video) => sum + video.getVideoPlaybackQuality().totalVideoFrames,
      0,
    )
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

function say(line: string): void {
  console.error(`bench:web: ${line}`);
}

if (import.meta.main) {
  console.log(JSON.stringify(await main()));
  Deno.exit(0);
}
