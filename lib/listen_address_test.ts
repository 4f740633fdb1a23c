import assert from "node:assert/strict";
import { test } from "node:test";

import { parseListenAddress } from "./listen_address.ts";

test("parseListenAddress() takes a port, with or without an address", () => {
  const table = [
    [":8443", undefined, 8443],
    ["8443", undefined, 8443],
    ["127.0.0.1:80", "127.0.0.1", 80],
    ["[::1]:0", "::1", 0],
    ["localhost:8080", "localhost", 8080],
  ] as const;
  for (const [text, hostname, port] of table) {
    assert.deepEqual(parseListenAddress(text), { hostname, port }, text);
  }
});

test("parseListenAddress() refuses everything else", () => {
  for (
    const text of ["", ":", "x", "::1:80", "1.2.3.4", "[::1]", ":65536", ":-1"]
  ) {
    assert.equal(parseListenAddress(text), undefined, text);
  }
});
