/** Section D.4: the administrative interface. */
import assert from "node:assert/strict";

import { administer, type AdminRequest } from "../http/admin_client.ts";
import { randomId, Reader } from "./reader.ts";
import { serverUrl } from "./target.ts";

const JSON_TYPE = "application/json";
const ROOT = "root:pw";

/** Asks the server's interface, as its administrator unless told otherwise. */
function asker() {
  const url = serverUrl();
  return (method: string, path: string, request: AdminRequest = {}) =>
    administer(url, method, path, { as: ROOT, ...request });
}

/** A group of one's own, which is deleted in the end. */
async function makeGroup(body = "{}") {
  const ask = asker();
  const name = `made-${randomId()}`;
  const path = `.groups/${name}`;
  const { status } = await ask("PUT", path, {
    type: JSON_TYPE,
    body,
    ifNoneMatch: "*",
  });
  assert.equal(status, 201);
  return {
    ask,
    name,
    path,
    async [Symbol.asyncDispose]() {
      await ask("DELETE", path);
    },
  };
}

Deno.test(
  "D-21 D-51 D-52 H.2 a group is made, read, changed and deleted, under preconditions",
  async () => {
    await using made = await makeGroup('{"displayName":"Made"}');
    const { ask, path, name } = made;
    const listed = (await ask("GET", ".groups/")).json as string[];
    assert.ok(listed.includes(name));
    const read = await ask("GET", path);
    assert.deepEqual(read.json, { displayName: "Made" });
    const etag = read.headers.get("ETag") ?? "";
    const put = (request: AdminRequest) =>
      ask("PUT", path, {
        type: JSON_TYPE,
        body: '{"public":true}',
        ...request,
      });
    assert.equal((await put({ ifNoneMatch: "*" })).status, 412);
    assert.equal((await put({ ifMatch: '"other"' })).status, 412);
    assert.equal((await put({ ifMatch: `"other", ${etag}` })).status, 204);
    assert.equal((await put({ ifMatch: etag })).status, 412);
    const changed = await ask("GET", path);
    assert.deepEqual(changed.json, { public: true });
    const tag = changed.headers.get("ETag") ?? "";
    assert.equal((await ask("GET", path, { ifNoneMatch: tag })).status, 304);
    assert.equal((await ask("HEAD", path)).text, "");
    assert.equal((await put({ type: "text/plain" })).status, 415);
    assert.equal((await put({ body: "x".repeat(2 << 20) })).status, 413);
    assert.equal((await put({ body: '{"users":{}}' })).status, 400);
    assert.equal((await ask("DELETE", path)).status, 204);
    assert.equal((await ask("GET", path)).status, 404);
    assert.equal((await ask("DELETE", path)).status, 404);
  },
);

Deno.test("D-53 D-54 D-55 users and their passwords", async () => {
  await using made = await makeGroup();
  const { ask, path, name } = made;
  const user = `${path}/.users/ann`;
  const put = (body: string, request: AdminRequest = {}) =>
    ask("PUT", user, { type: JSON_TYPE, body, ...request });
  assert.deepEqual((await ask("GET", `${path}/.users/`)).json, []);
  assert.equal((await ask("GET", `${path}/.users`)).status, 404);
  assert.equal((await put('{"permissions":"nonsense"}')).status, 400);
  assert.equal((await put('{"permissions":"present"}')).status, 201);
  assert.equal((await put('{"permissions":"op"}')).status, 204);
  assert.deepEqual((await ask("GET", `${path}/.users/`)).json, ["ann"]);
  assert.deepEqual((await ask("GET", user)).json, { permissions: "op" });
  const password = `${user}/.password`;
  assert.equal(
    (await ask("POST", password, { type: "text/plain", body: "first" })).status,
    204,
  );
  const join = async (username: string, word: string) => {
    await using client = await Reader.greet();
    const answer = await client.join({ group: name, username, password: word });
    return answer["kind"];
  };
  assert.equal(await join("ann", "first"), "join");
  assert.equal(await join("ann", "second"), "fail");
  const own = { as: "ann:first", type: "text/plain", body: "second" };
  assert.equal((await ask("POST", password, own)).status, 204);
  assert.equal((await ask("POST", password, own)).status, 401);
  assert.equal(await join("ann", "second"), "join");
  assert.equal(
    (await ask("PUT", password, { type: JSON_TYPE, body: '"third"' })).status,
    204,
  );
  assert.equal(await join("ann", "third"), "join");
  assert.equal((await put('{"permissions":"present"}')).status, 204);
  assert.equal(await join("ann", "third"), "join", "the password stays");
  assert.equal((await put('{"password":"x"}')).status, 400);
  assert.equal((await ask("DELETE", password)).status, 204);
  assert.equal(await join("ann", "third"), "fail");
  assert.equal((await ask("DELETE", user)).status, 204);
  assert.equal((await ask("GET", user)).status, 404);
  for (const special of [".wildcard-user", ".empty-user"]) {
    const one = `${path}/${special}`;
    assert.equal((await ask("GET", one)).status, 404, special);
    const created = await ask("PUT", one, {
      type: JSON_TYPE,
      body: '{"permissions":"observe"}',
    });
    assert.equal(created.status, 201, special);
    assert.deepEqual((await ask("GET", one)).json, { permissions: "observe" });
    assert.equal((await ask("DELETE", one)).status, 204, special);
  }
});

Deno.test(
  "J-15 a password of no account changes none, and whoever types anything is nobody",
  async () => {
    await using made = await makeGroup();
    const { ask, path } = made;
    for (const name of ["ann", "bob"]) {
      await ask("PUT", `${path}/.users/${name}`, {
        type: JSON_TYPE,
        body: "{}",
      });
      await ask("POST", `${path}/.users/${name}/.password`, {
        type: "text/plain",
        body: `pw-${name}`,
      });
    }
    const change = (as: string) =>
      ask("POST", `${path}/.users/ann/.password`, {
        as,
        type: "text/plain",
        body: "stolen",
      });
    assert.equal((await change("bob:pw-ann")).status, 401);
    assert.equal((await change("bob:pw-bob")).status, 401);
    await ask("PUT", `${path}/.users/ann/.password`, {
      type: JSON_TYPE,
      body: '{"type":"wildcard"}',
    });
    assert.equal((await change("ann:anything")).status, 401);
  },
);

Deno.test(
  "D-56 keys are set and deleted, and never shown",
  async () => {
    await using made = await makeGroup();
    const { ask, path } = made;
    const type = "application/jwk-set+json";
    const key = {
      kty: "oct",
      alg: "HS256",
      k: "4S9YZLHK1traIaXQooCnPfBw_yR8j9VEPaAMWAog_YQ",
    };
    const put = (body: unknown, as = type) =>
      ask("PUT", `${path}/.keys`, { type: as, body: JSON.stringify(body) });
    assert.equal((await put({ keys: [key] }, JSON_TYPE)).status, 415);
    assert.equal((await put({ keys: [{ kty: "oct" }] })).status, 400);
    assert.equal((await put({ keys: [key] })).status, 204);
    assert.doesNotMatch((await ask("GET", path)).text, /4S9Y/);
    assert.equal((await ask("GET", `${path}/.keys`)).status, 405);
    assert.equal((await ask("DELETE", `${path}/.keys`)).status, 204);
  },
);

Deno.test(
  "D-57 D-58 J-3 E-30 E-31 tokens are made, read, changed and deleted",
  async () => {
    await using made = await makeGroup();
    const { ask, path, name } = made;
    const list = `${path}/.tokens/`;
    const body = JSON.stringify({
      permissions: ["present"],
      username: "gil",
      expires: "2099-01-01T00:00:00Z",
    });
    const post = (text: string) =>
      ask("POST", list, { type: JSON_TYPE, body: text });
    const created = await post(body);
    assert.equal(created.status, 201);
    const token = created.headers.get("Location") ?? "";
    assert.match(token, /^[\w-]{11,}$/);
    assert.deepEqual((await ask("GET", list)).json, [token]);
    const join = async () => {
      await using client = await Reader.greet();
      return (await client.join({ group: name, token }))["kind"];
    };
    assert.equal(await join(), "join");
    const read = await ask("GET", list + token);
    assert.equal((read.json as { username: string }).username, "gil");
    const etag = read.headers.get("ETag") ?? "";
    const put = (text: string, request: AdminRequest = {}, which = token) =>
      ask("PUT", list + which, { type: JSON_TYPE, body: text, ...request });
    assert.equal((await put(body, { ifMatch: '"x"' })).status, 412);
    const past = body.replace("2099", "2020");
    assert.equal((await put(past, { ifMatch: etag })).status, 204);
    assert.equal(await join(), "fail");
    const fresh = randomId();
    assert.equal((await put(body, {}, fresh)).status, 201, "a new one (J-3)");
    assert.equal((await post('{"token":"x","permissions":[]}')).status, 400);
    assert.equal((await put(body, {}, "conf-named")).status, 409);
    assert.equal((await ask("GET", `${list}conf-named`)).status, 404);
    for (const one of [token, fresh]) {
      assert.equal((await ask("DELETE", list + one)).status, 204);
    }
    assert.equal((await ask("GET", list + token)).status, 404);
    const elsewhere = `.groups/none-${randomId()}/.tokens/`;
    assert.equal(
      (await ask("POST", elsewhere, { type: JSON_TYPE, body })).status,
      404,
    );
  },
);

Deno.test(
  "D-50 the statistics know who is in which group",
  async () => {
    const group = `conf/${randomId()}`;
    await using client = await Reader.join({ group, username: "x" });
    const stats = (await asker()("GET", ".stats")).json as {
      name: string;
      clients: { id: string }[];
    }[];
    const own = stats.find(({ name }) => name === group);
    assert.deepEqual(own?.clients.map(({ id }) => id), [client.id]);
  },
);

Deno.test(
  "D-59 E-25 J-7 who is no administrator learns and changes nothing",
  async () => {
    const ask = asker();
    for (
      const as of [
        null,
        "root:wrong",
        "nobody:pw",
        "olga:pw-olga",
        "Bearer conf-named",
      ]
    ) {
      for (
        const [method, path] of [
          ["GET", ".stats"],
          ["GET", ".groups/"],
          ["GET", ".groups/conf"],
          ["PUT", ".groups/conf"],
          ["DELETE", ".groups/conf"],
          ["GET", ".groups/conf/.users/"],
          ["GET", ".groups/conf/.tokens/"],
          ["GET", ".groups/conf/.nothing"],
        ] as const
      ) {
        const { status, headers } = await ask(method, path, { as });
        assert.equal(status, 401, `${as} ${method} ${path}`);
        assert.equal(
          headers.get("WWW-Authenticate"),
          'basic realm="/galene-api/"',
        );
      }
    }
    assert.equal((await ask("GET", ".groups/conf/.nothing")).status, 404);
    assert.equal((await ask("GET", "nothing")).status, 404);
    // A group's own administrator, of that group only.
    assert.equal(
      (await ask("GET", ".groups/conf", { as: "ada:pw-ada" })).status,
      200,
    );
    assert.equal(
      (await ask("GET", ".groups/", { as: "ada:pw-ada" })).status,
      401,
    );
  },
);

Deno.test("D-52 D-59 pages of other origins ask first", async () => {
  const ask = asker();
  const preflight = (origin: string) =>
    ask("OPTIONS", ".groups/conf", { as: null, origin });
  const allowed = await preflight("https://admin.example");
  assert.equal(allowed.status, 200);
  assert.equal(
    allowed.headers.get("Access-Control-Allow-Origin"),
    "https://admin.example",
  );
  assert.match(
    allowed.headers.get("Access-Control-Allow-Methods") ?? "",
    /^OPTIONS, .*PUT/,
  );
  assert.match(
    allowed.headers.get("Access-Control-Allow-Headers") ?? "",
    /Authorization, Content-Type/,
  );
  const foreign = await preflight("https://stranger.example");
  assert.equal(foreign.headers.get("Access-Control-Allow-Origin"), null);
});

Deno.test(
  "D-7 J-6 a body that cannot be used is the sender's fault",
  async () => {
    await using made = await makeGroup();
    const { ask, path } = made;
    for (const body of ["", "{", "[]", '"x"', '{"public":"yes"}']) {
      const { status, text } = await ask("PUT", path, {
        type: JSON_TYPE,
        body,
      });
      assert.equal(status, 400, body);
      assert.match(text, /\S/);
    }
  },
);
