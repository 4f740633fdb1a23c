/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { STRINGS } from "../../web/strings.ts";
import { SITTERS } from "../support/test_camera.ts";
import { testCall } from "../support/test_call.ts";
import { SIZES } from "../support/page_checks.ts";
import { waitFor } from "../support/wait_for.ts";

function tileOf(page: Page, username: string): Locator {
  return page.locator(`[data-testid="tile"][data-username="${username}"]`);
}

/** Chooses something in the menu of a tile. */
async function choose(tile: Locator, testId: string): Promise<void> {
  await tile.hover();
  await tile.getByTestId("tile-menu").click();
  await tile.page().getByTestId(testId).click();
}

/** Waits until a tile plays as loud as that, from 0 to 1. */
async function plays(tile: Locator, volume: number): Promise<void> {
  await waitFor(
    `a volume of ${volume}`,
    () =>
      tile.locator("video[data-front]").evaluate((video) =>
        (video as HTMLVideoElement).volume
      ),
    (now) => now === volume,
  );
}

testCall(
  "G-51 A tile is played, silenced, made as loud as one likes, shown in full, and stopped",
  async (call) => {
    const alice = await call.newPage("alice", { sitter: SITTERS.mei });
    const page = alice.page as Page;
    // Until somebody clicks, browsers let nothing sound.
    await page.addInitScript(() => {
      const play = HTMLMediaElement.prototype.play;
      let clicked = false;
      addEventListener("pointerup", ({ target }) => {
        clicked ||= target instanceof Element && !!target.closest(".hear");
      }, true);
      HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
        return clicked || this.muted
          ? play.call(this)
          : Promise.reject(new DOMException("no gesture", "NotAllowedError"));
      };
    });
    await alice.join(`${call.server.http}/group/maths/`);
    const bob = await call.enter("bob", { sitter: SITTERS.jonas });
    const his = tileOf(page, "bob");
    await page.getByRole("button", { name: STRINGS.call.hear }).click();
    await alice.sees("bob");
    assert.equal(
      await page.getByRole("button", { name: STRINGS.call.hear }).count(),
      0,
    );

    await choose(his, "silence");
    await plays(his, 0);
    await page.getByTestId("silence").click();
    await plays(his, 1);
    // In steps of five, by the keyboard as well.
    await page.getByTestId("volume").fill("50");
    await page.getByTestId("volume").press("ArrowUp");
    await plays(his, 0.55);
    await page.keyboard.press("Escape");

    await choose(his, "fullscreen");
    await page.waitForFunction(() =>
      document.fullscreenElement?.getAttribute("data-username") === "bob"
    );
    await choose(his, "fullscreen");
    await page.waitForFunction(() => document.fullscreenElement === null);

    // Of one's own camera there is nothing to hear.
    const own = page.locator('[data-testid="tile"][data-own]');
    await own.hover();
    await own.getByTestId("tile-menu").click();
    assert.equal(await page.getByTestId("volume").count(), 0);
    await page.getByTestId("stop-flow").click();
    await own.waitFor({ state: "detached" });
    await bob.misses("alice");
  },
);

testCall(
  "G-51 G-55 A finger stops what it shares by the first tap, without a menu",
  async (call) => {
    const alice = await call.enter("alice", {
      viewport: SIZES.phone,
      hasTouch: true,
      isMobile: true,
    });
    const page = alice.page as Page;
    await page.getByTestId("open-more").tap();
    await page.getByTestId("share-screen").tap();
    const screen = page.locator('[data-own][data-kind="screen"]');
    const stop = screen.getByTestId("stop-sharing");
    await stop.waitFor();
    const box = await stop.boundingBox();
    assert.ok(box && box.width >= 44 && box.height >= 44);
    await stop.tap();
    await screen.waitFor({ state: "detached" });
  },
);

testCall(
  "G-52 A tile has a name, what is sent, figures of both sides, and is grey while it is cut off",
  async (call) => {
    const alice = await call.newPage("alice", { simulcast: "on" });
    const page = alice.page as Page;
    await page.addInitScript(() => {
      const peers: RTCPeerConnection[] = [];
      Object.assign(globalThis, { peers });
      RTCPeerConnection = class extends RTCPeerConnection {
        constructor(configuration?: RTCConfiguration) {
          super(configuration);
          peers.push(this);
        }
      };
    });
    await alice.join(`${call.server.http}/group/maths/`);
    const bob = await call.enter("bob");
    await alice.sees("bob");
    await bob.sees("alice");
    const own = page.locator('[data-testid="tile"][data-own]');
    await own.getByText(STRINGS.call.nameYou({ name: "alice" })).waitFor();
    // Two sizes of the picture, and the sound.
    await own.hover();
    await own.getByTestId("send-rates").getByText(/^\d+ \+ \d+ \+ \d+ kbit\/s$/)
      .waitFor();

    const his = tileOf(page, "bob");
    await his.locator(".tile-label").getByText("bob").waitFor();
    for (const tile of [own, his]) {
      await choose(tile, "show-figures");
      await tile.getByTestId("figures").getByText(/\d+ × \d+/).waitFor();
      await tile.getByTestId("server-figures").getByText(/% lost/).waitFor();
    }
    const hers = tileOf(bob.page as Page, "alice");
    await choose(hers, "show-figures");
    await hers.getByTestId("server-figures").getByText(/Size \d of 2/)
      .waitFor();

    /** Has the browser say this of the way by which bob's flow comes. */
    const setLink = (state: RTCIceConnectionState) =>
      page.evaluate((state) => {
        const { peers } = globalThis as unknown as {
          peers: RTCPeerConnection[];
        };
        const peer = peers.findLast((peer) =>
          peer.signalingState !== "closed" &&
          peer.getReceivers().some(({ track }) =>
            track.readyState === "live"
          ) &&
          peer.getSenders().every(({ track }) => track === null)
        );
        if (peer === undefined) throw new Error("no peer receives anything");
        Object.defineProperty(peer, "iceConnectionState", {
          value: state,
          configurable: true,
        });
        peer.dispatchEvent(new Event("iceconnectionstatechange"));
      }, state);
    const isGrey = () => his.getAttribute("data-stale");
    assert.equal(await isGrey(), null);
    await setLink("failed");
    await waitFor("bob's tile to be grey", isGrey, (grey) => grey === "");
    await page.getByTestId("toast").filter({
      hasText: STRINGS.call.cutOff({ name: "bob" }),
    }).waitFor();
    await setLink("connected");
    await waitFor("bob's tile to be itself", isGrey, (grey) => grey === null);
  },
);
