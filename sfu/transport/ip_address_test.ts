import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addressScope,
  decodeIpAddress,
  encodeIpAddress,
  toPlainAddress,
} from "./ip_address.ts";

Deno.test("decodeIpAddress() reads back what encodeIpAddress() wrote", () => {
  const bytes = fc.constantFrom(4, 16).chain((size) =>
    fc.array(fc.oneof(fc.constant(0), fc.nat(255)), {
      minLength: size,
      maxLength: size,
    })
  ).map((list) => Uint8Array.from(list));
  fc.assert(fc.property(bytes, (address) => {
    assert.deepEqual(decodeIpAddress(encodeIpAddress(address)), address);
  }));
});

Deno.test("encodeIpAddress() shortens IPv6 as RFC 5952 wants", () => {
  for (
    const [long, short] of [
      ["2001:0DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
      ["0:0:0:0:0:0:0:0", "::"],
      ["0:0:0:0:0:0:0:1", "::1"],
      ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
      ["fe80::1%eth0", "fe80::1"],
      ["1:0:0:0:0:0:0:0", "1::"],
    ] as const
  ) {
    assert.equal(encodeIpAddress(decodeIpAddress(long)!), short);
  }
});

Deno.test("decodeIpAddress() refuses what is not an address", () => {
  for (
    const text of [
      "",
      "localhost",
      "1.2.3",
      "1.2.3.256",
      "01.2.3.4",
      "1.2.3.4.5",
      ":",
      ":::",
      "1::2::3",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7:8::",
      "::12345",
      "::g",
      "1.2.3.4::",
    ]
  ) {
    assert.equal(decodeIpAddress(text), undefined, text);
  }
});

Deno.test("decodeIpAddress() survives any text", () => {
  fc.assert(fc.property(
    fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f:.%]{0,40}$/)),
    (text) => {
      const bytes = decodeIpAddress(text);
      assert.ok(bytes === undefined || [4, 16].includes(bytes.length));
    },
  ));
});

Deno.test("toPlainAddress() undresses IPv4 in IPv6", () => {
  assert.equal(toPlainAddress("::ffff:192.0.2.1"), "192.0.2.1");
  assert.equal(toPlainAddress("::FFFF:c000:0201"), "192.0.2.1");
  assert.equal(toPlainAddress("192.0.2.1"), "192.0.2.1");
  assert.equal(toPlainAddress("0:0::1"), "::1");
});

Deno.test("addressScope() tells ranges apart", () => {
  for (
    const [text, scope] of [
      ["127.8.0.1", "loopback"],
      ["::1", "loopback"],
      ["169.254.1.1", "link-local"],
      ["fe80::1", "link-local"],
      ["0.0.0.0", "unusable"],
      ["::", "unusable"],
      ["239.1.1.1", "unusable"],
      ["ff02::1", "unusable"],
      ["10.0.0.1", "global"],
      ["fd00::2", "global"],
      ["::ffff:127.0.0.1", "loopback"],
      ["::2", "global"],
    ] as const
  ) {
    assert.equal(addressScope(decodeIpAddress(text)!), scope, text);
  }
});
