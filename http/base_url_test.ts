import assert from "node:assert/strict";

import { toBaseUrl } from "./base_url.ts";

Deno.test("toBaseUrl() takes from the proxy's URL what it says (D-17, H.2)", () => {
  const rows: [string | undefined, string, string][] = [
    [undefined, "https://a.org/x?y", "https://a.org"],
    ["", "https://a.org/", "https://a.org"],
    ["", "http://a.org/", "http://a.org"],
    ["", "http+unix://a.org:1/", "http://a.org:1"],
    ["/base", "https://a.org/", "https://a.org/base"],
    ["/base/", "https://a.org:8443/", "https://a.org:8443/base"],
    ["http:", "https://a.org/", "http://a.org"],
    ["https:/base", "http://a.org/", "https://a.org/base"],
    ["https://b.org", "http://a.org/", "https://b.org"],
    ["http://b.org", "https://a.org/", "http://b.org"],
    ["https://b.org:1/c/", "http://a.org/", "https://b.org:1/c"],
  ];
  for (const [proxyUrl, request, base] of rows) {
    assert.equal(toBaseUrl(proxyUrl, request), base);
  }
});
