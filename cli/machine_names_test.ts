import assert from "node:assert/strict";

import { machineNames, toUrlHost } from "./machine_names.ts";

Deno.test("machineNames() begins with what is announced and ends with the host name", () => {
  const names = machineNames([
    "192.0.2.1:7000",
    "[2001:db8::1]:7000",
    "2001:db8::2",
  ]);

  assert.deepEqual(names.slice(0, 3), [
    "192.0.2.1",
    "2001:db8::1",
    "2001:db8::2",
  ]);
  assert.equal(names.at(-1), Deno.hostname());
  const own = names.slice(3, -1);
  assert.ok(!own.some((name) => name === "::1" || name.startsWith("127.")));
  const lastIpv4 = own.findLastIndex((name) => !name.includes(":"));
  const firstIpv6 = own.findIndex((name) => name.includes(":"));
  assert.ok(firstIpv6 === -1 || lastIpv4 < firstIpv6);
});

Deno.test("toUrlHost() brackets IPv6", () => {
  assert.equal(toUrlHost("2001:db8::1"), "[2001:db8::1]");
  assert.equal(toUrlHost("192.0.2.1"), "192.0.2.1");
  assert.equal(toUrlHost("example.org"), "example.org");
});
