/// <reference lib="dom" />
import type { BrowserPage } from "./call_page.ts";

/** Brightness of parts of a picture, from 0 to 255. */
export interface PictureReport {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Where a face is. */
  readonly face: number;
  /** How much neighbours differ in the middle half: little if it is blurred. */
  readonly detail: number;
}

/** Looks at what a `<video>` shows now; `undefined` while it shows nothing. */
export function lookAt(
  page: BrowserPage,
  selector: string,
): Promise<PictureReport | undefined> {
  return page.evaluate((selector) => {
    const video = document.querySelector<HTMLVideoElement>(selector);
    if (video === null || video.videoWidth === 0) return undefined;
    const [width, height] = [160, 90];
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    if (context === null) return undefined;
    context.drawImage(video, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const luma = (x: number, y: number) => {
      const at = 4 * (y * width + x);
      return 0.3 * (data[at] ?? 0) + 0.6 * (data[at + 1] ?? 0) +
        0.1 * (data[at + 2] ?? 0);
    };
    const mean = (
      [x0, y0, x1, y1]: [number, number, number, number],
      of = luma,
    ) => {
      let sum = 0;
      for (let y = y0; y < y1; y++) {
        for (let x = x0; x < x1; x++) sum += of(x, y);
      }
      return sum / ((x1 - x0) * (y1 - y0));
    };
    return {
      left: mean([4, 10, 24, 40]),
      right: mean([136, 10, 156, 40]),
      top: mean([60, 0, 100, 6]),
      bottom: mean([60, 84, 100, 90]),
      face: mean([74, 38, 86, 48]),
      detail: mean(
        [0, 0, width - 1, height - 1],
        (x, y) => Math.abs(luma(x + 1, y) - luma(x, y)),
      ),
    };
  }, selector);
}
