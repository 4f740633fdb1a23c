import type { Browser as Chromium } from "playwright-core";
import type { Browser as Firefox } from "puppeteer-core";
import { CallPage } from "./call_page.ts";
import { openChromium } from "./chromium.ts";
import { openFirefox } from "./firefox.ts";
import { installProbe } from "./media_probe.ts";

/** Alice with Chromium, and Bob with Firefox. */
export class BrowserPair implements AsyncDisposable {
  readonly #chromium: Chromium;
  readonly #firefox: Firefox;

  private constructor(chromium: Chromium, firefox: Firefox) {
    this.#chromium = chromium;
    this.#firefox = firefox;
  }

  /** Starts both, in a network where Firefox finds a way. To be disposed of. */
  static async open(): Promise<BrowserPair> {
    const chromium = await openChromium();
    try {
      return new BrowserPair(chromium, await openFirefox());
    } catch (error) {
      await chromium.close();
      throw error;
    }
  }

  /** A page of each, where nothing is opened yet. */
  async newPages(): Promise<{ alice: CallPage; bob: CallPage }> {
    const context = await this.#chromium.newContext();
    await context.addInitScript(installProbe);
    const alice = new CallPage(await context.newPage(), "alice");
    const page = await this.#firefox.newPage();
    await page.evaluateOnNewDocument(installProbe);
    return { alice, bob: new CallPage(page, "bob") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#firefox.close();
    await this.#chromium.close();
  }
}
