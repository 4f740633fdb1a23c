/// <reference lib="dom" />
import type { Page } from "playwright-core";

/** What pages load when an effect is chosen, and not before. */
const PARTS = /picture_worker|segmenter|rnnoise|picture_pipeline/;

/** Notes what a page loads of effects, and how often it negotiates. */
export async function watchEffects(page: Page): Promise<string[]> {
  const loaded: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (PARTS.test(pathname)) loaded.push(pathname);
  });
  await page.addInitScript(() => {
    Object.assign(globalThis, { negotiations: 0 });
    RTCPeerConnection = class extends RTCPeerConnection {
      override setLocalDescription(description?: unknown): Promise<void> {
        (globalThis as unknown as { negotiations: number }).negotiations++;
        return super.setLocalDescription(
          description as RTCLocalSessionDescriptionInit,
        );
      }
    };
  });
  return loaded;
}

/** How often the page has negotiated. */
export function negotiations(page: Page): Promise<number> {
  return page.evaluate(() =>
    (globalThis as unknown as { negotiations: number }).negotiations
  );
}
