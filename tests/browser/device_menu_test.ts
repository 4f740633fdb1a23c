/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { STRINGS } from "../../web/strings.ts";
import { SIZES } from "../support/page_checks.ts";
import { SITTERS } from "../support/test_camera.ts";
import { testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

/** The name of what the page sends of a kind. */
function sentLabel(page: Page, kind: "audio" | "video"): Promise<string> {
  return page.evaluate((kind) => {
    const video = document.querySelector<HTMLVideoElement>(
      "[data-own] video[data-front]",
    );
    const media = video?.srcObject as MediaStream | null;
    return media?.getTracks().find((track) => track.kind === kind)?.label ?? "";
  }, kind);
}

testCall(
  "A wrong microphone and a wrong camera are changed by two clicks, at each size",
  async (call) => {
    const alice = await call.enter("alice", { sitter: SITTERS.mei });
    const bob = await call.enter("bob");
    await bob.sees("alice");
    const page = alice.page as Page;
    for (const size of ["desk", "tablet", "phone"] as const) {
      await page.setViewportSize(SIZES[size]);
      const before = await sentLabel(page, "audio");
      await page.getByTestId("microphone-menu").click();
      // It says whether it hears one before one chooses.
      await page.waitForFunction(() => {
        const bar = document.querySelector<HTMLElement>(".menu .level-bar");
        return Number(/[\d.]+/.exec(bar?.style.transform ?? "")?.[0]) > 0.02;
      });
      const other = page.getByTestId("choose-microphone").filter({
        hasNotText: before,
      }).last();
      const name = (await other.textContent())?.trim() ?? "";
      const box = await other.boundingBox();
      assert.ok(box && box.height >= 44, `a finger's height on a ${size}`);
      await other.click();
      assert.equal(await page.locator(".menu").count(), 0);
      await waitFor(
        `${name} to be sent`,
        () => sentLabel(page, "audio"),
        (label) => label === name,
      );
    }
    await page.getByTestId("camera-menu").click();
    await page.getByTestId("choose-camera").last().click();
    await bob.seesAfter("alice", (await bob.report()).nowMs);
    // The background is one more click away.
    await page.getByTestId("camera-menu").click();
    await page.locator(".menu").getByTestId("setting-background").waitFor();
  },
);

testCall(
  "The menus of devices are used by the keyboard alone",
  async (call) => {
    const alice = await call.enter("alice");
    const page = alice.page as Page;
    const focused = () =>
      page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
    await page.getByTestId("microphone-menu").focus();
    await page.keyboard.press("Enter");
    await page.locator(".menu").waitFor();
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(), STRINGS.join.defaultDevice.microphone);
    await page.keyboard.press("ArrowDown");
    const second = await focused();
    assert.notEqual(second, STRINGS.join.defaultDevice.microphone);
    await page.keyboard.press("Enter");
    await waitFor(
      `${second} to be sent`,
      () => sentLabel(page, "audio"),
      (label) => label === second,
    );
    const hasFocus = (testId: string) =>
      page.evaluate(
        (testId) =>
          (document.activeElement as HTMLElement | null)?.dataset.testid ===
            testId,
        testId,
      );
    assert.ok(await hasFocus("microphone-menu"), "the focus is where it was");
    await page.keyboard.press("Enter");
    await page.locator(".menu").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".menu").waitFor({ state: "detached" });
    assert.ok(await hasFocus("microphone-menu"));
  },
);
