/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { CallPage } from "../support/call_page.ts";
import { ALL, checkPage } from "../support/page_checks.ts";
import { SITTERS } from "../support/test_camera.ts";
import { OPEN_GROUP, type TestCall, testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

/** The same as `maths`, but what happens in it may be recorded. */
const RECORDED_GROUP = { ...OPEN_GROUP, "allow-recording": true };

/** What a browser makes of a file. */
interface Played {
  readonly durationS: number;
  readonly width: number;
  readonly height: number;
  /** How many pictures it has shown. */
  readonly pictures: number;
  /** How bright the brightest point was: 0 to 255. */
  readonly brightest: number;
  /** Of the sound, between 0 and 1. */
  readonly loudest: number;
}

/** Plays a file from its beginning to its end, fast, and looks and listens. */
async function play(page: Page, url: string): Promise<Played> {
  return await page.evaluate(async (url) => {
    const response = await fetch(url);
    const bytes = await response.arrayBuffer();
    const sound = await new AudioContext().decodeAudioData(bytes.slice(0))
      .then((buffer) => buffer.getChannelData(0), () => new Float32Array(1));
    const video = document.createElement("video");
    video.src = URL.createObjectURL(new Blob([bytes], { type: "video/webm" }));
    video.muted = true;
    video.playbackRate = 4;
    let pictures = 0;
    let brightest = 0;
    const canvas = new OffscreenCanvas(32, 32);
    const context = canvas.getContext("2d")!;
    const look = () => {
      pictures++;
      context.drawImage(video, 0, 0, 32, 32);
      for (const value of context.getImageData(0, 0, 32, 32).data) {
        if (value < 255) brightest = Math.max(brightest, value);
      }
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    video.onended = () => resolve();
    video.onerror = () => reject(new Error(video.error?.message));
    await video.play();
    await promise;
    return {
      durationS: video.duration,
      width: video.videoWidth,
      height: video.videoHeight,
      pictures,
      brightest,
      loudest: sound.reduce((max, one) => Math.max(max, Math.abs(one)), 0),
    };
  }, url);
}

/** A group's recordings, as a person who knows a password sees the list. */
async function openRecordings(call: TestCall, group: string): Promise<Page> {
  const person = await call.newPage("visitor", {
    httpCredentials: { username: "olga", password: "secret" },
  });
  const page = person.page as Page;
  await page.goto(`${call.server.http}/recordings/${group}/`);
  return page;
}

/** The files whose names say that they are somebody's, when there are so many. */
async function filesOf(
  page: Page,
  username: string,
  count: number,
): Promise<string[]> {
  return await waitFor(
    `${count} files of ${username}'s`,
    async () => {
      await page.reload();
      return await page.evaluate(
        (part) =>
          [...document.querySelectorAll<HTMLAnchorElement>("td a")]
            .map(({ href }) => href)
            .filter((href) => href.includes(part)),
        `-${username}.`,
      );
    },
    (found) => found.length >= count,
  );
}

/** Chooses something of the group's menu. */
async function chooseOfGroup(operator: CallPage, item: string): Promise<void> {
  await operator.people();
  await operator.press("open-group");
  await operator.choose(item);
}

function assertPlays(film: Played): void {
  assert.ok(film.durationS > 1, "it lasts");
  assert.ok(film.pictures > 10, "it moves");
  assert.ok(film.brightest > 50, "it is not black");
  assert.ok(film.loudest > 0.01, "it can be heard");
}

/** Waits until somebody has sent so many more pictures to who watches. */
async function watchesOn(watcher: CallPage, frames: number): Promise<void> {
  const before = await watcher.report();
  await waitFor(
    `${watcher.username} to see ${frames} more pictures`,
    () => watcher.report(),
    ({ video }) => video.framesDecoded > before.video.framesDecoded + frames,
  );
}

testCall(
  "C-2 C-7 C-10 A-73 A-74 What is recorded can be downloaded and played, also after a replaced flow",
  async (call) => {
    const olga = await call.enter("olga", { password: "secret" });
    const bob = await call.enter("bob");
    await olga.sees("bob");
    await bob.sees("olga");

    await chooseOfGroup(olga, "Start recording");
    for (const person of [olga, bob]) await person.showsRecording(true);
    await watchesOn(olga, 60);
    await bob.chooseQuality("low");
    await watchesOn(olga, 60);
    await checkPage(olga.page as Page, "recorded", ALL);
    await chooseOfGroup(olga, "Stop recording");
    await olga.showsRecording(false);

    const page = await openRecordings(call, "maths");
    const urls = await filesOf(page, "bob", 2);
    await checkPage(page, "recordings", ALL);
    const films = [];
    for (const url of urls) films.push(await play(page, url));
    films.forEach(assertPlays);
    assert.ok(films[0]!.height > films.at(-1)!.height, "then it got smaller");

    const rows = page.locator("tbody tr");
    const before = await rows.count();
    await rows.first().locator("button").click();
    await waitFor("one less", () => rows.count(), (n) => n === before - 1);
  },
  { groups: { maths: RECORDED_GROUP } },
);

const CODECS = ["vp9", "av1", "h264"] as const;

testCall(
  "C-3 Pictures in VP9, AV1 and H.264 are recorded so that a browser plays them",
  async (call) => {
    const olga = await call.newPage("olga", { sitter: SITTERS.amina });
    const page = await openRecordings(call, "vp9");
    for (const codec of CODECS) {
      await olga.join(`${call.server.http}/group/${codec}/`, "secret");
      await chooseOfGroup(olga, "Start recording");
      await page.goto(`${call.server.http}/recordings/${codec}/`);
      const [url = ""] = await filesOf(page, "olga", 1);
      assert.match(url, codec === "h264" ? /\.mkv$/ : /\.webm$/);
      await waitFor(
        "a file that is worth a look",
        () =>
          page.evaluate(async (url) => {
            const response = await fetch(url, { cache: "no-store" });
            return (await response.arrayBuffer()).byteLength;
          }, url),
        (size) => size > 30_000,
      );
      await chooseOfGroup(olga, "Stop recording");
      await olga.showsRecording(false);
      await olga.leave();
      await waitFor(
        "the end",
        () => play(page, url),
        (film) => film.durationS < Infinity,
      )
        .then(assertPlays);
    }
  },
  {
    groups: Object.fromEntries(
      CODECS.map((codec) => [
        codec,
        { ...RECORDED_GROUP, codecs: [codec, "opus"] },
      ]),
    ),
  },
);
