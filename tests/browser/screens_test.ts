/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { CallPage } from "../support/call_page.ts";
import { SITTERS } from "../support/test_camera.ts";
import { type TestCall, testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

/**
 * Set to anything, this variable makes the test renew the pictures in the
 * documentation. Otherwise a test run leaves the tree as it is.
 */
const RENEW = "NEREID_RENEW_SCREENS";

const PEOPLE = [
  { name: "Amina", sitter: SITTERS.amina },
  { name: "Jonas", sitter: SITTERS.jonas },
  { name: "Mei", sitter: SITTERS.mei },
];

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

/** A rectangle of the page, in CSS pixels. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where things are on a page. */
interface Layout {
  readonly tiles: readonly Box[];
  readonly controls: readonly Box[];
  readonly page: { readonly width: number; readonly height: number };
}

function layoutOf(page: Page): Promise<Layout> {
  return page.evaluate(() => {
    const boxes = (selector: string) =>
      [...document.querySelectorAll(selector)].filter((element) =>
        element.checkVisibility()
      ).map((element) => {
        const { left, top, right, bottom } = element.getBoundingClientRect();
        return { left, top, right, bottom };
      });
    const { scrollWidth, scrollHeight } = document.documentElement;
    return {
      tiles: boxes('[data-testid="tile"]'),
      // A button that is tucked behind another is one control with it.
      controls: boxes("nav .bar-pair, nav button:not(.bar-pair button)"),
      page: { width: scrollWidth, height: scrollHeight },
    };
  });
}

/** A tile may be a fraction of a pixel beside its place. */
const TOLERANCE_PX = 1;

function assertTidy(
  layout: Layout,
  { width, height }: { width: number; height: number },
): void {
  assert.ok(layout.page.width <= width, "the page does not scroll sideways");
  assert.ok(layout.page.height <= height, "the page does not scroll");
  const all = [...layout.tiles, ...layout.controls];
  for (const { left, top, right, bottom } of all) {
    assert.ok(left >= -TOLERANCE_PX && right <= width + TOLERANCE_PX);
    assert.ok(top >= -TOLERANCE_PX && bottom <= height + TOLERANCE_PX);
    assert.ok(right - left > 20 && bottom - top > 20, "large enough to see");
  }
  all.forEach((one, at) => {
    for (const other of all.slice(at + 1)) {
      assert.ok(!overlap(one, other), "nothing lies over anything else");
    }
  });
}

function overlap(one: Box, other: Box): boolean {
  return one.left < other.right - TOLERANCE_PX &&
    other.left < one.right - TOLERANCE_PX &&
    one.top < other.bottom - TOLERANCE_PX &&
    other.top < one.bottom - TOLERANCE_PX;
}

/** Waits until tiles have stopped moving, and then looks at everything. */
async function settledLayout(page: Page, tiles: number): Promise<Layout> {
  let before = "";
  return await waitFor(
    "the tiles to be in their places",
    () => layoutOf(page),
    (layout) => {
      const now = JSON.stringify(layout);
      const same = now === before;
      before = now;
      return same && layout.tiles.length === tiles;
    },
  );
}

async function shoot(page: Page, name: string): Promise<void> {
  // What lies under the mouse looks otherwise.
  await page.mouse.move(0, 0);
  const picture = await page.screenshot({ animations: "disabled" });
  assert.ok(picture.length > 10_000, "a picture with something in it");
  if (Deno.env.get(RENEW) === undefined) return;
  const folder = new URL("../../docs/screens/", import.meta.url);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(new URL(`${name}.png`, folder), picture);
}

/** Everybody is there, and has been seen by everybody. */
async function gather(
  call: TestCall,
  last: { width: number; height: number },
): Promise<{ people: CallPage[]; page: Page }> {
  const people: CallPage[] = [];
  for (const { name, sitter } of PEOPLE) {
    const viewport = people.length === PEOPLE.length - 1 ? last : DESK;
    const locale = "en-GB";
    people.push(await call.enter(name, { sitter, viewport, locale }));
  }
  for (const viewer of people) {
    for (const other of people) {
      if (viewer !== other) await viewer.sees(other.username);
    }
  }
  return { people, page: people.at(-1)?.page as Page };
}

testCall(
  "A call is tidy on a desk's screen, with the chat beside it",
  async (call) => {
    const { people, page } = await gather(call, DESK);
    assertTidy(await settledLayout(page, 3), DESK);

    const [amina, jonas, mei] = people;
    await amina?.say("Hello, you two! Shall we start with last week's notes?");
    await jonas?.say("One minute, I'll get my coffee.");
    await mei?.say("They are at https://notes.example/maths-101");
    await waitFor(
      "all messages",
      async () => await mei?.text("chat-log") ?? "",
      (text) => text.includes("coffee") && text.includes("notes.example"),
    );
    await jonas?.press("toggle-mic");
    await waitFor(
      "Jonas to be shown as muted",
      () => page.getByLabel(/Jonas.*muted/).count(),
      (count) => count > 0,
    );
    assertTidy(await settledLayout(page, 3), DESK);
    await shoot(page, "call");
  },
);

testCall("A call is tidy on a phone", async (call) => {
  const { page } = await gather(call, PHONE);
  assertTidy(await settledLayout(page, 3), PHONE);
  await shoot(page, "phone");
});
