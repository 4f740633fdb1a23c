/**
 * The administrative interface of a running server, over HTTP.
 *
 * @module
 */
import assert from "node:assert/strict";

import {
  administer,
  type AdminRequest,
  startAdministered,
} from "./admin_client.ts";
import { join, openClient } from "./join.ts";
import { waitFor } from "../support/wait_for.ts";

const JSON_TYPE = "application/json";

Deno.test("Groups are made, read, changed and deleted (D-51, D-52)", async () => {
  await using server = await startAdministered();
  const call = (method: string, path: string, request?: AdminRequest) =>
    administer(server.http, method, path, request);
  const put = (request: AdminRequest, path = ".groups/test/") =>
    call("PUT", path, { type: JSON_TYPE, body: "{}", ...request });

  assert.deepEqual((await call("GET", ".groups/")).json, ["zz"]);
  assert.deepEqual((await call("GET", ".groups")).json, ["zz"]);
  assert.equal((await put({ ifMatch: '"foo"' })).status, 412);
  const plain = await put({ type: "text/plain", body: "Hello, world!" });
  assert.equal(plain.status, 415);
  assert.equal(plain.headers.get("Accept"), JSON_TYPE);
  assert.equal((await put({ ifNoneMatch: "*" })).status, 201);
  assert.equal((await put({ ifNoneMatch: "*" })).status, 412);
  assert.equal(
    (await call("DELETE", ".groups/test/", { ifNoneMatch: "*" })).status,
    412,
  );
  assert.deepEqual((await call("GET", ".groups/")).json, ["test", "zz"]);

  const empty = await call("GET", ".groups/test");
  assert.deepEqual(empty.json, {});
  assert.equal(empty.headers.get("Content-Type"), JSON_TYPE);
  assert.match(empty.text, /\n$/);
  const etag = empty.headers.get("ETag") ?? "";
  assert.match(etag, /^"[^"]+"$/);
  const body = JSON.stringify({
    "displayname": "Test",
    "public": true,
    "autolock": false,
    "max-clients": 7,
    "unheard-of": 1,
  });
  const charset = "application/json; charset=utf-8";
  assert.equal(
    (await put({ ifMatch: etag, body, type: charset })).status,
    204,
  );
  assert.equal((await put({ ifMatch: etag, body })).status, 412, "outdated");
  const changed = await call("GET", ".groups/test/");
  assert.deepEqual(changed.json, {
    "displayName": "Test",
    "public": true,
    "max-clients": 7,
  });
  const newEtag = changed.headers.get("ETag") ?? "";
  assert.notEqual(newEtag, etag);
  const known = await call("GET", ".groups/test", { ifNoneMatch: newEtag });
  assert.deepEqual([known.status, known.text], [304, ""]);
  const head = await call("HEAD", ".groups/test");
  assert.deepEqual([head.status, head.text], [200, ""]);
  assert.equal(head.headers.get("ETag"), newEtag);

  const path = `${server.folder}/groups/test.json`;
  assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  assert.equal((await put({}, ".groups/deep/er/group")).status, 201);
  const folder = await Deno.stat(`${server.folder}/groups/deep/er`);
  assert.equal((folder.mode ?? 0) & 0o777, 0o700);
  assert.equal((await call("DELETE", ".groups/test/")).status, 204);
  assert.equal((await call("DELETE", ".groups/test/")).status, 404);
  assert.equal((await call("GET", ".groups/test/")).status, 404);
  assert.deepEqual((await call("GET", ".groups/")).json, [
    "deep/er/group",
    "zz",
  ]);
});

Deno.test("A group keeps its users and keys when it is changed, and never shows them (D-52, J-6)", async () => {
  const jch = { "password": "secret", "permissions": "op" };
  const keys = [{ "kty": "oct", "alg": "HS256", "k": "x" }];
  await using server = await startAdministered({
    maths: {
      "users": { jch },
      "wildcard-user": { "password": "pw", "permissions": "present" },
      "authKeys": keys,
      "auto-subgroups": true,
    },
  });
  const call = (method: string, path: string, request?: AdminRequest) =>
    administer(server.http, method, path, { type: JSON_TYPE, ...request });

  assert.deepEqual((await call("GET", ".groups/maths")).json, {
    "auto-subgroups": true,
  });
  const put = await call("PUT", ".groups/maths", { body: '{"public":true}' });
  assert.equal(put.status, 204);
  const file = JSON.parse(
    await Deno.readTextFile(`${server.folder}/groups/maths.json`),
  );
  assert.deepEqual(file, {
    "public": true,
    "users": { jch },
    "wildcard-user": { "password": "pw", "permissions": "present" },
    "authKeys": keys,
  });

  const bad: [string, number, RegExp][] = [
    ['{"users":{}}', 400, /"users"/],
    ['{"Wildcard-User":{}}', 400, /"wildcard-user"/],
    ['{"authKeys":[]}', 400, /"authKeys"/],
    ['{"op":[{}]}', 400, /"op"/],
    ['{"public":', 400, /JSON/],
    ['{"public": "yes"}', 400, /"public"/],
    ["[]", 400, /not an object/],
    [`"${"x".repeat(1 << 20)}"`, 413, /too large/],
  ];
  for (const [body, status, text] of bad) {
    const answer = await call("PUT", ".groups/maths", { body });
    assert.equal(answer.status, status, body.slice(0, 50));
    assert.match(answer.text, text);
  }
  for (const name of ["a\\b", "x/../y\\z", "n".repeat(300)]) {
    const path = `.groups/${encodeURIComponent(name)}`;
    const answer = await call("PUT", path, { body: "{}" });
    assert.equal(answer.status, 404, name);
  }
  assert.equal(
    (await call("GET", ".groups/maths/auto")).status,
    404,
    "an automatic subgroup has no file",
  );
});

Deno.test("Users are made, read, changed and deleted (D-53, D-54)", async () => {
  await using server = await startAdministered({ test: {} });
  const call = (method: string, path: string, request?: AdminRequest) =>
    administer(server.http, method, `.groups/test/${path}`, {
      type: JSON_TYPE,
      ...request,
    });
  const body = '{"permissions": "present"}';

  assert.deepEqual((await call("GET", ".users/")).json, []);
  assert.equal((await call("GET", ".users")).status, 404);
  const wrongType = { type: "text/plain", body: "hello, world!" };
  assert.equal((await call("PUT", ".users/jch", wrongType)).status, 415);
  const create = { ifNoneMatch: "*", body };
  assert.equal((await call("PUT", ".users/jch", create)).status, 201);
  assert.equal((await call("PUT", ".users/jch", create)).status, 412);
  const ofNobody = { ifMatch: "*", body };
  assert.equal((await call("PUT", ".users/nobody", ofNobody)).status, 412);
  assert.deepEqual((await call("GET", ".users/")).json, ["jch"]);
  const user = await call("GET", ".users/jch");
  assert.equal(user.text, '{"permissions":"present"}\n');
  assert.equal(
    user.headers.get("ETag"),
    (await administer(server.http, "GET", ".groups/test")).headers.get("ETag"),
  );
  assert.equal(
    (await call("PUT", ".users/jch", { body: '{"permissions":["op"]}' }))
      .status,
    204,
  );
  for (const wrong of ['{"permissions":"king"}', '{"password":"x"}', "{"]) {
    const answer = await call("PUT", ".users/jch", { body: wrong });
    assert.equal(answer.status, 400, wrong);
  }
  assert.match(
    (await call("PUT", ".users/jch", { body: '{"permissions":"king"}' })).text,
    /unknown permission/,
  );
  assert.equal((await call("PUT", ".users/a%5Cb", { body })).status, 400);
  assert.equal((await call("PUT", ".users/a%2Fb", { body })).status, 201);
  assert.deepEqual((await call("GET", ".users/")).json, ["jch", "a/b"]);

  for (const path of [".wildcard-user", ".empty-user"]) {
    assert.equal((await call("GET", path)).status, 404);
    assert.equal((await call("PUT", path, create)).status, 201);
    assert.deepEqual((await call("GET", path)).json, {
      permissions: "present",
    });
    assert.equal((await call("DELETE", path)).status, 204);
    assert.equal((await call("DELETE", path)).status, 404);
  }
  assert.equal((await call("GET", ".users/nobody")).status, 404);
  assert.equal((await call("DELETE", ".users/nobody")).status, 404);
  assert.equal((await call("DELETE", ".users/jch")).status, 204);
  assert.equal((await call("GET", ".users/jch")).status, 404);
  const elsewhere = await administer(
    server.http,
    "PUT",
    ".groups/none/.users/jch",
    { type: JSON_TYPE, body },
  );
  assert.equal(elsewhere.status, 404);
});

Deno.test("Passwords are set by administrators, and by users who know theirs (D-55, D-23, J-15)", async () => {
  await using server = await startAdministered({
    test: {
      "users": {
        "jch": { "password": "old", "permissions": "present" },
        "ann": { "password": "anns", "permissions": "present" },
        "any": { "password": { "type": "wildcard" }, "permissions": "op" },
        "": { "password": "empty", "permissions": "present" },
      },
      "wildcard-user": { "password": "wild", "permissions": "message" },
    },
  });
  const call = (method: string, path: string, request?: AdminRequest) =>
    administer(server.http, method, `.groups/test/${path}`, request);
  const post = (path: string, as: string | null, body: string) =>
    call("POST", `${path}/.password`, { type: "text/plain", body, as });
  const canJoin = async (username: string, password: string) =>
    (await join(server.http, { group: "test", username, password }))["kind"] ===
      "join";

  assert.equal((await post(".users/jch", "root:pw", "new")).status, 204);
  const file = await Deno.readTextFile(`${server.folder}/groups/test.json`);
  assert.match(file, /"key": "\$2a\$08\$/);
  assert.equal(await canJoin("jch", "new"), true);
  assert.equal(await canJoin("jch", "old"), false);

  assert.equal((await post(".users/jch", "jch:new", "newer")).status, 204);
  assert.equal(await canJoin("jch", "newer"), true);
  const strangers: [string, string | null][] = [
    [".users/jch", "jch:new"],
    [".users/jch", "ann:newer"], // the right password, another name
    [".users/jch", "ann:anns"],
    [".users/jch", ":newer"],
    [".users/jch", null],
    [".users/any", "any:whatever"],
    [".wildcard-user", "x:wild"],
    [".empty-user", ":empty"],
  ];
  for (const [path, as] of strangers) {
    const answer = await post(path, as, "hijacked");
    assert.equal(answer.status, 401, `${path} ${as}`);
  }

  const put = (body: string) =>
    call("PUT", ".users/jch/.password", { type: JSON_TYPE, body });
  assert.equal((await put('"toto"')).status, 204);
  assert.equal(await canJoin("jch", "toto"), true);
  assert.equal((await put('{"type":"wildcard"}')).status, 204);
  assert.equal(await canJoin("jch", "anything"), true);
  assert.equal((await put('{"type":"bcrypt","key":"x"}')).status, 400);
  assert.equal((await put('{"type":"md5","key":"x"}')).status, 400);
  assert.equal((await post(".users/jch", "root:pw", "")).status, 400);
  const long = "x".repeat(73);
  assert.equal((await post(".users/jch", "root:pw", long)).status, 400);
  assert.equal((await post(".users/nobody", "root:pw", "x")).status, 404);
  assert.equal((await call("GET", ".users/jch/.password")).status, 405);
  assert.equal((await call("DELETE", ".users/jch/.password")).status, 204);
  assert.equal(await canJoin("jch", "anything"), false);
  assert.deepEqual((await call("GET", ".users/jch")).json, {
    permissions: "present",
  });
});

Deno.test("Keys are set and deleted, and never shown (D-56)", async () => {
  await using server = await startAdministered({ test: {} });
  const path = ".groups/test/.keys";
  const key = {
    "kty": "oct",
    "alg": "HS256",
    "k": "4S9YZLHK1traIaXQooCnPfBw_yR8j9VEPaAMWAog_YQ",
  };
  const put = (body: unknown, type = "application/jwk-set+json") =>
    administer(server.http, "PUT", path, { type, body: JSON.stringify(body) });
  const onDisk = async () =>
    JSON.parse(await Deno.readTextFile(`${server.folder}/groups/test.json`))
      .authKeys;

  assert.equal((await put({ keys: [key] })).status, 204);
  assert.deepEqual(await onDisk(), [key]);
  assert.equal((await put({ keys: [key] }, JSON_TYPE)).status, 415);
  for (const bad of [{}, { keys: [{ ...key, k: "short" }] }, { keys: ["x"] }]) {
    assert.equal((await put(bad)).status, 400);
  }
  const get = await administer(server.http, "GET", path);
  assert.equal(get.status, 405);
  assert.equal(get.headers.get("Allow"), "OPTIONS, PUT, DELETE", "D-8");
  assert.equal((await administer(server.http, "DELETE", path)).status, 204);
  assert.equal(await onDisk(), undefined);
});

Deno.test("Tokens are made, read, changed and deleted (D-57, D-58, J-3)", async () => {
  await using server = await startAdministered({ test: {}, test2: {} });
  const call = (method: string, path: string, request?: AdminRequest) =>
    administer(server.http, method, `.groups/${path}`, {
      type: JSON_TYPE,
      ...request,
    });
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  const body = JSON.stringify({ permissions: ["present"], expires });

  assert.deepEqual((await call("GET", "test/.tokens/")).json, []);
  for (const over of ['{"group":"bad"}', '{"token":"x"}', "{", "[]"]) {
    const answer = await call("POST", "test/.tokens/", { body: over });
    assert.equal(answer.status, 400, over);
  }
  const made = await call("POST", "test/.tokens/", { body });
  assert.equal(made.status, 201);
  const token = made.headers.get("Location") ?? "";
  assert.match(token, /^[\w-]{22}$/);
  assert.equal((await call("POST", "none/.tokens/", { body })).status, 404);
  const global = await call("POST", ".tokens/", {
    body: '{"includeSubgroups": true}',
  });
  assert.equal(global.status, 201);
  assert.deepEqual((await call("GET", "test/.tokens/")).json, [token]);
  assert.deepEqual((await call("GET", ".tokens/")).json, [
    global.headers.get("Location"),
  ]);

  const joining = { group: "test", username: "ann", token };
  assert.equal((await join(server.http, joining))["kind"], "join");
  const got = await call("GET", `test/.tokens/${token}`);
  const { issuedAt, ...rest } = got.json as Record<string, unknown>;
  assert.deepEqual(rest, {
    token: "",
    group: "",
    permissions: ["present"],
    expires,
  });
  assert.match(String(issuedAt), /^20/);
  const etag = got.headers.get("ETag") ?? "";
  const past = JSON.stringify({ expires: "2020-01-01T00:00:00Z" });
  const revoke = { ifMatch: etag, body: past };
  assert.equal(
    (await call("PUT", `test/.tokens/${token}`, revoke)).status,
    204,
  );
  assert.equal(
    (await call("PUT", `test/.tokens/${token}`, revoke)).status,
    412,
  );
  assert.equal((await join(server.http, joining))["kind"], "fail");

  const put = (path: string) => call("PUT", path, { body });
  assert.equal((await put("test/.tokens/mine")).status, 201, "J-3");
  assert.equal((await put("test/.tokens/mine")).status, 204);
  assert.equal((await put("test2/.tokens/mine")).status, 409);
  assert.equal((await put("none/.tokens/mine")).status, 404);
  assert.equal((await call("GET", "test2/.tokens/mine")).status, 404);
  assert.equal((await call("DELETE", "test2/.tokens/mine")).status, 404);
  const named = JSON.stringify({ token: "mine" });
  assert.equal(
    (await call("PUT", "test/.tokens/mine", { body: named })).status,
    400,
  );
  for (const name of [`test/.tokens/${token}`, "test/.tokens/mine"]) {
    assert.equal((await call("DELETE", name)).status, 204);
    assert.equal((await call("DELETE", name)).status, 404);
  }
  assert.deepEqual((await call("GET", "test/.tokens/")).json, []);
  const tokens = `${server.folder}/data/var/tokens.jsonl`;
  assert.equal(((await Deno.stat(tokens)).mode ?? 0) & 0o777, 0o600);
  await call("DELETE", `.tokens/${global.headers.get("Location")}`);
  await assert.rejects(Deno.stat(tokens), "the last one was deleted (E-30)");
});

Deno.test("Whoever is not an administrator learns and changes nothing (D.4, D-59)", async () => {
  await using server = await startAdministered(
    { test: { "users": { "jch": { "password": "pw", "permissions": "op" } } } },
    // So many are wrong here that it would have to pause.
    { "limits": { "failedLogins": 1_000 } },
  );
  const calls = [
    "GET .stats",
    "GET .groups/",
    "PUT .groups/none/",
    "PUT .groups/test/",
    "DELETE .groups/test/",
    "GET .groups/test/.users/",
    "GET .groups/test/.users/jch",
    "PUT .groups/test/.users/jch",
    "DELETE .groups/test/.users/jch",
    "GET .groups/test/.users/not-jch",
    "PUT .groups/test/.users/not-jch",
    "PUT .groups/test/.users/jch/.password",
    "POST .groups/test/.users/jch/.password",
    "PUT .groups/test/.keys",
    "GET .groups/test/.tokens/",
    "POST .groups/test/.tokens/",
    "GET .groups/test/.tokens/token",
    "PUT .groups/test/.tokens/token",
    "DELETE .groups/test/.tokens/token",
    "GET .groups/.tokens/",
    "GET .groups/test/.unknown",
    "GET .groups/.unknown",
  ];
  for (const as of ["root:badpw", null, "Bearer nonsense", "jch2:pw"]) {
    const answers = await Promise.all(calls.map((call) => {
      const [method = "", path = ""] = call.split(" ");
      return administer(server.http, method, path, { as });
    }));
    for (const [index, answer] of answers.entries()) {
      assert.equal(answer.status, 401, `${calls[index]} ${as}`);
      assert.equal(answer.text, "Haha!\n");
      assert.equal(
        answer.headers.get("WWW-Authenticate"),
        'basic realm="/galene-api/"',
      );
    }
  }
  const asJch = await administer(server.http, "GET", ".groups/test", {
    as: "jch:pw",
  });
  assert.equal(asJch.status, 401, "an operator is no administrator");
  for (const path of [".groups/test/.unknown", ".groups/.unknown"]) {
    assert.equal((await administer(server.http, "GET", path)).status, 404);
  }
  for (const path of ["", "unknown", ".unknown", "x/.groups/"]) {
    const answer = await administer(server.http, "GET", path, { as: null });
    assert.equal(answer.status, 404, path);
  }
});

Deno.test("A group's administrator administers that group, and a token what it is for (D.4)", async () => {
  await using server = await startAdministered({
    a: { "users": { "adm": { "password": "x", "permissions": "admin" } } },
    b: {},
  });
  const status = async (path: string, as: string) =>
    (await administer(server.http, "GET", path, { as })).status;
  const token = async (path: string, fields: unknown) => {
    const answer = await administer(server.http, "POST", path, {
      type: JSON_TYPE,
      body: JSON.stringify({
        permissions: ["admin"],
        expires: new Date(Date.now() + 3_600_000),
        ...fields as object,
      }),
    });
    return `Bearer ${answer.headers.get("Location")}`;
  };

  assert.equal(await status(".groups/a", "adm:x"), 200);
  assert.equal(await status(".groups/b", "adm:x"), 401);
  assert.equal(await status(".groups/", "adm:x"), 401);
  const ofA = await token(".groups/a/.tokens/", { username: "t" });
  assert.equal(await status(".groups/a", ofA), 200);
  assert.equal(await status(".groups/b", ofA), 401);
  assert.equal(await status(".stats", ofA), 401);
  const ofNobody = await token(".groups/a/.tokens/", {});
  assert.equal(await status(".groups/a", ofNobody), 401, "need-username");
  const ofAll = await token(".groups/.tokens/", {
    includeSubgroups: true,
    username: "t",
  });
  assert.equal(await status(".groups/b", ofAll), 200);
  assert.equal(await status(".stats", ofAll), 200);
  assert.equal(await status(".groups/.tokens/", ofAll), 200);
  const ofNone = await token(".groups/.tokens/", { username: "t" });
  assert.equal(await status(".stats", ofNone), 401);
});

Deno.test("Pages of other origins ask first, and only listed ones are answered (D.4)", async () => {
  await using server = await startAdministered({}, {
    allowAdminOrigin: ["https://admin.example"],
  });
  const ask = (method: string, origin: string, as: string | null) =>
    administer(server.http, method, ".groups/zz", { origin, as });

  const preflight = await ask("OPTIONS", "https://admin.example", null);
  assert.equal(preflight.status, 200);
  assert.equal(
    preflight.headers.get("Access-Control-Allow-Methods"),
    "OPTIONS, HEAD, GET, PUT, DELETE",
  );
  assert.match(
    preflight.headers.get("Access-Control-Allow-Headers") ?? "",
    /^Authorization, Content-Type\b.*If-Match/,
  );
  const get = await ask("GET", "https://admin.example", "root:pw");
  assert.equal(get.status, 200);
  assert.equal(
    get.headers.get("Access-Control-Allow-Origin"),
    "https://admin.example",
  );
  const other = await ask("GET", "https://evil.example", "root:pw");
  assert.equal(other.status, 403);
  assert.equal(other.headers.get("Access-Control-Allow-Origin"), null);
});

Deno.test("Without writableGroups, groups can be read, and tokens be made (D-52, J-7)", async () => {
  await using server = await startAdministered({ test: {} }, {
    writableGroups: false,
  });
  const call = (method: string, path: string, body?: string) =>
    administer(server.http, method, path, {
      type: JSON_TYPE,
      ...(body === undefined ? {} : { body }),
    });

  assert.equal((await call("GET", ".groups/test")).status, 200);
  const put = await call("PUT", ".groups/test", "{}");
  assert.equal(put.status, 403);
  assert.match(put.text, /writableGroups/);
  assert.equal((await call("DELETE", ".groups/test")).status, 403);
  assert.equal((await call("PUT", ".groups/test/.users/x", "{}")).status, 403);
  assert.equal((await call("DELETE", ".groups/test/.keys")).status, 403);
  assert.equal((await call("POST", ".groups/test/.tokens/", "{}")).status, 201);
});

Deno.test("Who is in a group hears of its change, and is in the statistics (A-23, D-50, E-10)", async () => {
  await using server = await startAdministered({
    test: { "wildcard-user": { "password": { "type": "wildcard" } } },
  });
  await using client = await openClient(server.http, {
    group: "test",
    username: "ann",
  });
  const stats = (await administer(server.http, "GET", ".stats")).json;
  const [group] = stats as { name: string; clients: { id: string }[] }[];
  assert.equal(group?.name, "test");
  assert.equal(group?.clients.length, 1);

  await administer(server.http, "PUT", ".groups/test", {
    type: JSON_TYPE,
    body: '{"displayName": "Renamed"}',
  });
  const names = () =>
    client.messages.filter(({ kind }) => kind === "change")
      .map(({ status }) => (status as { displayName?: string }).displayName);
  await waitFor("the change", names, (seen) => seen.includes("Renamed"));

  // A broken file changes nothing for who is there; the next good one does.
  const path = `${server.folder}/groups/test.json`;
  await Deno.writeTextFile(path, "{");
  const broken = await administer(server.http, "GET", ".groups/test");
  assert.equal(broken.status, 500);
  assert.match(broken.text, /test\.json, line 1/);
  await Deno.writeTextFile(path, '{"displayName": "By hand"}');
  await waitFor("the edit", names, (seen) => seen.includes("By hand"));
  await client.close();
  assert.deepEqual((await administer(server.http, "GET", ".stats")).json, []);
});
