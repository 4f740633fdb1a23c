/**
 * Group descriptions, names, passwords and permissions.
 *
 * @module
 */
import assert from "node:assert/strict";

import { admin, adminJson, ask, makeGroup, tryLogin } from "./ask.ts";
import { Client, newGroup } from "./client.ts";
import { serverFolder, testOwn } from "./target.ts";

const PRESENT = ["present", "message"];

Deno.test("E-1 names of groups: parts between slashes, without dots, as they are", async () => {
  const stem = await makeGroup();
  for (const name of [`${stem}/bar`, `${stem} Ä`, `${stem}/x/y`]) {
    const path = `.groups/${name.split("/").map(encodeURIComponent).join("/")}`;
    assert.equal((await adminJson("PUT", path, {})).status, 201, name);
    const page = `/group/${encodeURI(name)}/`;
    assert.equal((await ask(page)).status, 200, page);
  }
  assert.equal((await ask(`/group/${stem.toUpperCase()}/`)).status, 404);
  for (const name of ["", "/", "/club", "club/", "../club", "a\\b", "a//b"]) {
    const why = await tryLogin(name, { username: "maria", password: "pw" });
    assert.ok(
      ["illegal group name", "group does not exist"].includes(String(why)),
      `${name}: ${why}`,
    );
  }
});

Deno.test("E.2 every field of a description is kept, and defaults are left out", async () => {
  const description = {
    "displayName": "All of it",
    "description": "d",
    "contact": "c",
    "comment": "k",
    "public": true,
    "max-clients": 5,
    "max-history-age": 60,
    "expires": "2999-01-01T00:00:00Z",
    "not-before": "2020-01-01T00:00:00Z",
    "allow-recording": true,
    "unrestricted-tokens": true,
    "auto-subgroups": true,
    "autolock": true,
    "autokick": true,
    "authServer": "https://a.example/",
    "authPortal": "https://b.example/",
    "codecs": ["vp8", "opus"],
  };
  const group = await makeGroup(description);
  const read = async () => (await admin("GET", `.groups/${group}`)).json;
  assert.deepEqual(await read(), description);
  const off = { "public": false, "displayName": "", "autolock": false };
  await adminJson("PUT", `.groups/${group}`, off);
  assert.deepEqual(await read(), {});
});

Deno.test("E.2 a file with a field that there is not: nobody joins, and its place is told", async () => {
  const olga = { username: "olga", password: "pw" };
  assert.equal(await tryLogin("broken", olga), "internal server error");
  const { status, text } = await admin("GET", ".groups/broken");
  assert.equal(status, 500);
  assert.match(text, /broken\.json, line 3, field "colour"/);
});

testOwn(
  "E.2 a file of an old version works, and is renewed when it is changed",
  async () => {
    const group = `old-${crypto.randomUUID().slice(0, 8)}`;
    const path = `${serverFolder()}/groups/${group}.json`;
    const old = {
      "op": [{ "username": "jch", "password": "1234" }],
      "presenter": [{}],
      "allow-subgroups": true,
      "allow-anonymous": true,
    };
    await Deno.writeTextFile(path, JSON.stringify(old));
    const jch = { username: "jch", password: "1234" };
    const OP = ["op", "present", "message", "caption", "token"];
    assert.deepEqual(await tryLogin(group, jch), OP);
    assert.deepEqual(await tryLogin(group, { username: "ann" }), PRESENT);
    assert.deepEqual(await tryLogin(`${group}/sub`, jch), OP);
    await adminJson("PUT", `.groups/${group}/.users/new`, {
      permissions: "observe",
    });
    assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), {
      "auto-subgroups": true,
      "users": {
        "jch": { "password": "1234", "permissions": "op" },
        "new": { "permissions": "observe" },
      },
      "wildcard-user": {
        "password": { "type": "wildcard" },
        "permissions": "present",
      },
    });
  },
);

testOwn(
  "E-10 a changed file counts at once for newcomers, and members hear of it; a broken or removed one disturbs nobody",
  async () => {
    const group = await makeGroup({}, { paul: { password: "pw" } });
    const path = `${serverFolder()}/groups/${group}.json`;
    const good = JSON.parse(await Deno.readTextFile(path));
    const write = (value: unknown) =>
      Deno.writeTextFile(path, JSON.stringify(value));
    const paul = { username: "paul", password: "pw" };
    await using inside = await Client.as("paul", group);

    await write({ ...good, displayName: "By hand" });
    const title = async () =>
      JSON.parse((await ask(`/group/${group}/.status`)).text).displayName;
    assert.equal(await title(), "By hand");
    const change = await inside.next({ type: "joined", kind: "change" });
    assert.equal(
      (change["status"] as { displayName?: string }).displayName,
      "By hand",
    );

    await write({ ...good, "no-such-field": 1 });
    assert.equal(await tryLogin(group, paul), "internal server error");
    await inside.settle();
    await write(good);
    assert.deepEqual(await tryLogin(group, paul), PRESENT);
    await Deno.remove(path);
    assert.equal(await tryLogin(group, paul), "group does not exist");
    const [echo] = await inside.ask({ type: "chat", value: "still here" });
    assert.equal(echo?.["value"], "still here");
  },
);

testOwn(
  "E-11 public groups are found without anybody asking; hidden files are none",
  async () => {
    const name = `swept-${crypto.randomUUID().slice(0, 8)}`;
    const groups = `${serverFolder()}/groups`;
    await Deno.writeTextFile(`${groups}/${name}.json`, '{"public": true}');
    await Deno.writeTextFile(`${groups}/.${name}.json`, '{"public": true}');
    const listed = JSON.parse((await ask("/public-groups.json")).text);
    const names = listed.map((group: { name: string }) => group.name);
    assert.ok(names.includes(name));
    assert.ok(!names.some((one: string) => one.startsWith(".")));
    const all = (await admin("GET", ".groups")).json as string[];
    assert.ok(all.includes(name) && !all.includes(`.${name}`));
  },
);

Deno.test("E-12 subgroups make themselves where that is allowed, and inherit; they are neither listed nor written", async () => {
  const group = await makeGroup({
    "auto-subgroups": true,
    "public": true,
    "displayName": "Hall",
    "description": "big",
  }, { paul: { password: "pw" } });
  const paul = { username: "paul", password: "pw" };
  assert.deepEqual(await tryLogin(`${group}/a/b`, paul), PRESENT);
  const status = JSON.parse((await ask(`/group/${group}/a/b/.status`)).text);
  assert.equal(status.displayName, "Hall");
  assert.equal(status.description, undefined);
  assert.equal(status.clientCount, undefined, "it is not public");
  const all = (await admin("GET", ".groups")).json as string[];
  assert.ok(all.includes(group) && !all.includes(`${group}/a/b`));
  const user = `.groups/${group}/a/b/.users/x`;
  const put = await adminJson("PUT", user, { permissions: "op" });
  assert.equal(put.status, 404);
  const alone = await makeGroup({}, { paul: { password: "pw" } });
  assert.equal(await tryLogin(`${alone}/a`, paul), "group does not exist");
  // A file of its own counts more than an ancestor's.
  await adminJson("PUT", `.groups/${group}/own`, { "displayName": "Own" });
  const own = JSON.parse((await ask(`/group/${group}/own/.status`)).text);
  assert.equal(own.displayName, "Own");
  assert.equal(await tryLogin(`${group}/own`, paul), "not authorised");
});

Deno.test("E-14 a lock stops whoever is no operator, tokens or not", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  await olga.ask({ type: "groupaction", kind: "lock" });
  for (const token of ["fixture-named", "fixture-everywhere"]) {
    assert.equal(await tryLogin(group, { token }), "this group is locked");
  }
  await using second = await Client.as("olga", group);
  await second.settle();
});

/** A hash that takes a while to be told from another. */
const SLOW = "$2a$12$afOr2f33onT/nDFFyT3mbOq5FMSw1wWXfyTXQTBMbKvZpBkoD3Qwu";

Deno.test("E-21 while passwords are hashed, what others say goes through", async () => {
  const group = await makeGroup({}, {
    slow: {
      password: { type: "bcrypt", key: SLOW },
    },
    paul: { password: "pw" },
  });
  await using paul = await Client.as("paul", group);
  const isOver: boolean[] = [];
  const logins = Array.from({ length: 6 }, async () => {
    const answer = await tryLogin(group, { username: "slow", password: "x" });
    isOver.push(true);
    return answer;
  });
  // Twenty rounds, one after the other, before so many hashes can be made.
  for (let round = 0; round < 20; round++) {
    const [echo] = await paul.ask({ type: "chat", value: `round ${round}` });
    assert.equal(echo?.["value"], `round ${round}`);
  }
  assert.ok(isOver.length < logins.length, "chat did not wait for passwords");
  assert.deepEqual(
    await Promise.all(logins),
    Array(logins.length).fill("not authorised"),
  );
});

Deno.test("E-22 a named user needs that user's password; all others are the wildcard's", async () => {
  const group = await makeGroup({}, {
    ann: { password: "anns", permissions: "op" },
    "*": { password: "all", permissions: "message" },
  });
  const login = (username: string, password: string) =>
    tryLogin(group, { username, password });
  assert.equal(await login("ann", "all"), "not authorised");
  assert.deepEqual(await login("bob", "all"), ["message"]);
  assert.equal(await login("bob", "anns"), "not authorised");
});

Deno.test("E-23 sets of permissions are spelt out, lists are taken as they are", async () => {
  const users = {
    o: { permissions: "op", password: "x" },
    p: { permissions: "present", password: "x" },
    m: { permissions: "message", password: "x" },
    w: { permissions: "observe", password: "x" },
    c: { permissions: "caption", password: "x" },
    a: { permissions: "admin", password: "x" },
    l: { permissions: ["op", "present"], password: "x" },
  };
  const all = async (description: object) => {
    const group = await makeGroup(description, users);
    return await Promise.all(
      Object.keys(users).map((username) =>
        tryLogin(group, { username, password: "x" })
      ),
    );
  };
  const op = ["op", "present", "message", "caption", "token"];
  const rest = [["message"], [], ["caption"], ["admin"], ["op", "present"]];
  assert.deepEqual(await all({}), [op, PRESENT, ...rest]);
  assert.deepEqual(
    await all({ "allow-recording": true, "unrestricted-tokens": true }),
    [["record", ...op], ["token", ...PRESENT], ...rest],
  );
});

testOwn(
  "E-24 on disk, a plain password is a string, and what is not said is left out",
  async () => {
    const group = await makeGroup({}, {
      plain: { password: "secret" },
      typed: { password: { type: "wildcard" }, permissions: ["present"] },
    });
    const path = `${serverFolder()}/groups/${group}.json`;
    const { users } = JSON.parse(await Deno.readTextFile(path));
    assert.deepEqual(users, {
      plain: { password: "secret", permissions: "present" },
      typed: { password: { type: "wildcard" }, permissions: ["present"] },
    });
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  },
);

Deno.test("E-25 administrators of the server are those of its configuration who are called so", async () => {
  const rows: [string, number][] = [
    ["root:pw", 200],
    ["root:wrong", 401],
    ["root:", 401],
    ["mary:pw", 401],
    [":pw", 401],
  ];
  for (const [as, status] of rows) {
    assert.equal((await admin("GET", ".stats", { as })).status, status, as);
  }
});
