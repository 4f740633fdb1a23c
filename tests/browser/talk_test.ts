/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { STRINGS } from "../../web/strings.ts";
import type { CallPage } from "../support/call_page.ts";
import { SITTERS } from "../support/test_camera.ts";
import { type TestCall, testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

/** Somebody whose page is used by Playwright's own means, too. */
async function enter(
  call: TestCall,
  name: string,
  password?: string,
): Promise<{ person: CallPage; page: Page }> {
  const person = await call.enter(name, {
    sitter: SITTERS.mei,
    ...(password !== undefined && { password }),
  });
  return { person, page: person.page as Page };
}

/** Opens somebody's menu in the list of people, and chooses. */
async function act(page: Page, name: string, action: string): Promise<void> {
  const list = page.getByTestId("people-list");
  if (await list.count() === 0) await page.getByTestId("open-people").click();
  await list.getByRole("button", {
    name: STRINGS.people.menu({ name }),
  }).click();
  await page.getByRole("button", { name: action, exact: true }).click();
}

async function command(page: Page, text: string): Promise<void> {
  const input = page.getByTestId("chat-input");
  if (await input.count() === 0) await page.getByTestId("open-chat").click();
  await input.fill(text);
  await input.press("Enter");
}

testCall(
  "People talk: marks, private words, hands, signs, captions",
  async (call) => {
    const { page: olga } = await enter(call, "olga", "secret");
    const { page: bob } = await enter(call, "bob");
    await olga.getByTestId("open-chat").click();

    // What is written with marks is shown with them, and HTML stays text.
    await command(bob, "*Look* at `1 < 2` <img src=x> https://a.example/");
    const log = olga.getByTestId("chat-log");
    await log.getByRole("link", { name: "https://a.example/" }).waitFor();
    assert.equal(await log.locator("strong", { hasText: "Look" }).count(), 1);
    assert.equal(await log.locator("code").innerText(), "1 < 2");
    assert.equal(await log.locator("img").count(), 0);

    // A command is completed by keys; the help lists only what one may.
    const input = bob.getByTestId("chat-input");
    await input.pressSequentially("/ra");
    await bob.getByTestId("command-list").waitFor();
    await input.press("Tab");
    assert.equal(await input.inputValue(), "/raise");
    await input.press("Enter");
    await command(bob, "/help");
    const notes = bob.getByTestId("chat-log").locator(".chat-note");
    await notes.waitFor();
    const help = await notes.innerText();
    assert.ok(help.includes("/msg") && !help.includes("/kick"));
    await command(bob, "/kick olga");
    await bob.getByRole("alert")
      .filter({ hasText: STRINGS.commands.notAllowed({ name: "kick" }) })
      .waitFor();

    // The hand is seen, with its place in line; the next one is behind it.
    await olga.getByTestId("toggle-hand").click();
    await olga.getByTestId("open-people").click();
    await olga.getByTestId("person").filter({ hasText: "bob" })
      .getByLabel(STRINGS.people.handUp({ number: 1 })).waitFor();
    await olga.getByTestId("person").filter({ hasText: "olga" })
      .getByLabel(STRINGS.people.handUp({ number: 2 })).waitFor();

    // A sign is shown, and read out.
    await bob.getByTestId("open-more").click();
    await bob.getByTestId("sign-clap").click();
    await olga.getByTestId("reactions").getByText(
      STRINGS.reactions.from({ name: "bob", reaction: STRINGS.reactions.clap }),
    ).waitFor();

    // Private words reach one only; the badge counts what is not seen yet.
    await bob.keyboard.press("Escape");
    await command(bob, "/msg olga just for you");
    await olga.getByRole("button", {
      name: STRINGS.call.chatUnread({ count: 1 }),
    }).click();
    await log.getByText("just for you").waitFor();

    // An operator deletes a message, for everybody.
    await log.getByRole("article").filter({ hasText: "Look" }).hover();
    await log.getByRole("button", { name: STRINGS.chat.actions }).first()
      .click();
    await olga.getByRole("button", { name: STRINGS.chat.delete, exact: true })
      .click();
    await bob.getByTestId("chat-log").getByText("Look").waitFor({
      state: "detached",
    });
  },
);

testCall(
  "An operator runs a group: mutes, warns, locks, invites, removes",
  async (call) => {
    const { person: host, page: olga } = await enter(call, "olga", "secret");
    const { person: guest, page: bob } = await enter(call, "bob");
    await host.sees("bob");

    await act(olga, "bob", STRINGS.people.mute);
    await bob.getByText(STRINGS.call.mutedBy({ name: "olga" })).waitFor();
    await olga.getByLabel(/^bob.*muted/).first().waitFor();

    await act(olga, "bob", STRINGS.people.warn);
    await olga.getByTestId("prompt-text").fill("Please stay on topic");
    await olga.getByTestId("prompt-send").click();
    await bob.getByTestId("toast").getByText("Please stay on topic").waitFor();

    await act(olga, "bob", STRINGS.people.identify);
    await olga.getByTestId("toast").getByText(/^bob connects from 127/)
      .waitFor();

    await act(olga, "bob", STRINGS.people.forbidChat);
    await bob.getByTestId("open-chat").click();
    await bob.getByText(STRINGS.chat.mayNot).waitFor();
    await act(olga, "bob", STRINGS.people.allowChat);
    await bob.getByTestId("chat-input").waitFor();

    // An invite link, which lets somebody in until it is revoked.
    await olga.getByTestId("open-people").click();
    await olga.keyboard.press("Shift+I");
    await olga.getByTestId("invite-name").fill("Carla");
    await olga.getByTestId("make-invite").click();
    const link = await olga.getByTestId("invite-link").inputValue();
    await olga.getByTestId("invite-qr").waitFor();
    const carla = await call.newPage("Carla", { sitter: SITTERS.jonas });
    await carla.join(link);
    await host.sees("Carla");
    await olga.getByTestId("invitations").getByRole("button", {
      name: STRINGS.invite.revokeOf({ name: "Carla" }),
    }).click();
    await olga.getByText(STRINGS.invite.noneYet).waitFor();
    await olga.keyboard.press("Escape");

    // A locked group keeps others out, in the operator's words.
    await command(olga, "/lock Exam going on");
    await bob.getByText(STRINGS.call.locked).first().waitFor();
    const dan = await call.newPage("dan", { sitter: SITTERS.jonas });
    await dan.page.goto(`${call.server.http}/group/maths/`);
    const late = dan.page as Page;
    await late.getByTestId("join-name").fill("dan");
    await late.getByTestId("join-button").click();
    await late.getByRole("alert").getByText("Exam going on").waitFor();
    await command(olga, "/unlock");
    await bob.getByText(STRINGS.call.locked).waitFor({ state: "detached" });

    // Quiet by one button beside the list.
    await bob.getByTestId("toggle-mic").click();
    await bob.getByRole("button", { name: STRINGS.call.microphoneOff })
      .waitFor();
    await olga.getByTestId("open-people").click();
    await olga.getByTestId("mute-all").click();
    await bob.getByRole("button", { name: STRINGS.call.microphoneOn })
      .waitFor();

    await act(olga, "bob", STRINGS.people.remove);
    await olga.getByTestId("prompt-text").fill("See you");
    await olga.getByTestId("prompt-send").click();
    await bob.getByText(STRINGS.left.removed({ by: "olga" })).waitFor();
    await bob.getByText("See you").waitFor();
    await waitFor(
      "bob to be gone",
      () => host.people(),
      (people) => !people.includes(guest.username),
    );
  },
  {
    groups: {
      maths: {
        displayName: "Maths 101",
        users: { olga: { password: "secret", permissions: "op" } },
        "wildcard-user": {
          password: { type: "wildcard" },
          permissions: "present",
        },
      },
    },
  },
);
