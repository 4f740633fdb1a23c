import assert from "node:assert/strict";
import { STRINGS } from "../../web/strings.ts";
import { type CallPage, tileOf } from "../support/call_page.ts";
import { longestGapMs } from "../support/media_probe.ts";
import { SITTERS } from "../support/test_camera.ts";
import { testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

/** Waits until a page has received more of both kinds than it had. */
async function receivesMore(person: CallPage): Promise<void> {
  const before = await person.report();
  await waitFor(
    `${person.username} to receive more pictures and sound`,
    () => person.report(),
    ({ video, audio }) =>
      video.framesDecoded > before.video.framesDecoded + 20 &&
      audio.energy > before.audio.energy &&
      audio.samples - audio.concealedSamples >
        before.audio.samples - before.audio.concealedSamples + 48_000,
  );
}

testCall(
  "Two browsers that open the printed links see and hear each other",
  async (call) => {
    const olga = await call.newPage("Olga");
    const greta = await call.newPage("Greta");
    await olga.join(call.server.links.operator);
    await greta.join(call.server.links.guest);

    await olga.sees("Greta");
    await greta.sees("Olga");
    await receivesMore(olga);
    await receivesMore(greta);
  },
  {},
);

testCall(
  "HTTPS with the server's own certificate serves a call, too",
  async (call) => {
    const alice = await call.newPage("alice");
    const bob = await call.newPage("bob");
    await alice.join(`${call.server.https}/group/maths/`);
    await bob.join(`${call.server.http}/group/maths/`);

    await alice.sees("bob");
    await bob.sees("alice");
  },
);

testCall("A flow that is replaced in mid-call keeps its tile", async (call) => {
  const alice = await call.enter("alice");
  const bob = await call.enter("bob");
  await alice.sees("bob");
  const before = await bob.sees("alice");

  for (const quality of ["low", "high", "normal"] as const) {
    const start = await bob.report();
    await alice.chooseQuality(quality);
    const report = await bob.settlesAfter(start);
    const after = await bob.seesAfter("alice", report.nowMs);

    assert.deepEqual(report.removedTiles, []);
    assert.equal(report.tiles.length, 2);
    assert.equal(after.localId, before.localId);
    assert.equal(after.element, before.element);
    const gapMs = Math.round(longestGapMs(after.framesMs, start.nowMs));
    console.log(`Longest gap with the change to “${quality}”: ${gapMs} ms`);
  }
  await receivesMore(bob);
});

testCall("A third client that joins late sees everybody", async (call) => {
  // Small pictures: three encoders on one small machine would be what is measured.
  const amina = await call.enter("Amina", { sitter: SITTERS.amina });
  const jonas = await call.enter("Jonas", { sitter: SITTERS.jonas });
  await amina.sees("Jonas");
  await jonas.sees("Amina");

  const mei = await call.enter("Mei", { sitter: SITTERS.mei });
  for (const name of ["Amina", "Jonas"]) {
    const { framesMs: [first = NaN] } = await mei.sees(name);
    const { joinedMs = NaN } = await mei.report();
    const ms = Math.round(first - joinedMs);
    console.log(`Late client sees ${name} ${ms} ms after it joined`);
    assert.ok(ms >= 0, "a picture, after the click that joined");
  }
  await amina.sees("Mei");
  await jonas.sees("Mei");
});

testCall(
  "One that leaves disappears, from the tiles and from the list",
  async (call) => {
    const alice = await call.enter("alice");
    const bob = await call.enter("bob");
    await bob.sees("alice");
    assert.deepEqual((await bob.people()).toSorted(), ["alice", "bob"]);

    await alice.leave();
    await bob.misses("alice");
    await waitFor(
      "bob to be alone",
      () => bob.people(),
      (people) => people.length === 1,
    );
    await waitFor(
      "nothing but bob's own peer",
      () => bob.report(),
      ({ openPeers }) => openPeers === 1,
    );
  },
);

testCall(
  "What one says everybody reads, also those who come later",
  async (call) => {
    const alice = await call.enter("alice");
    const bob = await call.enter("bob");
    await alice.say("Shall we begin?");
    await bob.press("open-chat");
    const reads = (person: CallPage) =>
      waitFor(
        `${person.username} to read it`,
        () => person.text("chat-log"),
        (text) => text.includes("Shall we begin?") && text.includes("alice"),
      );
    await reads(bob);

    const carol = await call.enter("carol");
    await carol.press("open-chat");
    await reads(carol);
  },
);

testCall(
  "One that may not present any more disappears, and may come back",
  async (call) => {
    const olga = await call.enter("olga", { password: "secret" });
    const bob = await call.enter("bob");
    await olga.sees("bob");
    await bob.sees("olga");

    await olga.act("bob", STRINGS.people.forbid);
    await olga.misses("bob");
    assert.deepEqual((await olga.people()).toSorted(), ["bob", "olga"]);
    const { nowMs } = await bob.report();
    await bob.seesAfter("olga", nowMs);

    await olga.act("bob", STRINGS.people.allow);
    await waitFor(
      "bob's camera to be allowed",
      () =>
        bob.page.evaluate(() =>
          document.querySelector(
            '[data-testid="toggle-camera"]:not(:disabled)',
          ) !==
            null
        ),
      (allowed) => allowed,
    );
    await bob.press("toggle-camera");
    await olga.sees("bob");
  },
);

testCall("One that is removed is out, and the others go on", async (call) => {
  const olga = await call.enter("olga", { password: "secret" });
  const bob = await call.enter("bob");
  const carol = await call.enter("carol");
  await carol.sees("bob");
  await olga.act("bob", STRINGS.people.remove);
  await olga.press("prompt-send");

  await carol.misses("bob");
  await waitFor(
    "bob to be told",
    () => bob.page.evaluate(() => document.body.textContent ?? ""),
    (text) => text.includes(STRINGS.left.removed({ by: "olga" })),
  );
  await carol.seesAfter("olga", (await carol.report()).nowMs);
});

testCall(
  "A camera that is switched off and on keeps the tile and the sound",
  async (call) => {
    const alice = await call.enter("alice");
    const bob = await call.enter("bob");
    const before = await bob.sees("alice");
    await alice.press("toggle-camera");
    await waitFor(
      "alice's picture to go",
      () =>
        bob.page.evaluate(() =>
          document.querySelector('[data-username="alice"][data-picture]') ===
            null
        ),
      (gone) => gone,
    );
    const { audio } = await bob.report();
    await waitFor(
      "alice's sound to go on",
      () => bob.report(),
      (report) => report.audio.energy > audio.energy,
    );

    const { nowMs } = await bob.report();
    await alice.press("toggle-camera");
    const after = await bob.seesAfter("alice", nowMs);
    assert.equal(after.element, before.element);
  },
);

testCall("A screen is shown in a tile of its own", async (call) => {
  const alice = await call.enter("alice");
  const bob = await call.enter("bob");
  await bob.sees("alice");
  const screens = () =>
    bob.page.evaluate(() =>
      document.querySelectorAll(
        '[data-username="alice"][data-kind="screen"][data-picture]',
      ).length
    );
  await alice.press("toggle-screen");
  await waitFor("alice's screen", screens, (count) => count === 1);
  assert.equal((await bob.report()).tiles.length, 3);

  await alice.press("toggle-screen");
  await waitFor("alice's screen to go", screens, (count) => count === 0);
  assert.ok(tileOf((await bob.report()).tiles, "alice"));
});

testCall("A call comes back by itself when the server does", async (call) => {
  const alice = await call.enter("alice");
  const bob = await call.enter("bob");
  await alice.sees("bob");
  await bob.sees("alice");

  await call.server.restart();
  // Each page has a clock of its own.
  await bob.seesAfter("alice", (await bob.report()).nowMs);
  await alice.seesAfter("bob", (await alice.report()).nowMs);
  await receivesMore(bob);
});
