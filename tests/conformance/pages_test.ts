/** Sections D.1 and D.2: pages, status, redirects, headers. */
import assert from "node:assert/strict";

import { newGroup, Reader } from "./reader.ts";
import { serverUrl } from "./target.ts";

/** An answer, read to its end; redirects are not followed. */
async function get(
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(`${serverUrl()}${path}`, {
    redirect: "manual",
    ...init,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

/** Where an answer sends to, without the server's own address. */
function placeOf(headers: Headers): string | undefined {
  return headers.get("Location")?.replace(serverUrl(), "");
}

async function json(path: string): Promise<unknown> {
  const { status, headers, text } = await get(path);
  assert.equal(status, 200);
  assert.equal(headers.get("Content-Type"), "application/json");
  assert.match(headers.get("Cache-Control") ?? "", /no-cache/);
  return JSON.parse(text);
}

Deno.test(
  "D-4 J-18 pages say what they may load, and may not be framed",
  async () => {
    const { headers } = await get("/");
    const policy = headers.get("Content-Security-Policy") ?? "";
    assert.match(policy, /default-src 'self'/);
    assert.match(policy, /frame-ancestors/);
    assert.doesNotMatch(policy, /unsafe-eval/);
    assert.equal(headers.get("Referrer-Policy"), "no-referrer");
    assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
    const page = await get("/group/conf-auth/");
    const own = page.headers.get("Content-Security-Policy") ?? "";
    assert.match(own, /connect-src [^;]*https:\/\/auth\.example/);
    assert.doesNotMatch(policy, /auth\.example/);
  },
);

Deno.test(
  "D-5 D-10 static files have a tag, can be had in part, and not twice",
  async () => {
    const page = await get("/index.html");
    assert.equal(page.status, 200);
    assert.match(page.headers.get("Content-Type") ?? "", /^text\/html/);
    assert.match(page.headers.get("Cache-Control") ?? "", /max-age|no-cache/);
    const etag = page.headers.get("ETag") ?? "";
    assert.match(etag, /^(W\/)?"[^"]+"$/);
    const again = await get("/index.html", {
      headers: { "If-None-Match": etag },
    });
    assert.deepEqual([again.status, again.text], [304, ""]);
    const part = await get("/index.html", {
      headers: { "Range": "bytes=0-8" },
    });
    assert.deepEqual([part.status, part.text], [206, page.text.slice(0, 9)]);
  },
);

Deno.test(
  "D-6 what is not there is a page of its own; unclean paths are cleaned",
  async () => {
    const missing = await get("/no/such/page.html");
    assert.equal(missing.status, 404);
    assert.match(missing.headers.get("Content-Type") ?? "", /^text\/html/);
    const double = await get("//group//conf/?token=x");
    assert.equal(double.status, 301);
    assert.equal(placeOf(double.headers), "/group/conf/?token=x");
    const up = await get("/group/conf/../conf-public/");
    assert.equal(up.status, 200);
  },
);

Deno.test("D-8 other methods are told which there are", async () => {
  const answer = await get("/galene-api/v0/.stats", {
    method: "POST",
    headers: { "Authorization": `Basic ${btoa("root:pw")}` },
  });
  assert.equal(answer.status, 405);
  assert.match(answer.headers.get("Allow") ?? "", /^OPTIONS, /);
});

Deno.test(
  "D-11 D-14 a group that exists has a page, others have none",
  async () => {
    const page = await get("/group/conf/");
    assert.equal(page.status, 200);
    assert.match(page.headers.get("Content-Type") ?? "", /^text\/html/);
    assert.equal((await get(`/group/${newGroup("conf")}/`)).status, 200);
    for (
      const path of [
        "/group/no-such-group/",
        "/group/",
        "/group/.conf/",
        "/group/conf/.nothing",
        "/group/conf-strict/below/",
      ]
    ) assert.equal((await get(path)).status, 404, path);
  },
);

Deno.test(
  "D-12 J-8 a slash is added, and the invitation kept",
  async () => {
    const { status, headers } = await get("/group/conf?token=secret");
    assert.equal(status, 308);
    assert.equal(placeOf(headers), "/group/conf/?token=secret");
  },
);

Deno.test(
  "D-13 a group that is elsewhere sends browsers there",
  async () => {
    const { status, headers } = await get("/group/conf-redirect/");
    assert.equal(status, 308);
    assert.equal(headers.get("Location"), "https://other.example/group/maths/");
  },
);

Deno.test(
  "D-15 D-17 the status of a group tells where it is, and to strangers not who is there",
  async () => {
    const url = serverUrl();
    const socket = url.replace(/^http/, "ws");
    assert.deepEqual(await json("/group/conf-auth/.status"), {
      name: "conf-auth",
      location: `${url}/group/conf-auth/`,
      endpoint: `${socket}/ws`,
      authServer: "https://auth.example/login",
      authPortal: "https://portal.example/",
    });
    await using _one = await Reader.join({
      group: "conf-public",
      username: "x",
    });
    const status = await json("/group/conf-public/.status") as {
      clientCount: number;
    };
    assert.ok(status.clientCount >= 1);
    assert.deepEqual({ ...status, clientCount: 0 }, {
      name: "conf-public",
      location: `${url}/group/conf-public/`,
      endpoint: `${socket}/ws`,
      displayName: "Public",
      description: "For everybody to see",
      clientCount: 0,
    });
    assert.deepEqual(await json("/group/conf-redirect/.status"), {
      name: "conf-redirect",
      redirect: "https://other.example/group/maths/",
      displayName: "Elsewhere",
    });
    const head = await get("/group/conf/.status", { method: "HEAD" });
    assert.deepEqual([head.status, head.text], [200, ""]);
    assert.equal((await get("/group/nope/.status")).status, 404);
  },
);

Deno.test("D-16 the status has an older name", async () => {
  const { status, headers } = await get("/group/conf/.status.json");
  assert.equal(status, 308);
  assert.equal(placeOf(headers), "/group/conf/.status");
});

Deno.test(
  "D-18 public groups are listed, by name, and no others",
  async () => {
    await using _one = await Reader.join({
      group: "conf-public",
      username: "x",
    });
    const groups = await json("/public-groups.json") as {
      name: string;
      clientCount?: number;
    }[];
    const names = groups.map(({ name }) => name);
    assert.ok(names.includes("conf-public"));
    assert.ok(!names.includes("conf"));
    assert.deepEqual(names, [...names].sort());
    const own = groups.find(({ name }) => name === "conf-public");
    assert.ok((own?.clientCount ?? 0) >= 1);
  },
);

Deno.test("D-19 /ws wants a WebSocket", async () => {
  const { status } = await get("/ws");
  assert.ok(status >= 400 && status < 500);
});

Deno.test(
  "D-22 statistics have no page of their own without a password",
  async () => {
    for (const path of ["/stats.json", "/stats"]) {
      assert.equal((await get(path)).status, 404, path);
    }
    assert.equal((await get("/galene-api/v0/.stats")).status, 401);
  },
);

Deno.test(
  "D-24 without a blur filter, whoever asks for it learns that",
  async () => {
    const path = "/third-party/tasks-vision/vision_bundle.mjs";
    const { status, text } = await get(path, { method: "HEAD" });
    assert.deepEqual([status, text], [404, ""]);
  },
);
