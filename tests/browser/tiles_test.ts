/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { STRINGS } from "../../web/strings.ts";
import { recordMedia } from "../support/recorded_media.ts";
import { RecordedPublishers } from "../support/recorded_publishers.ts";
import { SITTERS } from "../support/test_camera.ts";
import { testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

testCall(
  "A picture in a window of its own goes on when its flow is replaced",
  async (call) => {
    const alice = await call.enter("alice", { sitter: SITTERS.mei });
    const bob = await call.enter("bob", { sitter: SITTERS.jonas });
    await alice.sees("bob");
    const page = alice.page as Page;
    const tile = page.locator('[data-testid="tile"][data-username="bob"]');
    const choose = async () => {
      await tile.hover();
      await tile.getByTestId("tile-menu").click();
      await page.getByRole("button", { name: STRINGS.call.pictureInPicture })
        .click();
    };
    const shown = () =>
      page.evaluate(() => {
        const video = document.pictureInPictureElement as HTMLVideoElement;
        if (video === null) return undefined;
        return {
          username: video.closest<HTMLElement>("[data-username]")?.dataset
            .username,
          isFront: video.dataset.front !== undefined,
          track: (video.srcObject as MediaStream | null)?.getVideoTracks()[0]
            ?.id,
        };
      });
    await choose();
    const before = await waitFor("a small window", shown, (now) => !!now);
    assert.equal(before?.username, "bob");
    await bob.chooseQuality("low");
    await waitFor(
      "the new flow in the small window",
      shown,
      (now) => now?.isFront === true && now.track !== before?.track,
    );
    await choose();
    await waitFor("the small window to close", shown, (now) => !now);
  },
);

/** As many as do not fit on a phone. */
const PEOPLE = 24;

testCall(
  "Tiles out of sight are not fetched, and are there when scrolled to",
  async (call) => {
    const viewer = await call.newPage("viewer", {
      viewport: { width: 390, height: 700 },
    });
    const page = viewer.page as Page;
    await page.goto(call.server.http);
    using _people = await RecordedPublishers.open({
      http: call.server.http,
      mediaPort: call.server.media,
      group: "maths",
      count: PEOPLE,
      media: await recordMedia(page),
    });
    await page.addInitScript(() => {
      localStorage.setItem(
        "nereid.preferences",
        JSON.stringify({ start: "nothing" }),
      );
    });
    await viewer.join(`${call.server.http}/group/maths/`);
    const state = () =>
      page.evaluate(() => {
        const grid = document.querySelector(".grid");
        if (grid === null) throw new Error("there is no grid");
        const { top, bottom } = grid.getBoundingClientRect();
        const tiles = [...document.querySelectorAll<HTMLElement>(
          '[data-testid="tile"]',
        )].map((tile) => {
          const box = tile.getBoundingClientRect();
          return {
            inSight: box.bottom > top && box.top < bottom,
            picture: tile.dataset.picture !== undefined,
          };
        });
        return {
          count: tiles.length,
          seen: tiles.filter(({ inSight }) => inSight).map((t) => t.picture),
          pictures: tiles.filter(({ picture }) => picture).length,
        };
      });
    const settled = (what: string) =>
      waitFor(
        what,
        state,
        ({ count, seen, pictures }) =>
          count === PEOPLE && seen.length > 0 && seen.every(Boolean) &&
          pictures < PEOPLE,
      );
    const scroll = (share: number) =>
      page.evaluate((share) => {
        const grid = document.querySelector(".grid");
        if (grid === null) throw new Error("there is no grid");
        grid.scrollTop = share * (grid.scrollHeight - grid.clientHeight);
      }, share);

    await settled("pictures at the top, and fewer than tiles");
    await scroll(1);
    await settled("pictures at the bottom");
    await scroll(0);
    await settled("pictures at the top again");
    assert.deepEqual((await viewer.report()).removedTiles, []);
  },
);
