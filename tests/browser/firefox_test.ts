import assert from "node:assert/strict";
import { runInPrivateNetwork } from "../support/private_network.ts";
import type { FirefoxReport } from "./firefox_call.ts";

Deno.test("Firefox and Chromium see and hear each other, over replacements too", async () => {
  const report = await runInPrivateNetwork(
    new URL("./firefox_call.ts", import.meta.url),
  ) as FirefoxReport;

  for (const viewer of ["firefox", "chromium"] as const) {
    const { framesDecoded, audioEnergy, replaceGapMs, keptTile } =
      report[viewer];
    assert.ok(framesDecoded > 30, `${viewer} decodes pictures`);
    assert.ok(audioEnergy > 0, `${viewer} hears something`);
    assert.equal(keptTile, true, `${viewer} keeps the tile`);
    console.log(
      `Longest gap with a replacement in ${viewer}: ${
        Math.round(replaceGapMs)
      } ms`,
    );
  }
});
