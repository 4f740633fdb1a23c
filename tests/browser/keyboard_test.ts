/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { STRINGS } from "../../web/strings.ts";
import { hasFocus, keepsFocus, tabTo } from "../support/keyboard.ts";
import { waitFor } from "../support/wait_for.ts";
import { OPEN_GROUP, testCall } from "../support/test_call.ts";

const BEN = '[data-testid="tile"][data-username="Ben"]';

testCall(
  "A whole call is made by the keyboard alone, and the focus is never lost",
  async (call) => {
    const ben = await call.enter("Ben");
    const person = await call.newPage("Ann", { locale: "en-GB" });
    const page = person.page as Page;
    const { keyboard } = page;
    const id = (testId: string) => `[data-testid="${testId}"]`;
    const press = async (selector: string, key = "Enter") => {
      await tabTo(page, selector);
      await keyboard.press(key);
    };
    await page.emulateMedia({ reducedMotion: "reduce" });

    // Joining: nothing but a group, a name, and Enter.
    await page.goto(`${call.server.http}/`);
    await hasFocus(page, id("group-name"));
    await keyboard.type("maths");
    await keyboard.press("Enter");
    await hasFocus(page, id("join-name"));
    await keyboard.type("Ann");
    await tabTo(page, id("join-button"));
    await keyboard.press("Enter");
    await page.getByTestId("leave").waitFor();
    await person.sees("Ben");
    await keepsFocus(page);

    // Muting, by the button and by its shortcut.
    const microphoneOn = page.getByRole("button", {
      name: STRINGS.call.microphoneOn,
    });
    const microphoneOff = page.getByRole("button", {
      name: STRINGS.call.microphoneOff,
    });
    await press(id("toggle-mic"));
    await microphoneOn.waitFor();
    await hasFocus(page, id("toggle-mic"));
    await keyboard.press("Control+d");
    await microphoneOff.waitFor();

    // The chat: one writes at once, and goes on where one was.
    await press(id("open-chat"));
    await hasFocus(page, id("chat-input"));
    await keyboard.type("Hello Ben");
    await keyboard.press("Enter");
    await page.getByTestId("chat-log").getByText("Hello Ben").waitFor();
    await keyboard.press("Escape");
    await hasFocus(page, id("open-chat"));

    // Menus: opened, walked through, left.
    await press(id("open-more"));
    await tabTo(page, id("open-shortcuts"));
    await keyboard.press("Escape");
    await hasFocus(page, id("open-more"));
    await keyboard.press("Enter");
    await press(id("open-settings"));
    await page.getByTestId("settings").waitFor();
    await keyboard.press("Escape");
    await page.getByTestId("settings").waitFor({ state: "detached" });
    await keepsFocus(page);

    // Somebody's tile made large, and small again.
    await press(`${BEN} .tile-actions > button`);
    await page.locator(`${BEN}[data-large]`).waitFor();
    await keepsFocus(page);
    await tabTo(page, `${BEN} ${id("tile-menu")}`);
    await keyboard.press("Enter");
    await press(`${BEN} ${id("show-figures")}`);
    await keepsFocus(page);
    await press(`${BEN} .tile-actions > button`);
    await page.locator(`${BEN}:not([data-large])`).waitFor();
    await keepsFocus(page);

    // Hands, by the button and by the shortcut.
    await press(id("toggle-hand"));
    await (ben.page as Page).locator(
      `${
        id("tile")
      }[data-username="Ann"][aria-label*="${STRINGS.call.handUp}"]`,
    ).waitFor();
    await page.getByRole("button", { name: STRINGS.call.lowerHand }).waitFor();
    await keyboard.press("Shift+H");
    await page.getByRole("button", { name: STRINGS.call.raiseHand }).waitFor();

    // People, and what can be done with one of them.
    await press(id("open-people"));
    await page.getByTestId("people-list").waitFor();
    // Wider, and as wide as it was.
    await tabTo(page, id("panel-edge"), "Shift+Tab");
    const width = async () =>
      (await page.locator("aside").boundingBox())?.width ?? 0;
    const before = await width();
    await keyboard.press("ArrowLeft");
    await waitFor("a wider panel", width, (now) => now > before);
    await keyboard.press("ArrowRight");
    await waitFor("the panel as it was", width, (now) => now === before);
    await press(`${id("person")}[data-username="Ann"] button`);
    await press(id("restart-media"));
    await keepsFocus(page);
    await press(`${id("person")}[data-username="Ben"] button`);
    await page.getByRole("button", { name: STRINGS.people.message }).waitFor();
    await keyboard.press("Escape");
    await hasFocus(page, `${id("person")}[data-username="Ben"] button`);
    await keyboard.press("Shift+P");
    await page.getByTestId("people-list").waitFor({ state: "detached" });
    await keepsFocus(page);

    await keyboard.press("?");
    await page.getByTestId("shortcuts").waitFor();
    await keyboard.press("Escape");
    await page.getByTestId("shortcuts").waitFor({ state: "detached" });
    await keepsFocus(page);

    await press(id("leave"));
    await page.getByTestId("rejoin").waitFor();
    await keepsFocus(page);
    await press(id("rejoin"));
    await page.getByTestId("join-button").waitFor();
    await keepsFocus(page);
  },
  { groups: { maths: OPEN_GROUP } },
);
