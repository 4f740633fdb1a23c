/// <reference lib="dom" />
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { STRINGS } from "../../web/strings.ts";
import { SITTERS } from "../support/test_camera.ts";
import { testCall } from "../support/test_call.ts";

/** Set to anything, it makes the test renew the pictures in the documentation. */
const RENEW = "NEREID_RENEW_SCREENS";

const SIZES = {
  desk: { width: 1440, height: 900 },
  tablet: { width: 1024, height: 768 },
  phone: { width: 390, height: 844 },
};

/** What axe finds wrong on a page, in words. */
async function faultsOf(page: Page): Promise<string[]> {
  // The policy of the pages allows no script of others: this is the tester's.
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<import("axe-core").AxeResults> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) =>
        `${id}: ${html} ${failureSummary}`
      )
    );
  });
}

/** What can be clicked and is smaller than a finger, in words. */
async function smallTargetsOf(page: Page): Promise<string[]> {
  return await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, select, input, a")]
      .filter((element) => element.checkVisibility({ checkOpacity: true }))
      .map((element) => ({
        element: element.closest("label") ?? element,
        inText: element.matches("p a, .chat-text a"),
      }))
      .filter(({ element, inText }) => {
        const { width, height } = element.getBoundingClientRect();
        return !inText && width > 0 && (width < 35.5 || height < 35.5);
      })
      .map(({ element }) => element.outerHTML.slice(0, 120))
  );
}

/** Looks at a page in both themes, and takes its picture at the given size. */
async function check(
  page: Page,
  name: string,
  sizes: readonly (keyof typeof SIZES)[] = ["desk"],
): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // Colours that are half-way between themes are nobody's.
    await page.waitForFunction(() =>
      document.getAnimations().every(({ playState }) => playState !== "running")
    );
    assert.deepEqual(await faultsOf(page), [], `${name}, ${colorScheme}`);
    for (const size of sizes) {
      await page.setViewportSize(SIZES[size]);
      const { width } = SIZES[size];
      const wide = await page.evaluate(() =>
        document.documentElement.scrollWidth
      );
      assert.ok(wide <= width, `${name} does not scroll sideways on a ${size}`);
      assert.deepEqual(await smallTargetsOf(page), [], `${name} on a ${size}`);
      // One picture a size, the themes by turns: more would say no more.
      const wanted = (size === "tablet") === (colorScheme === "dark");
      if (wanted) await shoot(page, `${name}-${size}`);
    }
    await page.setViewportSize(SIZES.desk);
  }
}

/** Waits until the dialogue that was open is closed, and keys are the page's. */
async function hasNoDialogue(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector("dialog") === null);
}

async function shoot(page: Page, name: string): Promise<void> {
  if (Deno.env.get(RENEW) === undefined) return;
  await page.mouse.move(0, 0);
  const folder = new URL("../../docs/screens/", import.meta.url);
  const picture = await page.screenshot({
    animations: "disabled",
    type: "jpeg",
    quality: 70,
  });
  await Deno.writeFile(new URL(`${name}.jpg`, folder), picture);
}

const ALL = ["desk", "tablet", "phone"] as const;

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
