import assert from "node:assert/strict";
import { runInPrivateNetwork } from "../support/private_network.ts";
import type { TcpReport } from "./tcp_call.ts";

Deno.test("Two browsers see and hear each other where no datagram gets through (RFC 6544)", async () => {
  const report = await runInPrivateNetwork(
    new URL("./tcp_call.ts", import.meta.url),
  ) as TcpReport;
  assert.equal(report.hasUdp, false);
  for (const received of [report.alice, report.bob]) {
    assert.ok(received.framesDecoded > 60);
    assert.ok(received.audioEnergy > 0);
  }
});
