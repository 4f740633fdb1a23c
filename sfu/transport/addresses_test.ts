import assert from "node:assert/strict";
import {
  type AddressChoice,
  announcedAddresses,
  machineAddresses,
  shiftPublicAddress,
} from "./addresses.ts";

const LAPTOP: AddressChoice = {
  machine: [
    "127.0.0.1",
    "::1",
    "192.168.1.7",
    "fd00::7",
    "fe80::7%wlan0",
    "169.254.3.4",
  ],
  publicAddresses: [],
  host: "::",
  port: 7000,
  loopback: "last",
};

const hosts = (choice: Partial<AddressChoice>) =>
  announcedAddresses({ ...LAPTOP, ...choice }).map(({ host }) => host);

Deno.test("announcedAddresses() has the machine's own, loopback last", () => {
  assert.deepEqual(announcedAddresses(LAPTOP), [
    { host: "192.168.1.7", port: 7000 },
    { host: "fd00::7", port: 7000 },
    { host: "127.0.0.1", port: 7000 },
    { host: "::1", port: 7000 },
  ]);
});

Deno.test("announcedAddresses() leaves out loopback unless alone, if told so", () => {
  assert.deepEqual(hosts({ loopback: "if-alone" }), ["192.168.1.7", "fd00::7"]);
  assert.deepEqual(
    hosts({ loopback: "if-alone", machine: ["127.0.0.1", "::1"] }),
    ["127.0.0.1", "::1"],
  );
});

Deno.test("announcedAddresses() has public addresses instead of the machine's", () => {
  const publicAddresses = [
    "192.0.2.1",
    "192.0.2.1:7000",
    "192.0.2.2:9000",
    "2001:DB8::1",
    "[2001:db8::2]:9001",
    "[2001:db8::3]",
  ];

  assert.deepEqual(
    announcedAddresses({ ...LAPTOP, publicAddresses, loopback: "if-alone" }),
    [
      { host: "192.0.2.1", port: 7000 },
      { host: "192.0.2.2", port: 9000 },
      { host: "2001:db8::1", port: 7000 },
      { host: "2001:db8::2", port: 9001 },
      { host: "2001:db8::3", port: 7000 },
    ],
  );
});

Deno.test("announcedAddresses() refuses what nobody can reach", () => {
  for (
    const text of [
      "",
      "example.org",
      "0.0.0.0",
      "::",
      "192.0.2.1:0",
      "192.0.2.1:70000",
      "[2001:db8::1",
      "239.0.0.1",
    ]
  ) {
    assert.throws(() => hosts({ publicAddresses: [text] }), RangeError, text);
  }
});

Deno.test("announcedAddresses() announces only what the socket is bound to", () => {
  assert.deepEqual(hosts({ host: "0.0.0.0" }), ["192.168.1.7", "127.0.0.1"]);
  assert.deepEqual(hosts({ host: "127.0.0.1" }), ["127.0.0.1"]);
  assert.deepEqual(hosts({ host: "fd00::7" }), ["fd00::7"]);
});

Deno.test("machineAddresses() has the loopback address", () => {
  assert.ok(machineAddresses().includes("127.0.0.1"));
});

Deno.test("shiftPublicAddress() moves a port of the address's own, and no other", () => {
  const shifted = ["192.0.2.1:7000", "[2001:db8::1]:7000"]
    .map((text) => shiftPublicAddress(text, 2));
  assert.deepEqual(shifted, ["192.0.2.1:7002", "[2001:db8::1]:7002"]);
  for (const text of ["192.0.2.1", "2001:db8::1", "[2001:db8::1]", "x:y"]) {
    assert.equal(shiftPublicAddress(text, 2), text);
  }
});
