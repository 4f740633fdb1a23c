/// <reference lib="dom" />
import type { Browser } from "playwright-core";

/** How soon somebody can use the page. */
export interface Promptness {
  /** Until a key that was pressed is in the form, drawn. */
  readonly interactiveMs: number;
  /** Until then, the longest time in which the page could not answer. */
  readonly longestTaskMs: number;
}

/** All that a page has loaded. */
export interface Loaded {
  /** As the server has sent it, heads of answers included. */
  readonly bytes: number;
  readonly requests: number;
}

/**
 * Opens a page in a browser that has never seen it, and waits until nothing more
 * is loaded; nobody touches it.
 */
export async function measureFirstLoad(
  browser: Browser,
  url: string,
): Promise<Loaded> {
  const context = await browser.newContext({ locale: "en-GB" });
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    let bytes = 0;
    let requests = 0;
    devtools.on("Network.loadingFinished", ({ encodedDataLength }) => {
      bytes += encodedDataLength;
      requests += 1;
    });
    await devtools.send("Network.enable");
    await page.goto(url, { waitUntil: "networkidle" });
    return { bytes, requests };
  } finally {
    await context.close();
  }
}

/**
 * Opens a group's page in a browser that has never seen it, and presses a key as
 * soon as there is a field for it, which has the focus by itself.
 *
 * Playwright's own ways of waiting put scripts into the page that take some
 * hundred milliseconds of a slow processor; these do not.
 *
 * @param slowDown how many times as slow as this machine its processor is
 */
export async function measurePromptness(
  browser: Browser,
  url: string,
  slowDown: number,
): Promise<Promptness> {
  const context = await browser.newContext({ locale: "en-GB" });
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowDown });
    const answered = Promise.withResolvers<Promptness>();
    devtools.on("Runtime.bindingCalled", ({ payload }) => {
      const seen = JSON.parse(payload) as Promptness | null;
      if (seen !== null) return answered.resolve(seen);
      page.keyboard.press("a").catch(answered.reject);
    });
    await devtools.send("Runtime.enable");
    await devtools.send("Runtime.addBinding", { name: "nereidSeen" });
    await devtools.send("Page.enable");
    await devtools.send("Page.addScriptToEvaluateOnNewDocument", {
      source: `(${watchField})()`,
    });
    await devtools.send("Page.navigate", { url });
    return await answered.promise;
  } finally {
    await context.close();
  }
}

declare global {
  /** DevTools makes it; what it is given are JSON texts. */
  var nereidSeen: (payload: string) => void;
}

/**
 * Runs in the page before its own scripts. Tells of a field that has the focus
 * by `null`, and of the first key in it by a {@linkcode Promptness}.
 */
function watchField(): void {
  let longestTaskMs = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      longestTaskMs = Math.max(longestTaskMs, duration);
    }
  }).observe({ type: "longtask", buffered: true });
  addEventListener("focusin", () => globalThis.nereidSeen("null"), {
    once: true,
  });
  addEventListener("input", () => {
    // When the page has handled it and has drawn what comes of it.
    requestAnimationFrame(() => {
      setTimeout(() => {
        const interactiveMs = performance.now();
        globalThis.nereidSeen(
          JSON.stringify({ interactiveMs, longestTaskMs }),
        );
      });
    });
  }, { once: true });
}
