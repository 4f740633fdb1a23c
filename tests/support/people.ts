import type { Browser, BrowserContextOptions } from "playwright-core";
import { CallPage } from "./call_page.ts";
import { openChromium } from "./chromium.ts";
import { type MediaRoute, routeMedia } from "./link_relay.ts";
import { installProbe } from "./media_probe.ts";
import { noise } from "./test_noise.ts";
import { filmOf, type Sitter } from "./test_camera.ts";

/** How somebody's browser differs from the usual one. */
export interface PersonOptions extends BrowserContextOptions {
  /** Who sits before the camera; without, it shows a test picture, in 720p. */
  readonly sitter?: Sitter;
  /** Whether the microphone hears a loud fan instead of beeps. */
  readonly noisy?: boolean;
  /** Where media is reached instead of at the server's own port. */
  readonly route?: MediaRoute;
  /** How much of the uplink the camera may take, as the settings name it. */
  readonly sends?: "unlimited";
  /** In which sizes the camera is sent, as the settings name it. */
  readonly simulcast?: "on" | "off" | "layers";
}

/** People, each with a browser of their own, whatever server they go to. */
export class People implements AsyncDisposable {
  readonly #folder: string;
  readonly #browsers: Browser[] = [];
  readonly #messages: string[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Nobody yet. The caller disposes of them all. */
  static async gather(): Promise<People> {
    return new People(await Deno.makeTempDir({ prefix: "nereid-films-" }));
  }

  /** A page in a new Chromium; nothing is opened in it yet. */
  async newPage(
    username: string,
    { sitter, noisy = false, route, sends, simulcast, ...options }:
      PersonOptions = {},
  ): Promise<CallPage> {
    const browser = await openChromium(
      {
        ...sitter && { film: await this.#film(username, sitter) },
        ...noisy && { sound: await this.#noise(username) },
      },
    );
    this.#browsers.push(browser);
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      ignoreHTTPSErrors: true,
      ...options,
    });
    if (sends !== undefined || simulcast !== undefined) {
      await context.addInitScript((preferences) => {
        localStorage.setItem("nereid.preferences", JSON.stringify(preferences));
      }, { send: sends, simulcast });
    }
    if (route) await context.addInitScript(routeMedia, route);
    await context.addInitScript(installProbe);
    const page = await context.newPage();
    page.on("console", (message) => this.#note(username, message.text()));
    page.on("pageerror", (error) => this.#note(username, String(error)));
    return new CallPage(page, username);
  }

  /** What was written to the pages' consoles. */
  log(): string {
    return this.#messages.join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const browser of this.#browsers) await browser.close();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #film(username: string, sitter: Sitter): Promise<string> {
    const path = `${this.#folder}/${username}.y4m`;
    await Deno.writeFile(path, filmOf(sitter));
    return path;
  }

  async #noise(username: string): Promise<string> {
    const path = `${this.#folder}/${username}.wav`;
    await Deno.writeFile(path, noise());
    return path;
  }

  #note(username: string, text: string): void {
    this.#messages.push(`${username}: ${text}`);
  }
}
