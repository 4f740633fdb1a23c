import assert from "node:assert/strict";

import { openTestDirectory } from "../../tests/support/test_directory.ts";
import { createRecordingsPages } from "./recordings.ts";
import { parseRecordingsPath } from "./recordings_path.ts";
import { chooseLanguage, RECORDINGS_WORDS } from "./words.ts";

const NAME = "2026-01-02T15:04:05.000-bob.webm";
const BASE_URL = "https://calls.example.org";

/** A folder with one recording of the group `maths`, and the pages over it. */
async function openPages() {
  const directory = await openTestDirectory();
  await Deno.mkdir(`${directory.path}/maths`);
  await Deno.writeTextFile(`${directory.path}/maths/${NAME}`, "0123456789");
  await Deno.writeTextFile(`${directory.path}/secret.webm`, "not this");
  let delays = 0;
  const pages = createRecordingsPages({
    directory: directory.path,
    now: () => new Date(Date.now() + 3_600_000),
    delay: () => Promise.resolve(void delays++),
    authenticator: {
      check(group, { username, password, token }) {
        if (group === "nowhere") return refuse("no-such-group");
        if (password === "often") return refuse("too-many-attempts");
        const isRight = token === "good" || password === "pw";
        if (!isRight) return refuse("not-authorised");
        const permissions = username === "paul" ? ["present"] : ["record"];
        return Promise.resolve({
          kind: "accepted",
          username: username!,
          permissions,
          description: {} as never,
        });
      },
    },
  });
  const ask = (
    path: string,
    { as = "olga:pw", method = "GET", ...init }: RequestInit & {
      as?: string;
    } = {},
  ) => {
    const headers = new Headers(init.headers);
    if (as !== "") headers.set("Authorization", `Basic ${btoa(as)}`);
    const request = new Request(BASE_URL + path, { ...init, method, headers });
    return pages({ request, network: "", baseUrl: BASE_URL });
  };
  return {
    path: directory.path,
    ask,
    text: async (path: string) => await (await ask(path)).text(),
    get delays() {
      return delays;
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

function refuse(
  reason: "no-such-group" | "too-many-attempts" | "not-authorised",
) {
  return Promise.resolve({ kind: "refused", reason } as const);
}

/** What a form of the list sends. */
function form(fields: Record<string, string>, headers = {}): RequestInit {
  const body = new URLSearchParams(fields).toString();
  const type = "application/x-www-form-urlencoded";
  const length = String(body.length);
  return {
    method: "POST",
    body,
    headers: { "Content-Type": type, "Content-Length": length, ...headers },
  };
}

Deno.test("C-22 J-16 Strangers learn the same of what is there and what is not", async () => {
  await using pages = await openPages();
  const paths = [
    "/recordings/maths/",
    "/recordings/nowhere/",
    `/recordings/maths/${NAME}`,
    "/recordings/maths/none.webm",
    "/recordings/nowhere/none.webm",
  ];
  for (const path of paths) {
    for (const as of ["", "olga:wrong", "paul:pw"]) {
      const response = await pages.ask(path, { as });
      assert.equal(response.status, 401, path);
      const group = path.split("/")[2];
      assert.equal(
        response.headers.get("WWW-Authenticate"),
        `Basic realm="recordings/${group}", charset="UTF-8"`,
      );
      assert.equal(await response.text(), "Who are you?\n");
    }
  }
  // As who checks passwords waits itself, wrong ones are not in that.
  assert.ok(pages.delays > 0);
  const often = await pages.ask(paths[0]!, { as: "olga:often" });
  assert.equal(often.status, 429);
});

Deno.test("C-22 A token is good in the place of a password, or as a bearer's", async () => {
  await using pages = await openPages();
  assert.equal(
    (await pages.ask("/recordings/maths/", { as: ":good" })).status,
    200,
  );
  const headers = { "Authorization": "Bearer good" };
  const bearer = await pages.ask("/recordings/maths/", { as: "", headers });
  assert.equal(bearer.status, 200);
});

Deno.test("C-20 C-21 D-20 Paths without a slash are sent on, whatever there is", async () => {
  await using pages = await openPages();
  for (const path of ["/recordings", "/recordings/maths", "/recordings/no"]) {
    const { status, headers } = await pages.ask(`${path}?x=1`, { as: "" });
    assert.equal(status, 308);
    assert.equal(headers.get("Location"), `${path}/?x=1`);
  }
  const bad = await pages.ask("/recordings/", { as: "" });
  assert.equal(bad.status, 400);
  assert.equal(await bad.text(), "Bad group name\n");
});

Deno.test("C-23 The list has names and sizes, and is read only", async () => {
  await using pages = await openPages();
  await Deno.mkdir(`${pages.path}/maths/sub`);
  await Deno.writeTextFile(`${pages.path}/maths/2027.webm`, "<&>");
  const response = await pages.ask("/recordings/maths/");
  assert.equal(response.headers.get("Cache-Control"), "no-cache");
  const page = await response.text();
  const names = [...page.matchAll(/<bdi>([^<]*)<\/bdi><\/a>/g)]
    .map(([, name]) => name);
  assert.deepEqual(names, [NAME, "2027.webm"]);
  assert.match(page, /<td>10<\/td>/);
  assert.equal(
    (await pages.ask("/recordings/maths/", { method: "PUT" })).status,
    405,
  );
  const head = await pages.ask("/recordings/maths/", { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [200, ""]);
  const none = await pages.ask("/recordings/other/");
  assert.equal(none.status, 404);
});

Deno.test("C-25 A recording can be had whole, in part, and not twice", async () => {
  await using pages = await openPages();
  const path = `/recordings/maths/${encodeURIComponent(NAME)}`;
  const whole = await pages.ask(path);
  assert.equal(await whole.text(), "0123456789");
  assert.equal(whole.headers.get("Content-Type"), "video/webm");
  assert.equal(whole.headers.get("Cache-Control"), "private, max-age=1800");
  const etag = whole.headers.get("ETag")!;
  assert.match(etag, /^"10-\d+"$/);
  assert.ok(whole.headers.get("Last-Modified"));
  const part = await pages.ask(path, { headers: { Range: "bytes=2-4" } });
  assert.deepEqual([part.status, await part.text()], [206, "234"]);
  const again = await pages.ask(path, { headers: { "If-None-Match": etag } });
  assert.equal(again.status, 304);
  const fresh = new Date(Date.now() + 3_600_000 - 30_000);
  await Deno.utime(`${pages.path}/maths/${NAME}`, fresh, fresh);
  const growing = await pages.ask(path);
  assert.equal(growing.headers.get("Cache-Control"), "private, no-cache");
  await growing.body?.cancel();
  assert.equal((await pages.ask("/recordings/maths/no.webm")).status, 404);
});

Deno.test("C-24 J-16 Recordings are deleted by a form of this page, and no other", async () => {
  await using pages = await openPages();
  const wanted = { q: "delete", filename: NAME };
  const path = "/recordings/maths/";
  const elsewhere = [
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site", "Origin": BASE_URL },
    { "Origin": "https://evil.example" },
    { "Origin": "null" },
  ];
  for (const headers of elsewhere) {
    assert.equal((await pages.ask(path, form(wanted, headers))).status, 403);
  }
  const wrong = [
    { q: "rename", filename: NAME },
    { q: "delete", filename: "" },
    { q: "delete", filename: "../secret.webm" },
    { q: "delete", filename: "sub/x.webm" },
  ];
  for (const fields of wrong) {
    assert.equal((await pages.ask(path, form(fields))).status, 400);
  }
  const none = { q: "delete", filename: "none.webm" };
  assert.equal((await pages.ask(path, form(none))).status, 404);

  const own = { "Sec-Fetch-Site": "same-origin" };
  const done = await pages.ask(path, form(wanted, own));
  assert.equal(done.status, 303);
  assert.equal(done.headers.get("Location"), path);
  assert.match(await pages.text(path), /There are no recordings/);
});

Deno.test("C-24 Programs, which say nothing of sites, may delete with a password", async () => {
  await using pages = await openPages();
  const wanted = { q: "delete", filename: NAME };
  const refused = await pages.ask("/recordings/maths/", {
    ...form(wanted),
    as: "paul:pw",
  });
  assert.equal(refused.status, 401);
  const done = await pages.ask("/recordings/maths/", form(wanted));
  assert.equal(done.status, 303);
});

Deno.test("C-26 There is no way out of the folder", async () => {
  await using pages = await openPages();
  await Deno.symlink(`${pages.path}/secret.webm`, `${pages.path}/maths/x.webm`);
  await Deno.mkdir(`${pages.path}/outside`);
  const outside = await openTestDirectory();
  await Deno.writeTextFile(`${outside.path}/y.webm`, "not this");
  await Deno.symlink(`${outside.path}/y.webm`, `${pages.path}/maths/y.webm`);
  for (
    const path of [
      "/recordings/maths/%2e%2e/secret.webm",
      "/recordings/maths/..%2fsecret.webm",
      "/recordings/maths/..%5csecret.webm",
      "/recordings/%2e%2e/maths/",
      "/recordings/maths/y.webm",
      "/recordings/maths/%00.webm",
      "/recordings/maths/.webm",
    ]
  ) {
    const { status } = await pages.ask(path);
    assert.ok(status >= 300 && status < 500, `${path}: ${status}`);
    assert.notEqual(await pages.text(path), "not this");
  }
  await outside[Symbol.asyncDispose]();
});

Deno.test("parseRecordingsPath() tells files from groups by their ending", () => {
  assert.deepEqual(parseRecordingsPath("/recordings/a/b/c.webm"), {
    kind: "file",
    group: "a/b",
    name: "c.webm",
  });
  assert.deepEqual(parseRecordingsPath("/recordings/a/b/"), {
    kind: "list",
    group: "a/b",
  });
  assert.equal(
    parseRecordingsPath("/recordings/c.webm").kind,
    "list-without-slash",
  );
  assert.equal(parseRecordingsPath("/recordings/a//b/").kind, "nothing");
  assert.equal(parseRecordingsPath("/recordings/%ff/").kind, "nothing");
});

Deno.test("The list speaks the browser's language, of those that there are", () => {
  assert.equal(chooseLanguage("pt, de-AT;q=0.7, pl;q=0.9"), "pl");
  assert.equal(chooseLanguage("xx"), "en");
  assert.equal(chooseLanguage(null), "en");
  assert.equal(chooseLanguage("constructor"), "en");
  const words = Object.keys(RECORDINGS_WORDS["en"]!);
  for (const [language, catalogue] of Object.entries(RECORDINGS_WORDS)) {
    assert.deepEqual(Object.keys(catalogue), words, language);
    for (const word of Object.values(catalogue)) assert.ok(word, language);
  }
  assert.equal(Object.keys(RECORDINGS_WORDS).length, 6);
});
