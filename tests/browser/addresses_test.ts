import assert from "node:assert/strict";
import {
  PRIVATE_ADDRESS,
  PRIVATE_ADDRESS_6,
  runInPrivateNetwork,
} from "../support/private_network.ts";
import type { AddressesReport } from "./addresses_call.ts";

Deno.test("B-9 A call goes by whichever announced address is good, and by IPv6 alone", async () => {
  const { several, ipv6 } = await runInPrivateNetwork(
    new URL("./addresses_call.ts", import.meta.url),
  ) as AddressesReport;
  const good = [PRIVATE_ADDRESS, PRIVATE_ADDRESS_6];
  assert.equal(several.length, 4, "a peer each way, of two people");
  assert.ok(several.every((address) => good.includes(address)), `${several}`);
  assert.deepEqual(ipv6, new Array(4).fill(PRIVATE_ADDRESS_6));
});
