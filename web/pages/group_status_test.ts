import assert from "node:assert/strict";
import { test } from "node:test";
import { parseStatus } from "./group_status.ts";

test("a status that says little still has a title and an address", () => {
  assert.deepEqual(parseStatus({ name: "a b" }, ""), {
    name: "a b",
    displayName: "a b",
    description: "",
    locked: false,
    clientCount: undefined,
    address: "/group/a%20b/",
    endpoint: "",
    authPortal: "",
    authServer: "",
    redirect: "",
  });
});

test("garbage is a group without qualities", () => {
  for (const json of [null, 7, "x", [], { name: 3, locked: "yes" }]) {
    const status = parseStatus(json, "maths");
    assert.equal(status.name, "maths");
    assert.equal(status.locked, false);
  }
});

test("a group that is elsewhere is linked to where it is", () => {
  const redirect = "https://example.com/group/maths/";

  assert.equal(
    parseStatus({ name: "maths", redirect }, "").address,
    redirect,
  );
});
