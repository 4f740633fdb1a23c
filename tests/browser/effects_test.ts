/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { STRINGS } from "../../web/strings.ts";
import type { CallPage } from "../support/call_page.ts";
import { negotiations, watchEffects } from "../support/effect_watch.ts";
import { SITTERS } from "../support/test_camera.ts";
import { testCall } from "../support/test_call.ts";
import { lookAt, type PictureReport } from "../support/tile_picture.ts";
import { waitFor } from "../support/wait_for.ts";

/** Waits until somebody's picture at another's page is as it should be. */
async function looks(
  viewer: CallPage,
  username: string,
  what: string,
  accept: (picture: PictureReport) => boolean,
): Promise<PictureReport> {
  const picture = await waitFor(
    `${username}'s picture to be ${what}`,
    () =>
      lookAt(
        viewer.page,
        `[data-username="${username}"] video[data-front]`,
      ),
    (picture) => picture !== undefined && accept(picture),
  );
  assert.ok(picture);
  return picture;
}

testCall(
  "Backgrounds and filters change what others see, without a negotiation",
  async (call) => {
    const alice = await call.newPage("alice", { sitter: SITTERS.amina });
    const page = alice.page as Page;
    const loaded = await watchEffects(page);
    await alice.join(`${call.server.http}/group/maths/`);
    const bob = await call.enter("bob");
    await alice.sees("bob");
    const plain = await looks(bob, "alice", "plain", ({ left }) => left > 150);
    assert.ok(plain.left > plain.right + 20, "light comes from the left");
    assert.equal(loaded.length, 0);
    const before = await negotiations(page);

    // Another place, but the same person.
    await page.keyboard.press("Control+,");
    await page.getByTestId("setting-background").selectOption("night");
    const night = await looks(
      bob,
      "alice",
      "at night",
      ({ left, right }) => left < 80 && right < 80,
    );
    assert.ok(Math.abs(night.face - plain.face) < 25, JSON.stringify(night));
    assert.equal(loaded.filter((path) => path.endsWith(".wasm")).length, 1);
    // One's own tile shows what others see.
    const own = await lookAt(page, "[data-own] video[data-front]");
    assert.ok(own && own.left < 80);

    // Others get what the filter makes of it; the background may go.
    await page.getByTestId("setting-background").selectOption("none");
    await page.getByTestId("setting-filter").selectOption("horizontal");
    await looks(
      bob,
      "alice",
      "mirrored",
      ({ left, right }) => right > left + 20,
    );
    await page.getByTestId("setting-filter").selectOption("rotate");
    await looks(
      bob,
      "alice",
      "rotated",
      ({ left, right, top, bottom }) => right > left + 20 && bottom > top + 20,
    );
    await page.getByTestId("setting-filter").selectOption("none");
    await looks(
      bob,
      "alice",
      "as before",
      ({ left, right }) => left > right + 20,
    );
    assert.equal(await negotiations(page), before);

    // Nobody sits before bob's camera, so that all of its picture is blurred.
    const sharp = await looks(
      alice,
      "bob",
      "sharp",
      ({ detail }) => detail > 1,
    );
    const his = bob.page as Page;
    await his.keyboard.press("Control+,");
    await his.getByTestId("setting-background").selectOption("blur");
    await looks(
      alice,
      "bob",
      "blurred",
      ({ detail, left }) => detail < sharp.detail / 3 && left > 20,
    );
    assert.doesNotMatch(call.log(), /Content.Security.Policy/i);
  },
);

testCall(
  "The background is chosen before joining, and remembered",
  async (call) => {
    const alice = await call.newPage("alice", { sitter: SITTERS.mei });
    const page = alice.page as Page;
    await page.goto(`${call.server.http}/group/maths/`);
    await page.getByTestId("setting-background").selectOption("night");
    const isDark = () =>
      waitFor(
        "the preview to be at night",
        () => lookAt(page, ".preview-picture video"),
        (picture) => picture !== undefined && picture.left < 80,
      );
    await isDark();
    await page.reload();
    await isDark();
    // Without the parts, the room is not shown by accident.
    await page.route(/\.tflite$/, (route) => route.abort());
    await page.reload();
    await page.getByText(/background or filter could not be loaded/).waitFor();
    assert.equal(await page.locator(".preview-picture video").count(), 0);
    await page.getByTestId("setting-background").selectOption("none");
    await page.locator(".preview-picture video").waitFor();
  },
);

testCall(
  "A background that fails in mid-call gives way to the camera, and one is told",
  async (call) => {
    const alice = await call.newPage("alice", {
      sitter: SITTERS.amina,
      simulcast: "on",
    });
    const page = alice.page as Page;
    await page.addInitScript(() => {
      const workers: Worker[] = [];
      class NotedWorker extends Worker {
        constructor(url: string | URL, options?: WorkerOptions) {
          super(url, options);
          workers.push(this);
        }
      }
      Object.assign(globalThis, { workers, Worker: NotedWorker });
    });
    await watchEffects(page);
    await alice.join(`${call.server.http}/group/maths/`);
    const bob = await call.enter("bob");
    await alice.sees("bob");
    const plain = await looks(bob, "alice", "plain", ({ left }) => left > 150);
    const before = await negotiations(page);
    await page.getByTestId("camera-menu").click();
    await page.getByTestId("setting-background").selectOption("night");
    await looks(bob, "alice", "at night", ({ left }) => left < 80);
    // Both sizes go on being sent, with the effect in them.
    await waitFor(
      "alice to send two sizes",
      () => alice.report(),
      ({ sent }) =>
        ["h", "l"].every((rid) => sent.some((each) => each.rid === rid)),
    );

    await page.evaluate(() => {
      const { workers } = globalThis as unknown as { workers: Worker[] };
      workers[0]?.dispatchEvent(new ErrorEvent("error", { message: "boom" }));
    });
    await page.getByTestId("toast").filter({
      hasText: STRINGS.problems.camera.effectLost,
    }).waitFor();
    const after = await looks(bob, "alice", "plain", ({ left }) => left > 150);
    assert.ok(Math.abs(after.right - plain.right) < 25, JSON.stringify(after));
    assert.equal(
      await page.getByTestId("setting-background").inputValue(),
      "none",
    );
    assert.equal(await negotiations(page), before);

    // The next choice works as the first one did, by writing as well.
    await page.keyboard.press("Escape");
    const own = "[data-own] video[data-front]";
    await alice.say("/set filter horizontal");
    const mirrored = await looks(
      bob,
      "alice",
      "mirrored",
      ({ left, right }) => right > left + 20,
    );
    assert.ok(mirrored);
    await alice.say("/unset filter");
    await looks(bob, "alice", "plain", ({ left, right }) => left > right + 20);
    assert.ok(await lookAt(page, own));
    assert.equal(await negotiations(page), before);
  },
);
