import assert from "node:assert/strict";
import { test } from "node:test";
import { basePathOf } from "./base_path.ts";

test("a script knows below which path its server is seen", () => {
  const rows = [
    ["https://a.org/assets/main-1A2B3C4D.js", ""],
    ["https://a.org/sub/assets/chunk-1A2B3C4D.js?x", "/sub"],
    ["https://a.org/assets/b/assets/main-1A2B3C4D.js", "/assets/b"],
    ["file:///home/nereid/web/pages/base_path.ts", ""],
  ];
  for (const [script = "", base] of rows) {
    assert.equal(basePathOf(script), base, script);
  }
});
