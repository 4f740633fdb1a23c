/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { STRINGS } from "../../web/strings.ts";
import { SITTERS } from "../support/test_camera.ts";
import { testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

testCall(
  "One that takes the camera's permission back is told, and is heard on",
  async (call) => {
    const alice = await call.enter("alice", { sitter: SITTERS.mei });
    const bob = await call.enter("bob", { sitter: SITTERS.jonas });
    await bob.sees("alice");
    const page = alice.page as Page;
    // As browsers do it: the track ends, and the permission is denied by then.
    await page.evaluate(() => {
      navigator.permissions.query = () =>
        Promise.resolve({ state: "denied" } as PermissionStatus);
      const video = document.querySelector<HTMLVideoElement>(
        '[data-own][data-kind="camera"] video[data-front]',
      );
      const [track] = (video?.srcObject as MediaStream).getVideoTracks();
      track?.stop();
      track?.dispatchEvent(new Event("ended"));
    });
    await page.getByTestId("toast").getByText(
      STRINGS.problems.camera.withdrawn,
    ).waitFor();
    await page.getByRole("button", { name: STRINGS.call.cameraOn }).waitFor();
    const { audio } = await bob.report();
    await (bob.page as Page).locator('[data-username="alice"][data-picture]')
      .waitFor({ state: "detached" });
    await waitFor(
      "alice's sound to go on",
      () => bob.report(),
      (report) => report.audio.energy > audio.energy,
    );
  },
);

testCall(
  "A network that goes is told, and the call goes on when it is back",
  async (call) => {
    const alice = await call.enter("alice", { sitter: SITTERS.mei });
    const bob = await call.enter("bob", { sitter: SITTERS.jonas });
    await alice.sees("bob");
    await bob.sees("alice");
    const page = alice.page as Page;
    await page.context().setOffline(true);
    await page.getByText(STRINGS.call.offline).waitFor();
    await page.context().setOffline(false);
    await page.getByText(STRINGS.call.offline).waitFor({ state: "detached" });
    await bob.seesAfter("alice", (await bob.report()).nowMs);
    const report = await alice.report();
    const after = await alice.seesAfter("bob", report.nowMs);
    assert.ok(after.framesMs.length > 0);
    assert.deepEqual(report.removedTiles, []);
  },
);

testCall(
  "A page that slept while the server was renewed comes back as it wakes",
  async (call) => {
    const alice = await call.enter("alice", { sitter: SITTERS.mei });
    const bob = await call.enter("bob", { sitter: SITTERS.jonas });
    await bob.sees("alice");
    const page = alice.page as Page;
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Page.enable");
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    await call.server.restart();
    await waitFor(
      "bob to be back, alone",
      () => bob.people(),
      (people) => people.length === 1,
    );

    const { nowMs } = await bob.report();
    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    await bob.seesAfter("alice", nowMs);
    await alice.seesAfter("bob", (await alice.report()).nowMs);
  },
);
