import assert from "node:assert/strict";
import { test } from "node:test";
import {
  parseGroupAddress,
  parseGroupWish,
  toGroupAddress,
} from "./group_address.ts";

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

test("a group is found by its name, and by the link of one here", () => {
  const origin = "https://example.com";
  const wish = (text: string) => parseGroupWish(text, origin);
  assert.deepEqual(wish(" /a b/c/ "), {
    group: "a b/c",
    address: "/group/a%20b/c/",
  });
  assert.deepEqual(wish(`${origin}/group/a%20b/?token=x`), {
    group: "a b",
    address: "/group/a%20b/?token=x",
  });
  assert.equal(wish("  ").group, "");
  // Others' links lead nowhere from here.
  const foreign = "https://example.org/group/a/";
  assert.equal(wish(foreign).group, foreign.slice(0, -1));
});
