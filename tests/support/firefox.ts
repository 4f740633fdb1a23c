import puppeteer, { type Browser } from "puppeteer-core";
import { requireProgram } from "./required_programs.ts";

/** Fake devices without questions, real addresses, no start pages. */
const PREFERENCES = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "media.autoplay.default": 0,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
};

/**
 * Starts a headless Firefox of the system's, with a fake camera and microphone.
 * It finds no way to a server on a loopback address: see `private_network.ts`.
 * The caller closes it.
 *
 * @throws {Error} if there is none, with what to install
 */
export async function openFirefox(): Promise<Browser> {
  return await puppeteer.launch({
    browser: "firefox",
    executablePath: requireProgram("firefox-esr"),
    headless: true,
    extraPrefsFirefox: PREFERENCES,
  });
}
