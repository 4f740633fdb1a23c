import assert from "node:assert/strict";

import { type Config, DEFAULT_CONFIG } from "../auth/config.ts";
import { openTestDirectory } from "../tests/support/test_directory.ts";
import { createTestLog, type TestLogLine } from "../tests/support/test_log.ts";
import type { GroupStatus } from "./ports.ts";
import { createRoutes } from "./routes.ts";

interface Fixture extends AsyncDisposable {
  readonly directory: string;
  readonly log: readonly TestLogLine[];
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

const HIDDEN: GroupStatus = {
  name: "maths",
  displayName: "Maths",
  public: false,
  locked: true,
  clientCount: 3,
};

const GROUPS: readonly GroupStatus[] = [
  HIDDEN,
  { name: "a b/c", public: true, locked: true, clientCount: 0 },
  { name: "open", public: true, locked: false, clientCount: 3 },
  {
    name: "school",
    authServer: "https://auth.example:7000/login",
    public: false,
    locked: false,
    clientCount: 0,
  },
  {
    name: "gone",
    displayName: "Gone",
    redirect: "https://elsewhere.example/group/gone/",
    public: true,
    locked: false,
    clientCount: 0,
  },
];

const REMOTE = { hostname: "203.0.113.7", port: 4711 };

async function openFixture(
  files: Readonly<Record<string, string>> = { "index.html": "front" },
  config: Partial<Config> = {},
): Promise<Fixture> {
  const outer = await openTestDirectory();
  const directory = `${outer.path}/static`;
  for (const [path, text] of Object.entries(files)) {
    const folder = `${directory}/${path}`.replace(/\/[^/]*$/, "");
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${directory}/${path}`, text);
  }
  const log = createTestLog();
  const handle = createRoutes({
    staticDirectory: directory,
    groups: {
      status(name) {
        if (name === "broken") throw new Error("a secret of ours");
        return Promise.resolve(GROUPS.find((group) => group.name === name));
      },
      publicGroups: () =>
        Promise.resolve(GROUPS.filter((group) => group.public)),
    },
    websocket: {
      connectionCount: 0,
      upgrade: (_, remote) =>
        Promise.resolve(new Response(`upgrade ${remote.hostname}`)),
    },
    adminApi: (request) => Promise.resolve(new Response(request.method)),
    programs: ({ path, basePath }) =>
      Promise.resolve(new Response(`whip ${path.group} ${basePath}`)),
    recordings: ({ baseUrl }) =>
      Promise.resolve(new Response(`recordings ${baseUrl}`)),
    config: () => Promise.resolve({ ...DEFAULT_CONFIG, ...config }),
    log,
  });
  return {
    directory,
    log: log.lines,
    fetch: (path, init) =>
      handle(new Request(new URL(path, "https://a.org:8443"), init), REMOTE),
    [Symbol.asyncDispose]: () => outer[Symbol.asyncDispose](),
  };
}

Deno.test("Static files come with their type, tag and length", async () => {
  await using fixture = await openFixture({
    "index.html": "front",
    "assets/main-3K5QZ7WX.js": "code",
    "icons/logo.svg": "<svg/>",
    "photo-20260101.jpg": "x",
  });

  const front = await fixture.fetch("/");
  assert.equal(await front.text(), "front");
  assert.equal(front.headers.get("Content-Type"), "text/html; charset=utf-8");
  assert.equal(front.headers.get("Content-Length"), "5");
  assert.equal(front.headers.get("Cache-Control"), "no-cache");

  const script = await fixture.fetch("/assets/main-3K5QZ7WX.js?x=1");
  assert.equal(await script.text(), "code");
  assert.equal(
    script.headers.get("Content-Type"),
    "text/javascript; charset=utf-8",
  );
  assert.match(script.headers.get("Cache-Control") ?? "", /immutable/);

  const icon = await fixture.fetch("/icons/logo.svg");
  assert.equal(await icon.text(), "<svg/>");
  assert.equal(icon.headers.get("Content-Type"), "image/svg+xml");

  const photo = await fixture.fetch("/photo-20260101.jpg");
  assert.equal(await photo.text(), "x");
  assert.equal(photo.headers.get("Cache-Control"), "no-cache");
});

Deno.test("A file that the browser has is not sent again", async () => {
  await using fixture = await openFixture();
  const first = await fixture.fetch("/");
  await first.text();
  const etag = first.headers.get("ETag") ?? "";

  for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    const again = await fixture.fetch("/", {
      headers: { "If-None-Match": known },
    });
    assert.equal(again.status, 304, known);
    assert.equal(await again.text(), "");
    assert.equal(again.headers.get("ETag"), etag);
  }
  const other = await fixture.fetch("/", {
    headers: { "If-None-Match": '"x"' },
  });
  assert.equal(other.status, 200);
  await other.text();
});

Deno.test("HEAD gives the headers only", async () => {
  await using fixture = await openFixture();

  const response = await fixture.fetch("/", { method: "HEAD" });

  assert.equal(response.status, 200);
  assert.equal(response.headers.get("Content-Length"), "5");
  assert.equal(await response.text(), "");
});

Deno.test("Static files are for reading", async () => {
  await using fixture = await openFixture();

  for (const [path, method] of [["/", "POST"], ["/group/maths/", "PUT"]]) {
    const response = await fixture.fetch(path ?? "", { method: method ?? "" });
    assert.equal(response.status, 405);
    assert.equal(response.headers.get("Allow"), "OPTIONS, GET, HEAD");
    await response.text();
  }
});

Deno.test("Nothing outside of the static folder can be had, nor what is hidden", async () => {
  await using fixture = await openFixture({
    "index.html": "front",
    ".git/config": "hidden",
    "sub/.env": "hidden",
  });
  await Deno.writeTextFile(`${fixture.directory}/../secret.txt`, "secret");
  await Deno.symlink("../secret.txt", `${fixture.directory}/link.txt`);
  await Deno.symlink("loop", `${fixture.directory}/loop`);

  for (
    const path of [
      "/../secret.txt",
      "/%2e%2e/secret.txt",
      "/..%2fsecret.txt",
      "/sub/%2e%2e%2f..%2fsecret.txt",
      "/..%5csecret.txt",
      "/link.txt",
      "/loop",
      "/.git/config",
      "/sub/.env",
      "/sub/x",
      "/sub/.env/",
      "/index.html/",
      "/index.html/x",
      "/index.html%00",
      "/%",
      "/%ff",
      `/${"x".repeat(5000)}`,
    ]
  ) {
    const response = await fixture.fetch(path);
    assert.equal(response.status, 404, path);
    assert.equal(await response.text(), "Not found\n");
  }
  assert.deepEqual(fixture.log, []);
});

Deno.test("A folder is named with a slash, and not listed (D-6)", async () => {
  await using fixture = await openFixture({
    "index.html": "front",
    "with/index.html": "inside",
    "without/x": "x",
  });
  const follow = async (path: string) => {
    const response = await fixture.fetch(path);
    const text = await response.text();
    return [response.status, response.headers.get("Location") ?? text.trim()];
  };

  assert.deepEqual(await follow("/with?a=b"), [308, "/with/?a=b"]);
  assert.deepEqual(await follow("/with/"), [200, "inside"]);
  assert.deepEqual(await follow("/without"), [308, "/without/"]);
  assert.deepEqual(await follow("/without/"), [403, "Forbidden"]);
  assert.deepEqual(await follow("/with//index.html?a"), [
    301,
    "/with/index.html?a",
  ]);
  assert.deepEqual(await follow("/group//maths/?a"), [301, "/group/maths/?a"]);
  assert.deepEqual(await follow("/.//evil.example"), [301, "/evil.example"]);
});

Deno.test("A part of a file can be had, if it is still the same (D-5)", async () => {
  await using fixture = await openFixture({ "film.webm": "0123456789" });
  const part = async (headers: Record<string, string>) => {
    const response = await fixture.fetch("/film.webm", { headers });
    const range = response.headers.get("Content-Range");
    return [response.status, await response.text(), range];
  };
  const { headers, body } = await fixture.fetch("/film.webm");
  await body?.cancel();
  const etag = headers.get("ETag") ?? "";

  assert.deepEqual(await part({ Range: "bytes=2-4" }), [
    206,
    "234",
    "bytes 2-4/10",
  ]);
  assert.deepEqual(await part({ Range: "bytes=-3", "If-Range": etag }), [
    206,
    "789",
    "bytes 7-9/10",
  ]);
  assert.deepEqual(await part({ Range: "bytes=2-4", "If-Range": '"old"' }), [
    200,
    "0123456789",
    null,
  ]);
  assert.deepEqual(await part({ Range: "bytes=10-" }), [
    416,
    "",
    "bytes */10",
  ]);
  const since = headers.get("Last-Modified") ?? "";
  assert.equal((await part({ "If-Modified-Since": since }))[0], 304);
  const before = new Date(Date.parse(since) - 1000).toUTCString();
  assert.equal((await part({ "If-Modified-Since": before }))[0], 200);
});

Deno.test("A missing page may have a page of its own", async () => {
  await using fixture = await openFixture({ "404.html": "nowhere" });

  const response = await fixture.fetch("/none");

  assert.equal(response.status, 404);
  assert.equal(await response.text(), "nowhere");
  const known = await fixture.fetch("/none", {
    headers: { "If-None-Match": "*" },
  });
  assert.equal(
    known.status,
    404,
    "it is no answer that could be known already",
  );
  await known.text();
});

Deno.test("A group has a page if it exists (D-11)", async () => {
  await using fixture = await openFixture({ "group.html": "our page" });

  const page = await fixture.fetch("/group/maths/?token=secret");
  assert.equal(page.status, 200);
  assert.equal(await page.text(), "our page");
  const deeper = await fixture.fetch("/group/a%20b/c/");
  assert.equal(await deeper.text(), "our page");
  for (
    const path of ["/group/none/", "/group/", "/group/.x", "/group/maths/.x"]
  ) {
    const response = await fixture.fetch(path);
    assert.equal(response.status, 404, path);
    await response.text();
  }
});

Deno.test("A frontend written for Galène has its group page under another name", async () => {
  await using fixture = await openFixture({ "galene.html": "its page" });

  const page = await fixture.fetch("/group/maths/");

  assert.equal(await page.text(), "its page");
});

Deno.test("The way to a group's page keeps the invitation (D-12, J-8)", async () => {
  await using fixture = await openFixture();

  const response = await fixture.fetch("/group/a%20b/c?token=se%26cret");

  assert.equal(response.status, 308);
  assert.equal(
    response.headers.get("Location"),
    "/group/a%20b/c/?token=se%26cret",
  );
  await response.text();
});

Deno.test("A group that is elsewhere sends browsers there (D-13)", async () => {
  await using fixture = await openFixture();

  const response = await fixture.fetch("/group/gone/");

  assert.equal(response.status, 308);
  assert.equal(
    response.headers.get("Location"),
    "https://elsewhere.example/group/gone/",
  );
  await response.text();
});

Deno.test("The status of a hidden group does not tell who is there (D-15, D-17)", async () => {
  await using fixture = await openFixture();

  const response = await fixture.fetch("/group/maths/.status");

  assert.equal(response.headers.get("Cache-Control"), "no-cache");
  assert.equal(response.headers.get("Content-Type"), "application/json");
  assert.deepEqual(await response.json(), {
    name: "maths",
    location: "https://a.org:8443/group/maths/",
    endpoint: "wss://a.org:8443/ws",
    displayName: "Maths",
  });
});

Deno.test("The list of public groups tells more (D-18)", async () => {
  await using fixture = await openFixture();

  const response = await fixture.fetch("/public-groups.json");

  assert.equal(response.headers.get("Cache-Control"), "no-cache");
  assert.deepEqual(await response.json(), [
    {
      name: "a b/c",
      location: "https://a.org:8443/group/a%20b/c/",
      endpoint: "wss://a.org:8443/ws",
      locked: true,
      clientCount: 0,
    },
    {
      name: "open",
      location: "https://a.org:8443/group/open/",
      endpoint: "wss://a.org:8443/ws",
      clientCount: 3,
    },
    {
      name: "gone",
      redirect: "https://elsewhere.example/group/gone/",
      displayName: "Gone",
    },
  ]);
});

Deno.test("The status has an older name, and can be asked for with HEAD (D-16)", async () => {
  await using fixture = await openFixture();

  const old = await fixture.fetch("/group/maths/.status.json?x=1");
  assert.equal(old.status, 308);
  assert.equal(old.headers.get("Location"), "/group/maths/.status?x=1");
  await old.text();
  const head = await fixture.fetch("/group/maths/.status", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(await head.text(), "");
  const none = await fixture.fetch("/group/none/.status", { method: "HEAD" });
  assert.equal(none.status, 404);
});

Deno.test("What throws is a plain 500, and in the log without the query", async () => {
  await using fixture = await openFixture();

  const response = await fixture.fetch("/group/broken/?token=secret");

  assert.equal(response.status, 500);
  assert.equal(await response.text(), "Internal server error\n");
  const [line] = fixture.log;
  assert.equal(line?.level, "error");
  assert.equal(line?.fields["path"], "/group/broken/");
  assert.match(String(line?.fields["error"]), /a secret of ours/);
});

Deno.test("Every answer has the security headers", async () => {
  await using fixture = await openFixture();

  for (
    const path of [
      "/",
      "/none",
      "/group/maths",
      "/group/maths/.status",
      "/public-groups.json",
      "/group/broken/",
    ]
  ) {
    const { headers, body } = await fixture.fetch(path);
    await body?.cancel();
    const policy = headers.get("Content-Security-Policy") ?? "";
    assert.match(policy, /default-src 'self'/, path);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /'unsafe/, path);
    assert.equal(headers.get("Referrer-Policy"), "no-referrer");
    assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
    assert.match(headers.get("Permissions-Policy") ?? "", /camera=\(self\)/);
    assert.equal(headers.get("Strict-Transport-Security"), null);
  }
});

Deno.test("Who comes by another name is sent on, with the invitation (D-3, J-8)", async () => {
  await using fixture = await openFixture({ "group.html": "our page" }, {
    canonicalHost: "Example.org:8443",
  });
  const follow = async (path: string, host: string) => {
    const response = await fixture.fetch(path, { headers: { host } });
    await response.text();
    return [response.status, response.headers.get("Location")];
  };

  assert.deepEqual(await follow("/group/maths/?token=a%26b", "a.org:8443"), [
    301,
    "https://Example.org:8443/group/maths/?token=a%26b",
  ]);
  assert.deepEqual(await follow("/", "example.org"), [
    301,
    "https://Example.org:8443/",
  ]);
  assert.deepEqual(await follow("/group/maths/", "example.ORG:8443"), [
    200,
    null,
  ]);
  assert.deepEqual(await follow("/ws", "a.org:8443"), [200, null]);
  assert.deepEqual(await follow("/public-groups.json", "a.org"), [200, null]);
  assert.deepEqual(await follow("/galene-api/v0/.x", "a.org"), [200, null]);
});

Deno.test("Behind a proxy, all links have its address (D-12, D-17)", async () => {
  await using fixture = await openFixture({}, {
    proxyUrl: "https://b.org/calls/",
  });

  const status = await fixture.fetch("/group/a%20b/c/.status");
  const { location, endpoint } = await status.json();
  assert.equal(location, "https://b.org/calls/group/a%20b/c/");
  assert.equal(endpoint, "wss://b.org/calls/ws");
  const response = await fixture.fetch("/group/maths?token=x");
  assert.equal(
    response.headers.get("Location"),
    "/calls/group/maths/?token=x",
  );
  await response.text();
});

Deno.test("Behind a proxy that has the server below a path, pages load all from there", async () => {
  const page = '<a href="/">x</a><script src="/assets/x.js"></script>' +
    '<a href="//b.org/">x</a><a href="https://c.org/">x</a>';
  await using fixture = await openFixture({
    "group.html": page,
    "404.html": '<a href="/">x</a>',
    "x.js": "const x = '<a href=\"/\">'",
  }, { proxyUrl: "/calls/" });
  const read = async (path: string, init?: RequestInit) => {
    const response = await fixture.fetch(path, init);
    return { response, text: await response.text() };
  };

  const { response, text } = await read("/group/maths/");
  assert.equal(
    text,
    '<a href="/calls/">x</a><script src="/calls/assets/x.js"></script>' +
      '<a href="//b.org/">x</a><a href="https://c.org/">x</a>',
  );
  assert.equal(response.headers.get("Content-Length"), String(text.length));
  const etag = response.headers.get("ETag") ?? "";
  assert.match(etag, /^"\d+-\d+\/calls"$/);
  const headers = { "If-None-Match": etag };
  const known = await read("/group/maths/", { headers });
  assert.deepEqual([known.response.status, known.text], [304, ""]);
  const head = await read("/group/maths/", { method: "HEAD" });
  assert.deepEqual([head.response.status, head.text], [200, ""]);
  const missing = await read("/none");
  assert.deepEqual([missing.response.status, missing.text], [
    404,
    '<a href="/calls/">x</a>',
  ]);
  assert.equal((await read("/x.js")).text, "const x = '<a href=\"/\">'");
});

Deno.test("A page may ask its group's authentication server, and no other (D-4)", async () => {
  await using fixture = await openFixture({ "group.html": "our page" });
  const policy = async (path: string) => {
    const response = await fixture.fetch(path);
    await response.text();
    return response.headers.get("Content-Security-Policy") ?? "";
  };

  assert.match(
    await policy("/group/school/"),
    /connect-src 'self' ws: wss: https:\/\/auth\.example:7000;/,
  );
  assert.match(await policy("/group/maths/"), /connect-src 'self' ws: wss:;/);
});

Deno.test("Only a group's page and its worker may run WebAssembly (D-4)", async () => {
  const worker = "assets/picture_worker-1A2B.js";
  await using fixture = await openFixture({
    "group.html": "our page",
    "index.html": "the start page",
    "x.js": "",
    [worker]: "",
  });
  const scripts = async (path: string) => {
    const response = await fixture.fetch(path);
    await response.text();
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    return /script-src ([^;]*)/.exec(policy)?.[1];
  };

  assert.equal(await scripts("/"), "'self'");
  assert.equal(await scripts("/x.js"), "'self'");
  assert.equal(await scripts("/group/maths/"), "'self' 'wasm-unsafe-eval'");
  assert.equal(await scripts(`/${worker}`), "'self' 'wasm-unsafe-eval'");
});

Deno.test("The WebSocket endpoint learns who asks", async () => {
  await using fixture = await openFixture();

  const response = await fixture.fetch("/ws");

  assert.equal(await response.text(), "upgrade 203.0.113.7");
});
