/// <reference lib="dom" />
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { STRINGS } from "../../web/strings.ts";
import { ALL, SIZES } from "../support/page_checks.ts";
import { SITTERS } from "../support/test_camera.ts";
import { testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

/** How large somebody's tile is, in square CSS pixels. */
async function areaOf(page: Page, name: string): Promise<number> {
  const tile = page.locator(`[data-testid="tile"][data-username="${name}"]`);
  const box = await tile.first().boundingBox();
  return box === null ? 0 : box.width * box.height;
}

/** Waits until one of two tiles is clearly larger than the other. */
async function isLarger(
  page: Page,
  large: string,
  other: string,
): Promise<void> {
  await waitFor(
    `${large} to be larger than ${other}`,
    async () => [await areaOf(page, large), await areaOf(page, other)],
    ([his = 0, hers = 0]) => his > 2 * hers,
  );
}

/** Goes from the grid through all layouts, pins a tile, and back. */
async function triesLayouts(page: Page): Promise<void> {
  // The other one is large where the layout is for speakers.
  await page.getByTestId("open-more").click();
  await page.getByTestId("layout-speaker").click();
  await isLarger(page, "bob", "alice");
  // A pin wins, and is given up by the same button.
  const own = page.locator('[data-testid="tile"][data-own]');
  await own.hover();
  await own.getByRole("button", { name: STRINGS.call.pin }).click();
  await isLarger(page, "alice", "bob");
  await own.getByRole("button", { name: STRINGS.call.unpin }).click();
  await isLarger(page, "bob", "alice");
  await page.keyboard.press("Shift+L");
  await page.keyboard.press("Shift+L");
  await waitFor(
    "the grid",
    async () => [await areaOf(page, "bob"), await areaOf(page, "alice")],
    ([his = 0, hers = 0]) => Math.abs(his - hers) < his / 100,
  );
}

testCall(
  "The stage: layouts, pins, volume, figures, several screens, settings",
  async (call) => {
    const alice = await call.enter("alice", { sitter: SITTERS.mei });
    const bob = await call.enter("bob", { sitter: SITTERS.jonas });
    const page = alice.page as Page;
    await alice.sees("bob");

    for (const size of ALL) {
      await page.setViewportSize(SIZES[size]);
      await triesLayouts(page);
    }
    await page.setViewportSize(SIZES.desk);

    // Volume is remembered by name; figures come from the connection.
    const his = page.locator('[data-testid="tile"][data-username="bob"]');
    await his.hover();
    await his.getByTestId("tile-menu").click();
    await page.getByTestId("volume").fill("35");
    assert.equal(
      await his.locator("video[data-front]").evaluate((video) =>
        (video as HTMLVideoElement).volume
      ),
      0.35,
    );
    await page.getByTestId("show-figures").click();
    await his.getByTestId("figures").getByText(/\d+ kbit\/s/).first().waitFor();
    await his.getByTestId("figures").getByText(/\d+ × \d+/).waitFor();

    // Two screens, each with a tile; one goes, and then the other.
    const screens = (bob.page as Page).locator(
      '[data-testid="tile"][data-kind="screen"][data-picture]',
    );
    const count = (wanted: number) =>
      waitFor(
        `${wanted} screens on bob's page`,
        () => screens.count(),
        (count) => count === wanted,
      );
    await page.getByTestId("toggle-screen").click();
    await count(1);
    await page.getByTestId("open-more").click();
    await page.getByRole("button", { name: STRINGS.call.screenAnother })
      .click();
    await count(2);
    await page.getByTestId("toggle-screen").click();
    await count(0);

    // What is chosen to be received holds at once.
    const others = page.locator(
      '[data-testid="tile"][data-username="bob"][data-picture]',
    );
    await page.keyboard.press("Control+,");
    // The settings show that the microphone hears something.
    await page.waitForFunction(() => {
      const bar = document.querySelector<HTMLElement>("dialog .level-bar");
      return Number(/[\d.]+/.exec(bar?.style.transform ?? "")?.[0]) > 0.05;
    });
    await page.getByTestId("setting-receive").selectOption("audio");
    await others.waitFor({ state: "detached" });
    await page.getByTestId("setting-receive").selectOption("everything");
    await others.waitFor();
    // So does the language, in the middle of the call, from right to left.
    await page.getByTestId("language").selectOption("ar");
    await page.locator('html[dir="rtl"][lang="ar"]').waitFor();
    await page.getByRole("heading", { name: "الإعدادات" }).waitFor();
    await page.getByTestId("language").selectOption("en");
    await page.getByRole("heading", { name: STRINGS.settings.title }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByTestId("settings").waitFor({ state: "detached" });

    // Muted, the space bar lets one speak as long as it is held.
    await page.keyboard.press("Control+d");
    const off = page.getByRole("button", { name: STRINGS.call.microphoneOff });
    const on = page.getByRole("button", { name: STRINGS.call.microphoneOn });
    await on.waitFor();
    await page.evaluate(() =>
      (document.activeElement as HTMLElement | null)?.blur()
    );
    await page.keyboard.down(" ");
    await off.waitFor();
    await page.keyboard.up(" ");
    await on.waitFor();

    // A camera that goes by itself is told, and another one takes its place.
    await page.evaluate(() => {
      const video = document.querySelector<HTMLVideoElement>(
        '[data-own][data-kind="camera"] video[data-front]',
      );
      const [track] = (video?.srcObject as MediaStream).getVideoTracks();
      track?.stop();
      track?.dispatchEvent(new Event("ended"));
    });
    await page.getByTestId("toast").filter({
      hasText: STRINGS.problems.camera.fallback({ device: "" }).trim(),
    }).waitFor();
    await bob.seesAfter("alice", (await bob.report()).nowMs);
  },
);

testCall(
  "A file goes from one person to another, who is asked first",
  async (call) => {
    const alice = await call.enter("alice", { sitter: SITTERS.mei });
    const bob = await call.enter("bob", { sitter: SITTERS.jonas });
    const from = alice.page as Page;
    const to = bob.page as Page;
    await from.getByTestId("open-people").click();
    await from.getByRole("button", {
      name: STRINGS.people.menu({ name: "bob" }),
    }).click();
    const content = "All that was said\n".repeat(5_000);
    await from.getByTestId("send-file").setInputFiles({
      name: "notes.txt",
      mimeType: "text/plain",
      buffer: Buffer.from(content),
    });
    await to.getByTestId("open-chat").click();
    await to.getByTestId("transfer").getByText(STRINGS.files.privacy).waitFor();
    const [download] = await Promise.all([
      to.waitForEvent("download"),
      to.getByTestId("accept-file").click(),
    ]);
    assert.equal(download.suggestedFilename(), "notes.txt");
    const path = await download.path();
    assert.equal(await Deno.readTextFile(path), content);
    for (const page of [from, to]) {
      await page.locator('[data-testid="transfer"][data-status="done"]')
        .waitFor();
    }
  },
);
