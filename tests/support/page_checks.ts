/// <reference lib="dom" />
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";

/** Set to anything, it makes the test renew the pictures in the documentation. */
const RENEW = "NEREID_RENEW_SCREENS";

/** Sizes at which pages are looked at, in CSS pixels. */
export const SIZES = {
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
        return !inText && width > 0 && (width < 43.5 || height < 43.5);
      })
      .map(({ element }) => element.outerHTML.slice(0, 120))
  );
}

/** Looks at a page in both themes, and takes its picture at the given size. */
export async function checkPage(
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

/** All of them. */
export const ALL = ["desk", "tablet", "phone"] as const;
