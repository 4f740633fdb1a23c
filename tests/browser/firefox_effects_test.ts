/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { STRINGS } from "../../web/strings.ts";
import { openFirefox } from "../support/firefox.ts";
import { TestServer } from "../support/server.ts";
import { OPEN_GROUP } from "../support/test_call.ts";
import { lookAt } from "../support/tile_picture.ts";
import { waitFor } from "../support/wait_for.ts";

const PREVIEW = ".preview-picture video";

/** Runs something in a new Firefox, before somebody joins. */
async function withPreview(
  preferences: Readonly<Record<string, string>>,
  run: (page: Page) => Promise<void>,
): Promise<void> {
  await using server = await TestServer.start({
    groups: { maths: OPEN_GROUP },
  });
  const firefox = await openFirefox();
  try {
    const page = await firefox.newPage();
    await page.evaluateOnNewDocument((preferences) => {
      localStorage.setItem("nereid.preferences", preferences);
    }, JSON.stringify(preferences));
    await page.goto(`${server.http}/group/maths/`);
    await run(page);
  } finally {
    await firefox.close();
  }
}

/** The name of the device that the preview shows; empty if it was drawn. */
function sourceOf(page: Page): Promise<string | undefined> {
  return page.evaluate((selector) => {
    const video = document.querySelector<HTMLVideoElement>(selector);
    const media = video?.srcObject as MediaStream | null | undefined;
    return media?.getVideoTracks()[0]?.label;
  }, PREVIEW);
}

/** Waits until the preview has shown so many more pictures. */
function seesPictures(page: Page, count: number): Promise<void> {
  return page.evaluate(({ selector, count }) => {
    const video = document.querySelector<HTMLVideoElement>(selector);
    return new Promise<void>((resolve) => {
      let left = count;
      const note = () => {
        if (--left === 0) resolve();
        else video?.requestVideoFrameCallback(note);
      };
      video?.requestVideoFrameCallback(note);
    });
  }, { selector: PREVIEW, count });
}

Deno.test("Firefox turns the camera's picture, and goes on doing so", async () => {
  await withPreview({ filter: "rotate" }, async (page) => {
    const source = await waitFor(
      "the turned picture",
      () => sourceOf(page),
      (source) => source !== undefined,
    );
    assert.equal(source, "", "it is drawn");
    await seesPictures(page, 20);
    const picture = await lookAt(page, PREVIEW);
    assert.ok(picture && picture.face > 5, "it is not black");
  });
});

Deno.test("Firefox puts another place behind one, or says why not and shows the camera", async () => {
  await withPreview({}, async (page) => {
    const look = () => lookAt(page, PREVIEW);
    await waitFor("the camera", look, (picture) => picture !== undefined);
    const camera = await sourceOf(page);
    assert.notEqual(camera, "");
    await page.select('[data-testid="setting-background"]', "night");
    // Where there is no WebGL, which is the case without a screen, it cannot.
    const outcome = await waitFor(
      "the night, or a clear word",
      async () => ({
        picture: await look(),
        source: await sourceOf(page),
        word: await page.evaluate(
          (word) => document.body.innerText.includes(word),
          STRINGS.problems.camera.effect,
        ),
        chosen: await page.$eval(
          '[data-testid="setting-background"]',
          (select) => (select as HTMLSelectElement).value,
        ),
      }),
      ({ picture, source, word, chosen }) =>
        word
          ? source === camera && chosen === "none"
          : source === "" && picture !== undefined && picture.left < 80,
    );
    console.log(outcome.word ? "It said why not." : "It is night.");
  });
});
