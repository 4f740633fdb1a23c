/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "playwright-core";

/** More than any page has to stop at. */
const MAX_STOPS = 120;

/** Where the keyboard is on a page. */
interface Stop {
  /** The element with its attributes, for people. */
  readonly what: string;
  readonly isWanted: boolean;
  /** Whether one can see it and that it has the focus. */
  readonly isSeen: boolean;
}

/**
 * Presses Tab until what has the focus matches a selector.
 *
 * @throws {AssertionError} if it never comes to that, if it passes something
 *   that one does not see to have the focus, or if the focus is lost: between
 *   the page's end and its beginning it may be nowhere once
 */
export async function tabTo(
  page: Page,
  selector: string,
  key: "Tab" | "Shift+Tab" = "Tab",
): Promise<void> {
  const passed: string[] = [];
  let ends = 0;
  for (let count = 0; count < MAX_STOPS; count++) {
    await page.keyboard.press(key);
    const stop = await readStop(page, selector);
    if (stop === undefined) {
      assert.ok(++ends <= 1, `the focus is nowhere after ${passed.at(-1)}`);
      continue;
    }
    passed.push(stop.what);
    assert.ok(stop.isSeen, `no visible focus at ${stop.what}`);
    if (stop.isWanted) return;
  }
  assert.fail(`${selector} is not reached by ${key}: ${passed.join("\n")}`);
}

/** Waits until what has the focus matches a selector. */
export async function hasFocus(page: Page, selector: string): Promise<void> {
  await page.waitForFunction(
    (selector) => document.activeElement?.matches(selector),
    selector,
  );
}

/** Waits until the focus is somewhere on the page, and not lost. */
export async function keepsFocus(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document.activeElement !== null && document.activeElement !== document.body
  );
}

function readStop(page: Page, selector: string): Promise<Stop | undefined> {
  return page.evaluate((selector) => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) {
      return undefined;
    }
    // Radio buttons are marked by what is drawn in their place.
    const isMarked = [element, element.nextElementSibling].some((mark) => {
      if (mark === null) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(mark);
      return boxShadow !== "none" ||
        (outlineStyle !== "none" && parseFloat(outlineWidth) > 0);
    });
    const drawn = element.matches("input[type=radio]")
      ? element.nextElementSibling
      : element;
    return {
      what: (element.cloneNode(false) as HTMLElement).outerHTML,
      isWanted: element.matches(selector),
      isSeen: isMarked && drawn !== null &&
        drawn.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }),
    };
  }, selector);
}
