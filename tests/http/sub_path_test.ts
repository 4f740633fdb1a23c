/**
 * A server that a reverse proxy has below a path, `/sub`: everything that pages
 * name is there.
 *
 * @module
 */
import assert from "node:assert/strict";

import { openPrefixProxy } from "../support/prefix_proxy.ts";
import { TestServer } from "../support/server.ts";
import { join } from "./join.ts";

const GROUPS = {
  maths: {
    "public": true,
    "wildcard-user": {
      "password": { "type": "wildcard" },
      "permissions": "present",
    },
  },
};

/** What a page, script, style sheet or manifest names, by its type. */
const NAMES: Readonly<Record<string, RegExp>> = {
  "text/html": /(?:href|src)="([^"]+)"/g,
  "text/css": /url\("?([^")]+)"?\)/g,
  "text/javascript": /(?:from|import|import\()"(\.[^"]+)"/g,
  "application/manifest+json": /"(?:src|start_url|scope)":\s*"([^"]+)"/g,
};

/** Follows all links from a page on; gives every address with its status. */
async function walk(start: string): Promise<ReadonlyMap<string, number>> {
  const seen = new Map<string, number>();
  const open = [start];
  let next;
  while ((next = open.pop()) !== undefined) {
    if (seen.has(next)) continue;
    const response = await fetch(next);
    seen.set(next, response.status);
    const text = await response.text();
    const [type = ""] = (response.headers.get("Content-Type") ?? "").split(";");
    for (const [, name = ""] of text.matchAll(NAMES[type] ?? /$^/g)) {
      const { protocol, origin, pathname } = new URL(name, next);
      if (protocol === "data:") continue;
      open.push(origin + pathname);
    }
  }
  return seen;
}

Deno.test("Below a path of a proxy, all links lead to what is there (D-12, D-17, I-32)", async () => {
  await using server = await TestServer.start({
    groups: GROUPS,
    config: { proxyURL: "/sub/" },
  });
  await using proxy = openPrefixProxy("/sub", server.http);

  for (const page of ["/", "/group/maths/"]) {
    const seen = await walk(proxy.url + page);
    assert.ok(seen.size > 6, [...seen.keys()].join("\n"));
    for (const [address, status] of seen) {
      assert.equal(status, 200, address);
      assert.ok(address.startsWith(`${proxy.url}/`), address);
    }
  }
  const missing = await fetch(`${proxy.url}/none`);
  assert.equal(missing.status, 404);
  assert.match(await missing.text(), /href="\/sub\/"/);
  const status = await (await fetch(`${proxy.url}/group/maths/.status`)).json();
  assert.match(status.location, /^http:.*\/sub\/group\/maths\/$/);
  assert.match(status.endpoint, /^ws:.*\/sub\/ws$/);
  const moved = await fetch(`${proxy.url}/group/maths?token=a%26b`);
  await moved.body?.cancel();
  assert.equal(moved.url, `${proxy.url}/group/maths/?token=a%26b`);
  assert.deepEqual(proxy.strays, []);
  const joined = await join(proxy.url, { group: "maths", username: "ann" });
  assert.equal(joined["kind"], "join");
});
