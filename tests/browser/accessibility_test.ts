/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { STRINGS } from "../../web/strings.ts";
import { ALL, checkPage as check, SIZES } from "../support/page_checks.ts";
import { SITTERS } from "../support/test_camera.ts";
import { testCall } from "../support/test_call.ts";

/** Waits until the dialogue that was open is closed, and keys are the page's. */
async function hasNoDialogue(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector("dialog") === null);
}

testCall("axe finds nothing on any page, in both themes", async (call) => {
  const olga = await call.newPage("Olga", {
    sitter: SITTERS.amina,
    viewport: SIZES.desk,
    locale: "en-GB",
  });
  const page = olga.page as Page;
  await page.goto(`${call.server.http}/`);
  await page.getByText("Maths 101").waitFor();
  await check(page, "landing", ALL);
  await page.goto(`${call.server.http}/group/none/`);
  await page.getByRole("heading").waitFor();
  await check(page, "not-found");

  await page.goto(`${call.server.http}/group/maths/`);
  await page.locator(".preview video").waitFor();
  await check(page, "join", ALL);
  await page.getByTestId("join-name").fill("olga");
  await page.getByTestId("join-password").fill("wrong");
  await page.getByTestId("join-button").click();
  await page.getByRole("alert").locator("strong").waitFor();
  await check(page, "refused");
  await page.getByTestId("join-password").fill("secret");
  await page.getByTestId("join-button").click();
  await page.getByTestId("leave").waitFor();

  const jonas = await call.enter("Jonas", { sitter: SITTERS.jonas });
  await page.locator('[data-username="Jonas"][data-picture]').waitFor();
  await check(page, "stage", ALL);
  await page.getByTestId("microphone-menu").click();
  await page.locator(".menu .level").waitFor();
  await check(page, "devices", ALL);
  await page.keyboard.press("Escape");
  await jonas.press("toggle-screen");
  await page.locator('[data-kind="screen"][data-picture]').waitFor();
  const tile = page.locator('[data-username="Jonas"][data-kind="camera"]');
  await tile.hover();
  await tile.getByTestId("tile-menu").click();
  await page.getByTestId("show-figures").click();
  await tile.getByTestId("server-figures").getByText(/% lost/).waitFor();
  await check(page, "shared", ALL);
  await jonas.press("toggle-screen");
  await tile.hover();
  await tile.getByTestId("tile-menu").click();
  await check(page, "tile-menu", ALL);
  await page.getByTestId("show-figures").click();
  await jonas.say("Hello! *Shall we* begin? See `notes.md`.");
  await page.getByTestId("open-chat").click();
  await page.getByTestId("chat-input").fill("/mute");
  await page.getByTestId("command-list").waitFor();
  await check(page, "chat", ALL);
  await page.getByTestId("chat-input").fill("");
  await page.getByTestId("open-people").click();
  await page.getByRole("button", {
    name: STRINGS.people.menu({ name: "Jonas" }),
  }).click();
  await check(page, "people");
  await page.keyboard.press("Escape");
  await page.getByTestId("open-people").click();
  await page.getByTestId("open-more").click();
  await check(page, "more", ALL);
  await page.getByTestId("open-settings").click();
  await check(page, "settings", ALL);
  await page.keyboard.press("Escape");
  await hasNoDialogue(page);
  await page.keyboard.press("Shift+?");
  await page.locator("dialog[open]").waitFor();
  await check(page, "shortcuts");
  await page.keyboard.press("Escape");
  await hasNoDialogue(page);
  await page.keyboard.press("Shift+I");
  await page.getByTestId("make-invite").waitFor();
  await check(page, "invite");
  await page.getByTestId("make-invite").click();
  await page.getByTestId("invite-qr").waitFor();
  await check(page, "invited", ALL);
  await page.keyboard.press("Escape");
  await page.getByTestId("leave").click();
  await page.getByTestId("rejoin").waitFor();
  await check(page, "left");
}, {
  groups: {
    maths: {
      displayName: "Maths 101",
      description: "Tuesdays at ten",
      public: true,
      users: { olga: { password: "secret", permissions: "op" } },
      "wildcard-user": {
        password: { type: "wildcard" },
        permissions: "present",
      },
    },
  },
});
