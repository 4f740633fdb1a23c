import assert from "node:assert/strict";
import { test } from "node:test";
import { parseGroupAddress, toGroupAddress } from "./group_address.ts";

test("a group's address leads back to its name", () => {
  for (const group of ["lobby", "maths/algebra", "a b", "100 %", "ä/ß?#"]) {
    assert.equal(parseGroupAddress(toGroupAddress(group)), group, group);
  }
});

test("a group's address below a path of a proxy leads back to its name, too", () => {
  for (const group of ["lobby", "group/maths", "a b"]) {
    const address = toGroupAddress(group, "/sub");
    assert.ok(address.startsWith("/sub/group/"));
    assert.equal(parseGroupAddress(address, "/sub"), group, group);
  }
});

test("slashes part groups from subgroups, and are not encoded", () => {
  assert.equal(toGroupAddress("a b/c"), "/group/a%20b/c/");
});

test("a malformed address is some group's name, and no error", () => {
  assert.equal(parseGroupAddress("/group/100%/"), "100%");
});
