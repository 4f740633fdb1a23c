/// <reference lib="dom" />
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { STRINGS } from "../../web/strings.ts";
import { openClient } from "../http/join.ts";
import {
  FILM_FRAMES_PER_SECOND,
  FILM_SIZE,
  recordMedia,
} from "../support/recorded_media.ts";
import { SITTERS } from "../support/test_camera.ts";
import { OPEN_GROUP, testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";
import { writeWebm } from "../support/webm.ts";

declare global {
  /** Made by {@linkcode watchAlerts}. */
  var nereidAlerts: { tones: number; notices: string[] };
}

/** Runs before the page's scripts: it is hidden, and notes what it would tell. */
function watchAlerts(): void {
  const seen = { tones: 0, notices: [] as string[] };
  globalThis.nereidAlerts = seen;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (when) {
    seen.tones += 1;
    start.call(this, when);
  };
  globalThis.Notification = class {
    static permission = "granted";
    static requestPermission = () => Promise.resolve("granted");
    constructor(title: string, { body }: NotificationOptions = {}) {
      seen.notices.push(`${title}: ${body}`);
    }
  } as unknown as typeof Notification;
  Object.defineProperty(document, "hidden", { get: () => true });
}

testCall(
  "News is told by sounds and notifications, until they are switched off",
  async (call) => {
    const alice = await call.newPage("alice", { sitter: SITTERS.mei });
    const page = alice.page as Page;
    await page.addInitScript(watchAlerts);
    await alice.join(`${call.server.http}/group/maths/`);
    const bob = await call.enter("bob", { sitter: SITTERS.jonas });
    await alice.sees("bob");
    await alice.press("open-chat");
    const settings = async (change: () => Promise<void>) => {
      await page.keyboard.press("Control+,");
      await change();
      await page.keyboard.press("Escape");
      await page.getByTestId("settings").waitFor({ state: "detached" });
    };
    const alerts = () => page.evaluate(() => globalThis.nereidAlerts);
    const hears = async (text: string) => {
      await bob.say(text);
      await page.getByTestId("chat-log").getByText(text).waitFor();
      return await alerts();
    };
    const silent = await alerts();
    assert.deepEqual((await hears("one")).notices, []);
    const { tones } = await alerts();
    assert.ok(tones > silent.tones, "a sound is on from the start");

    await settings(() => page.getByTestId("setting-notifications").check());
    const both = await hears("two");
    assert.deepEqual(both.notices, [
      `Maths 101: ${STRINGS.chat.newMessage({ name: "bob", text: "two" })}`,
    ]);
    assert.ok(both.tones > tones);

    await settings(async () => {
      await page.getByTestId("setting-notifications").uncheck();
      await page.getByTestId("setting-sounds").uncheck();
    });
    assert.deepEqual(await hears("three"), both);
  },
);

testCall(
  "Captions are shown for a moment, and are no part of the chat",
  async (call) => {
    const alice = await call.enter("alice", { sitter: SITTERS.mei });
    const page = alice.page as Page;
    await page.getByTestId("open-chat").click();
    await using captioner = await openClient(call.server.http, {
      group: "maths",
      username: "captioner",
      password: "words",
    });
    assert.deepEqual(captioner.answer["permissions"], ["caption"]);
    captioner.say({
      type: "chat",
      kind: "caption",
      username: "captioner",
      value: "Let us begin.",
    });
    const captions = page.getByTestId("captions");
    await captions.getByText("Let us begin.").waitFor();
    await captions.getByText("captioner").waitFor();
    await captions.getByText("Let us begin.").waitFor({ state: "detached" });
    const log = await page.getByTestId("chat-log").innerText();
    assert.ok(!log.includes("Let us begin."));

    // Whoever may only chat makes no captions.
    await using guest = await openClient(call.server.http, {
      group: "maths",
      username: "guest",
      password: "",
    });
    guest.say({ type: "chat", kind: "caption", value: "Not a captioner" });
    guest.say({ type: "chat", value: "Just talking" });
    await page.getByTestId("chat-log").getByText("Just talking").waitFor();
    assert.equal(await captions.getByText("Not a captioner").count(), 0);
  },
  {
    groups: {
      maths: {
        ...OPEN_GROUP,
        users: {
          ...OPEN_GROUP.users,
          captioner: { password: "words", permissions: "caption" },
        },
      },
    },
  },
);

testCall(
  "A film is played for everybody, and its tile goes with its end",
  async (call) => {
    const alice = await call.enter("alice", { sitter: SITTERS.mei });
    const bob = await call.enter("bob", { sitter: SITTERS.jonas });
    await bob.sees("alice");
    const page = alice.page as Page;
    const { films: [frames = []] } = await recordMedia(page);
    const filmOf = (seconds: number) => ({
      name: "holidays.webm",
      mimeType: "video/webm",
      buffer: Buffer.from(writeWebm(frames, seconds / 2, {
        ...FILM_SIZE,
        framesPerSecond: FILM_FRAMES_PER_SECOND,
      })),
    });
    const play = async (seconds: number) => {
      await page.getByTestId("open-more").click();
      await page.getByTestId("film").setInputFiles(filmOf(seconds));
    };
    const tile = (of: Page) => of.locator('[data-kind="file"]');
    const other = bob.page as Page;

    await play(600);
    await page.getByTestId("toast").getByText(STRINGS.call.mutedForFile)
      .waitFor();
    await page.getByRole("button", { name: STRINGS.call.microphoneOn })
      .waitFor();
    await tile(other).and(other.locator("[data-picture]")).waitFor();
    await tile(other).getByText(STRINGS.call.fileOf({ name: "alice" }))
      .waitFor();
    const positionOf = () =>
      tile(other).locator("video[data-front]").evaluate((video) =>
        (video as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames
      );
    const before = await positionOf();
    await waitFor("the film to go on", positionOf, (now) => now > before + 10);
    await tile(page).hover();
    await tile(page).getByTestId("tile-menu").click();
    await page.getByTestId("stop-flow").click();
    await tile(other).waitFor({ state: "detached" });

    // A short one ends by itself.
    await play(2);
    await tile(page).waitFor();
    await tile(page).waitFor({ state: "detached" });
  },
);
