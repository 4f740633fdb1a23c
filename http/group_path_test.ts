import assert from "node:assert/strict";

import { parseGroupPath, toGroupPath } from "./group_path.ts";

Deno.test("parseGroupPath() tells pages, commands and nothing apart", () => {
  const table: [string, ReturnType<typeof parseGroupPath>][] = [
    ["/group/a/", { kind: "page", group: "a" }],
    ["/group/a/b/", { kind: "page", group: "a/b" }],
    ["/group/a%20b%2Fc/", { kind: "page", group: "a b/c" }],
    ["/group/a", { kind: "page-without-slash", group: "a" }],
    ["/group/a/b", { kind: "page-without-slash", group: "a/b" }],
    ["/group/", { kind: "nothing" }],
    ["/group//", { kind: "nothing" }],
    ["/group/.a/", { kind: "nothing" }],
    ["/group/.status", { kind: "nothing" }],
    ["/group/a%", { kind: "nothing" }],
    ["/elsewhere/a/", { kind: "nothing" }],
    [
      "/group/a/b/.status",
      { kind: "command", group: "a/b", command: ".status", rest: "" },
    ],
    [
      "/group/a/.whip/id",
      { kind: "command", group: "a", command: ".whip", rest: "/id" },
    ],
    [
      "/group/a/.b/c/.d/",
      { kind: "command", group: "a", command: ".b", rest: "/c/.d/" },
    ],
  ];
  for (const [path, expected] of table) {
    assert.deepEqual(parseGroupPath(path), expected, path);
  }
});

Deno.test("toGroupPath() and parseGroupPath() agree on names of all kinds", () => {
  for (const name of ["a", "a/b", "é ?#%/&", "..a"]) {
    assert.equal(toGroupPath(name).includes("?"), false);
    const parsed = parseGroupPath(toGroupPath(name));
    if (!name.startsWith(".")) {
      assert.deepEqual(parsed, { kind: "page", group: name });
    }
  }
});
