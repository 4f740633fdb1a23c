/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { STRINGS } from "../../web/strings.ts";
import { CallPage } from "../support/call_page.ts";
import { openFirefox } from "../support/firefox.ts";
import { TestServer } from "../support/server.ts";
import { OPEN_GROUP } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

/** Waits until there is an element, and clicks it. */
async function click(page: Page, selector: string): Promise<void> {
  await page.locator(selector).click();
}

/** The identity of the track that a person's own tile shows. */
function ownTrack(page: Page): Promise<string | undefined> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLVideoElement>(
      '[data-own][data-kind="camera"] video',
    )].flatMap(({ srcObject }) =>
      srcObject instanceof MediaStream ? srcObject.getVideoTracks() : []
    ).find(({ readyState }) => readyState === "live")?.id
  );
}

/** Chooses a camera by its name, where the system's default was used. */
async function chooseCamera(page: Page): Promise<void> {
  await page.evaluate((label) => {
    const field = [...document.querySelectorAll("dialog label")]
      .find(({ textContent }) => textContent.startsWith(label));
    const select = field?.querySelector("select");
    const option = select?.options[select.options.length - 1];
    if (!select || !option || option.value === select.value) {
      throw new Error("there is no other camera to choose");
    }
    select.value = option.value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }, STRINGS.join.camera);
}

const id = (testId: string) => `[data-testid="${testId}"]`;

// Media between Firefox and a server on a loopback address find no way: that
// they flow is shown in `firefox_test.ts`, in a private network.
Deno.test("In Firefox one joins, writes, raises a hand, shares a screen, changes the camera, invites and leaves", async () => {
  await using server = await TestServer.start({
    groups: { maths: OPEN_GROUP },
  });
  const firefox = await openFirefox();
  try {
    const page = await firefox.newPage();
    await page.evaluateOnNewDocument(() => {
      // There is no screen to capture: a picture that is drawn takes its place.
      navigator.mediaDevices.getDisplayMedia = () => {
        const canvas = document.createElement("canvas");
        canvas.getContext("2d")?.fillRect(0, 0, 8, 8);
        return Promise.resolve(canvas.captureStream(5));
      };
    });
    const other = await firefox.newPage();
    const olga = new CallPage(page, "olga");
    const ben = new CallPage(other, "ben");
    await ben.join(`${server.http}/group/maths/`);
    await page.bringToFront();
    await olga.join(`${server.http}/group/maths/`, "secret");
    assert.deepEqual(await olga.people(), ["olga", "ben"]);

    await olga.say("Hello from *Firefox*");
    await waitFor(
      "ben to read it",
      () => ben.text("open-chat"),
      (text) => text !== "",
    );
    await click(page, id("toggle-hand"));
    await ben.people();
    await other.waitForSelector(
      `${id("person")}[data-username="olga"] .sign-hand`,
    );

    await click(page, id("toggle-screen"));
    await page.waitForSelector('[data-own][data-kind="screen"]');
    await click(page, id("toggle-screen"));
    await page.waitForSelector('[data-own][data-kind="screen"]', {
      hidden: true,
    });

    const before = await waitFor(
      "olga's camera",
      () => ownTrack(page),
      (track) => track !== undefined,
    );
    await olga.press("open-more");
    await click(page, id("open-settings"));
    await page.waitForSelector(id("settings"));
    await chooseCamera(page);
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { hidden: true });
    await waitFor(
      "another camera",
      () => ownTrack(page),
      (track) => track !== undefined && track !== before,
    );

    await page.keyboard.down("Shift");
    await page.keyboard.press("I");
    await page.keyboard.up("Shift");
    await click(page, id("make-invite"));
    await page.waitForSelector(id("invite-qr"));
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { hidden: true });
    await olga.leave();
    await page.waitForSelector(id("rejoin"));
    await waitFor(
      "ben to be alone",
      () => ben.people(),
      (all) => all.length === 1,
    );
  } finally {
    await firefox.close();
  }
});
