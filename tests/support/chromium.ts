import type { Browser } from "playwright-core";
import { requireProgram } from "./required_programs.ts";

/** Fake devices, loopback candidates, and nothing that calls home. */
const FLAGS = [
  "--allow-loopback-in-peer-connection",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream=fps=30",
  "--autoplay-policy=no-user-gesture-required",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-gpu",
  "--no-sandbox",
  // Several pages of one test share a browser; all of them shall draw.
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
  "--disable-background-timer-throttling",
];

/** How a Chromium differs from the usual one. */
export interface ChromiumOptions {
  /** A film that its camera shows over and over, instead of a test picture. */
  readonly film?: string;
  /** A WAVE file that its microphone hears over and over, instead of beeps. */
  readonly sound?: string;
}

/**
 * Starts a headless Chromium of the system's, with a fake camera and
 * microphone. The caller closes it.
 *
 * @throws {Error} if there is none, with what to install
 */
export async function openChromium(
  { film, sound }: ChromiumOptions = {},
): Promise<Browser> {
  // When it is loaded, Playwright looks for Windows in /proc/sys, which Deno
  // shows only to programs that may do everything; so it does not look.
  Deno.env.set("__IS_WSL_TEST__", "1");
  const { chromium } = await import("playwright-core");
  return await chromium.launch({
    executablePath: requireProgram("chromium"),
    headless: true,
    args: [
      ...FLAGS,
      ...film === undefined
        ? []
        : [`--use-file-for-fake-video-capture=${film}`],
      ...sound === undefined
        ? []
        : [`--use-file-for-fake-audio-capture=${sound}`],
    ],
    // Whoever is interrupted closes it, among other things.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}
