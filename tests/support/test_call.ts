import type { Browser, BrowserContextOptions } from "playwright-core";
import { CallPage } from "./call_page.ts";
import { openChromium } from "./chromium.ts";
import { installProbe } from "./media_probe.ts";
import { type ServerOptions, TestServer } from "./server.ts";
import { filmOf, type Sitter } from "./test_camera.ts";

/** A group in which everybody may present, and `olga` is the operator. */
export const OPEN_GROUP = {
  displayName: "Maths 101",
  users: { olga: { password: "secret", permissions: "op" } },
  "wildcard-user": { password: { type: "wildcard" }, permissions: "present" },
} as const;

/** How somebody's browser differs from the usual one. */
export interface PersonOptions extends BrowserContextOptions {
  /** Who sits before the camera; without, it shows a test picture, in 720p. */
  readonly sitter?: Sitter;
}

/** A server and people who use it, each with a browser of their own. */
export class TestCall implements AsyncDisposable {
  readonly server: TestServer;
  readonly #folder: string;
  readonly #browsers: Browser[] = [];
  readonly #messages: string[] = [];

  private constructor(server: TestServer, folder: string) {
    this.server = server;
    this.#folder = folder;
  }

  /** Starts the server. The caller stops it all. */
  static async start(options: ServerOptions = {}): Promise<TestCall> {
    const server = await TestServer.start(options);
    const folder = await Deno.makeTempDir({ prefix: "nereid-films-" });
    return new TestCall(server, folder);
  }

  /** A page in a new Chromium; nothing is opened in it yet. */
  async newPage(
    username: string,
    { sitter, ...options }: PersonOptions = {},
  ): Promise<CallPage> {
    const browser = await openChromium(
      sitter && { film: await this.#film(username, sitter) },
    );
    this.#browsers.push(browser);
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      ignoreHTTPSErrors: true,
      ...options,
    });
    await context.addInitScript(installProbe);
    const page = await context.newPage();
    page.on("console", (message) => this.#note(username, message.text()));
    page.on("pageerror", (error) => this.#note(username, String(error)));
    return new CallPage(page, username);
  }

  /** Somebody who has joined the group `maths`. */
  async enter(
    username: string,
    { password, ...options }: PersonOptions & { password?: string } = {},
  ): Promise<CallPage> {
    const page = await this.newPage(username, options);
    await page.join(`${this.server.http}/group/maths/`, password);
    return page;
  }

  /** What was printed by the server and written to the pages' consoles. */
  log(): string {
    return [this.server.log(), ...this.#messages].join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const browser of this.#browsers) await browser.close();
    await this.server.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #film(username: string, sitter: Sitter): Promise<string> {
    const path = `${this.#folder}/${username}.y4m`;
    await Deno.writeFile(path, filmOf(sitter));
    return path;
  }

  #note(username: string, text: string): void {
    this.#messages.push(`${username}: ${text}`);
  }
}

/**
 * A test with a server of its own, of which one learns more if it fails.
 *
 * @param options by default, a group `maths` as in {@linkcode OPEN_GROUP}
 */
export function testCall(
  name: string,
  run: (call: TestCall) => Promise<void>,
  options: ServerOptions = { groups: { maths: OPEN_GROUP } },
): void {
  Deno.test(name, async () => {
    await using call = await TestCall.start(options);
    try {
      await run(call);
    } catch (error) {
      console.error(call.log());
      throw error;
    }
  });
}
