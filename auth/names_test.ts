import assert from "node:assert/strict";

import { isGroupName, isHidden, isUsername } from "./names.ts";

const BAD_PATHS = [
  "/",
  "/foo",
  "foo/",
  "./foo",
  "foo/.",
  "../foo",
  "foo/..",
  "foo/./bar",
  "foo/../bar",
  "foo\\bar",
  "foo//bar",
  "foo\0bar",
];

Deno.test("isGroupName() knows the legal names (E-1)", () => {
  for (const name of ["foo", "foo/bar", "..foo", "a b", "é"]) {
    assert.equal(isGroupName(name), true, name);
  }
  for (const name of ["", ...BAD_PATHS]) {
    assert.equal(isGroupName(name), false, name);
  }
});

Deno.test("isUsername() knows the legal names, the empty one included (E-2)", () => {
  for (const name of ["", "john", "a/b"]) {
    assert.equal(isUsername(name), true, name);
  }
  for (const name of BAD_PATHS) assert.equal(isUsername(name), false, name);
});

Deno.test("isHidden() finds a dot at the beginning of any part", () => {
  assert.equal(isHidden("a.b/c.d"), false);
  assert.equal(isHidden(".a"), true);
  assert.equal(isHidden("a/.b/c"), true);
});
