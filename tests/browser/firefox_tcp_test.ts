import assert from "node:assert/strict";
import { runInPrivateNetwork } from "../support/private_network.ts";
import type { FirefoxTcpReport } from "./firefox_tcp_call.ts";

Deno.test("B-2 B-9 Firefox and Chromium see and hear each other over TCP, in each codec that Firefox has", async () => {
  const { hasUdp, able, calls } = await runInPrivateNetwork(
    new URL("./firefox_tcp_call.ts", import.meta.url),
  ) as FirefoxTcpReport;
  assert.equal(hasUdp, false);
  console.log(`Firefox can send ${able.join(", ")}`);
  assert.ok(["vp8", "vp9"].every((codec) => able.includes(codec)));
  assert.deepEqual(calls.map(({ codec }) => codec), able);
  for (const { codec, firefox, chromium } of calls) {
    for (const received of [firefox, chromium]) {
      assert.equal(received.codec.toLowerCase(), `video/${codec}`);
      assert.ok(received.framesDecoded > 20);
      assert.ok(received.audioEnergy > 0);
    }
  }
});
