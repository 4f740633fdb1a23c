/// <reference lib="dom" />
import type { ProbeReport, TileReport } from "./media_probe.ts";
import { waitFor } from "./wait_for.ts";

/** What a {@linkcode CallPage} uses of a browser's page: Playwright's or Puppeteer's. */
export interface BrowserPage {
  goto(url: string): Promise<unknown>;
  click(selector: string): Promise<void>;
  focus(selector: string): Promise<void>;
  /** Of the browser's pages, shows this one. */
  bringToFront(): Promise<void>;
  readonly keyboard: { type(text: string): Promise<void> };
  evaluate<T>(run: () => T | Promise<T>): Promise<T>;
  evaluate<T, A>(run: (argument: A) => T | Promise<T>, argument: A): Promise<T>;
}

/** A group's page in a browser, used by its controls as a person would. */
export class CallPage {
  /** The browser's page, for what is not here. */
  readonly page: BrowserPage;
  readonly username: string;

  /** Opens nothing yet. The page's browser stays the caller's. */
  constructor(page: BrowserPage, username: string) {
    this.page = page;
    this.username = username;
  }

  /** Opens a link, gives a name and joins; is in the call then. */
  async join(link: string, password?: string): Promise<void> {
    await this.page.goto(link);
    await this.#appears('[data-testid="join-name"]');
    await this.#fill('[data-testid="join-name"]', this.username);
    if (password !== undefined) {
      await this.#fill('[data-testid="join-password"]', password);
    }
    await this.page.click('[data-testid="join-button"]');
    await this.#appears('[data-testid="leave"]');
  }

  /** Leaves the call. */
  async leave(): Promise<void> {
    await this.page.click('[data-testid="leave"]');
  }

  /** Clicks the control with that test id. */
  async press(testId: string): Promise<void> {
    await this.page.click(`[data-testid="${testId}"]`);
  }

  /** Says something in the chat, whose panel is opened if need be. */
  async say(text: string): Promise<void> {
    if (await this.#count('[data-testid="chat-input"]') === 0) {
      await this.press("open-chat");
    }
    await this.#appears('[data-testid="chat-input"]');
    await this.page.focus('[data-testid="chat-input"]');
    await this.page.keyboard.type(`${text}\n`);
  }

  /** The text of the element with that test id; empty if there is none. */
  async text(testId: string): Promise<string> {
    return await this.page.evaluate(
      (selector) => document.querySelector(selector)?.textContent ?? "",
      `[data-testid="${testId}"]`,
    );
  }

  /** The names of those who are there, from the list of people, in order. */
  async people(): Promise<string[]> {
    if (await this.#count('[data-testid="people-list"]') === 0) {
      await this.press("open-people");
    }
    await this.#appears('[data-testid="people-list"]');
    return await this.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[data-testid="person"]')]
        .map(({ dataset }) => dataset["username"] ?? "")
    );
  }

  /** Does something about somebody, by the list of people and its menu. */
  async act(username: string, action: string): Promise<void> {
    await this.people();
    await this.page.click(
      `[data-testid="person"][data-username="${username}"] button`,
    );
    await waitFor(
      `the action “${action}” on ${this.username}'s page`,
      () =>
        this.page.evaluate((label) => {
          const button = [...document.querySelectorAll("button")]
            .find(({ textContent }) => textContent === label);
          button?.click();
          return button !== undefined;
        }, action),
      (done) => done,
    );
  }

  /** Chooses an item of the menu that is open. */
  async choose(label: string): Promise<void> {
    await waitFor(
      `the item “${label}” on ${this.username}'s page`,
      () =>
        this.page.evaluate((label) => {
          const item = [...document.querySelectorAll("button")]
            .find(({ textContent }) => textContent === label);
          item?.click();
          return item !== undefined;
        }, label),
      (done) => done,
    );
  }

  /** Waits until the page says that the call is recorded, or that it is not. */
  async showsRecording(isRecorded: boolean): Promise<void> {
    await waitFor(
      `the mark of a recording on ${this.username}'s page`,
      () => this.#count('[data-testid="recording"]'),
      (count) => (count > 0) === isRecorded,
    );
  }

  /** Chooses the camera's quality: the flow is replaced by a new one. */
  async chooseQuality(quality: "low" | "normal" | "high"): Promise<void> {
    await this.press("open-more");
    await this.#appears('[data-testid="open-settings"]');
    await this.press("open-settings");
    await this.#appears('[data-testid="camera-quality"]');
    await this.page.evaluate((value) => {
      const select = document.querySelector<HTMLSelectElement>(
        '[data-testid="camera-quality"]',
      );
      if (select === null) throw new Error("there is no choice of quality");
      select.value = value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }, quality);
    await this.page.evaluate(() => {
      document.querySelector<HTMLDialogElement>('[data-testid="settings"]')
        ?.close();
    });
  }

  /** What the page's probe has seen. */
  async report(): Promise<ProbeReport> {
    return await this.page.evaluate(() => {
      const probe = globalThis.nereidProbe;
      if (probe === undefined) throw new Error("the page has no probe");
      return probe.report();
    });
  }

  /** Waits until the tile of somebody else's camera shows pictures. */
  async sees(username: string): Promise<TileReport> {
    const report = await waitFor(
      `${this.username} to see ${username}`,
      () => this.report(),
      ({ tiles }) => (tileOf(tiles, username)?.framesMs.length ?? 0) > 1,
    );
    const tile = tileOf(report.tiles, username);
    if (tile === undefined) throw new Error(`${username}'s tile is gone`);
    return tile;
  }

  /**
   * Waits until a flow was replaced: since that report another peer was made,
   * and there are no more of them than there were.
   */
  async settlesAfter(before: ProbeReport): Promise<ProbeReport> {
    return await waitFor(
      `a replaced flow at ${this.username}'s`,
      () => this.report(),
      ({ peersMade, openPeers }) =>
        // How long both are open is the browser's affair, and can be a moment.
        peersMade > before.peersMade && openPeers === before.openPeers,
    );
  }

  /** Waits until the tile shows pictures that came after that time of the page's. */
  async seesAfter(username: string, timeMs: number): Promise<TileReport> {
    const { tiles } = await waitFor(
      `${this.username} to see ${username} again`,
      () => this.report(),
      ({ tiles }) =>
        (tileOf(tiles, username)?.framesMs.at(-1) ?? -Infinity) > timeMs,
    );
    const tile = tileOf(tiles, username);
    if (tile === undefined) throw new Error(`${username}'s tile is gone`);
    return tile;
  }

  /** Waits until there is no tile of that person. */
  async misses(username: string): Promise<void> {
    await waitFor(
      `${username} to disappear from ${this.username}'s page`,
      () => this.report(),
      ({ tiles }) => tileOf(tiles, username) === undefined,
    );
  }

  async #appears(selector: string): Promise<void> {
    await waitFor(
      `${selector} on ${this.username}'s page`,
      () => this.#count(selector),
      (count) => count > 0,
    );
  }

  async #count(selector: string): Promise<number> {
    return await this.page.evaluate(
      (selector) => document.querySelectorAll(selector).length,
      selector,
    );
  }

  /** Types a text in place of what is there. */
  async #fill(selector: string, text: string): Promise<void> {
    await this.page.evaluate((selector) => {
      document.querySelector<HTMLInputElement>(selector)?.select();
    }, selector);
    await this.page.focus(selector);
    await this.page.keyboard.type(text);
  }
}

/** Somebody else's tile among those of a page. */
export function tileOf(
  tiles: readonly TileReport[],
  username: string,
): TileReport | undefined {
  return tiles.find((tile) => !tile.own && tile.username === username);
}
