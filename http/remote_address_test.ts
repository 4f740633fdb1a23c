import assert from "node:assert/strict";

import { formatAddress, isLoopback, toNetwork } from "./remote_address.ts";

const at = (hostname: string) => ({ hostname, port: 4711 });

Deno.test("formatAddress() shows IPv6 in brackets, and IPv4 as what it is", () => {
  assert.equal(formatAddress(at("203.0.113.7")), "203.0.113.7:4711");
  assert.equal(formatAddress(at("::ffff:203.0.113.7")), "203.0.113.7:4711");
  assert.equal(formatAddress(at("2001:db8::7")), "[2001:db8::7]:4711");
});

Deno.test("toNetwork() takes a /64 of IPv6 for one place", () => {
  assert.equal(toNetwork(at("203.0.113.7")), "203.0.113.7");
  assert.equal(toNetwork(at("::ffff:203.0.113.7")), "203.0.113.7");
  for (
    const host of [
      "2001:db8:0:1::7",
      "2001:db8:0:1:2:3:4:5",
      "2001:db8::1:0:0:0:1",
    ]
  ) {
    assert.equal(toNetwork(at(host)), "2001:db8:0:1::/64", host);
  }
  assert.equal(toNetwork(at("2001:db8::1")), "2001:db8:0:0::/64");
  assert.equal(toNetwork(at("::1")), "0:0:0:0::/64");
});

Deno.test("isLoopback() knows this machine in all spellings", () => {
  for (const host of ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"]) {
    assert.equal(isLoopback(at(host)), true, host);
  }
  assert.equal(isLoopback(at("203.0.113.7")), false);
});
