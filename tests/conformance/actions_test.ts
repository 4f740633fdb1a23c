/**
 * What operators do to their group and to those in it.
 *
 * @module
 */
import assert from "node:assert/strict";

import {
  assertFatal,
  Client,
  heardSince,
  type Message,
  newGroup,
  serverError,
} from "./client.ts";

/** Says a group action. */
function act(client: Client, kind: string, value?: unknown) {
  return client.ask({ type: "groupaction", kind, value });
}

/** Says a user action. */
function actOn(client: Client, kind: string, dest: string, value?: unknown) {
  return client.ask({ type: "useraction", kind, dest, value });
}

Deno.test("A-70 A-71 A-72 A-73 A-74 A-75 A-76 who may not act on a group is told so, and nothing happens", async () => {
  const group = newGroup();
  await using paul = await Client.as("paul", group);
  await using olga = await Client.as("olga", group);
  const kinds = [
    "clearchat",
    "lock",
    "unlock",
    "record",
    "unrecord",
    "subgroups",
    "setdata",
  ];
  for (const kind of kinds) {
    const [own, others] = await heardSince(
      [paul, olga],
      () => act(paul, kind, {}),
    );
    assert.deepEqual(own, [serverError(paul, "not authorised")], kind);
    assert.deepEqual(others, [], kind);
  }
});

Deno.test("A-70 chat is cleared: a message, a person's, all; everybody is told", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  await using maria = await Client.as("maria", group);
  for (const client of [olga, maria]) {
    for (const n of [1, 2]) {
      const username = client === olga ? "olga" : "maria";
      const id = `${username}${n}`;
      const message = { type: "chat", source: client.id, username, id };
      await client.ask({ ...message, value: id });
    }
  }
  const left = async () => {
    await using newcomer = await Client.as("oscar", group);
    await newcomer.settle();
    return newcomer.all({ type: "chathistory" }).map(({ value }) => value);
  };
  const table = [
    [{ id: "maria1", userId: maria.id }, ["olga1", "olga2", "maria2"]],
    [{ id: "olga1", userId: maria.id }, ["olga1", "olga2", "maria2"]],
    [{ userId: olga.id }, ["maria2"]],
    [undefined, []],
  ] as const;
  for (const [value, remaining] of table) {
    const heard = await heardSince(
      [olga, maria],
      () => act(olga, "clearchat", value),
    );
    const cleared = {
      type: "usermessage",
      kind: "clearchat",
      privileged: true,
      ...(value !== undefined && { value }),
    };
    assert.deepEqual(heard, [[cleared], [cleared]]);
    assert.deepEqual(await left(), remaining);
  }
  for (const value of [{ id: "maria2" }, "all", 5, []]) {
    const heard = await act(olga, "clearchat", value);
    assert.deepEqual(heard, [serverError(olga, "bad value in clearchat")]);
  }
});

Deno.test("A-71 A-72 K-4 a lock is told to everybody, its text only to who comes later", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  await using paul = await Client.as("paul", group);
  const status = { name: group, displayName: "The club", clientCount: 2 };
  const [, toPaul] = await heardSince(
    [olga, paul],
    () => act(olga, "lock", "full"),
  );
  const change = {
    type: "joined",
    kind: "change",
    group,
    username: "paul",
    permissions: ["present", "message"],
    rtcConfiguration: {},
  };
  const canChangePassword = true;
  assert.deepEqual(toPaul, [
    { ...change, status: { ...status, locked: true, canChangePassword } },
  ]);
  assert.ok(!JSON.stringify(toPaul).includes("full"));
  await using maria = await Client.greet();
  const joining = { group, username: "maria", password: "pw" };
  assert.equal((await maria.tryJoin(joining))["value"], "full");
  const [, unlocked] = await heardSince(
    [olga, paul],
    () => act(olga, "unlock"),
  );
  assert.deepEqual(unlocked, [
    { ...change, status: { ...status, canChangePassword } },
  ]);
  assert.equal((await maria.tryJoin(joining))["kind"], "join");
});

Deno.test("A-75 operators see which groups below theirs have people", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  const answer = async () => {
    const [{ time, privileged: _, ...rest } = {}] = await act(
      olga,
      "subgroups",
    );
    assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
    return rest;
  };
  const chat = { type: "chat", dest: olga.id, username: "Server" };
  assert.deepEqual(await answer(), { ...chat, value: "" });
  await using _one = await Client.as("maria", `${group}/a`);
  await using _two = await Client.as("maria", `${group}/a`);
  await using _three = await Client.as("maria", `${group}/a/deep`);
  await using _beside = await Client.as("maria", `${group}x`);
  const { value, ...rest } = await answer();
  assert.deepEqual(rest, chat);
  assert.deepEqual(String(value).split("\n").sort(), [
    "",
    `${group}/a (2 clients)`,
    `${group}/a/deep (1 client)`,
  ]);
});

Deno.test("A-76 a group's data is merged, null deletes, everybody gets it", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  await using maria = await Client.as("maria", group);
  const table = [
    [{ a: 1, b: { c: 2 } }, { a: 1, b: { c: 2 } }],
    [{ b: null, d: [] }, { a: 1, d: [] }],
    [{ a: null, d: null }, {}],
  ] as const;
  for (const [value, data] of table) {
    const heard = await heardSince(
      [olga, maria],
      () => act(olga, "setdata", value),
    );
    for (const [change, ...more] of heard) {
      assert.deepEqual(more, []);
      assert.equal(change?.["kind"], "change");
      assert.deepEqual(change?.["data"], data);
    }
  }
  for (const value of ["x", 1, [], undefined]) {
    const heard = await act(olga, "setdata", value);
    assert.deepEqual(heard, [serverError(olga, "Bad value in setdata")]);
  }
});

/** Says a token action and gives the answer, which may take the disk's time. */
async function askForToken(
  client: Client,
  kind: string,
  value?: unknown,
): Promise<Message> {
  await client.settle();
  const from = client.heard.length;
  client.say({ type: "groupaction", kind, value });
  const answer = kind === "listtokens" ? "tokenlist" : "token";
  return await client.next({ type: "usermessage", kind: answer }, from);
}

const DAY_MS = 86_400_000;

Deno.test("A-77 K-6 a token is made, and lets in", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  const permissions = ["present", "message"];
  const asked = { group, expires: DAY_MS, permissions };
  const startMs = Date.now();
  const answer = await askForToken(olga, "maketoken", asked);
  const token = answer["value"] as Message;
  assert.deepEqual({ ...answer, value: undefined }, {
    type: "usermessage",
    kind: "token",
    privileged: true,
    value: undefined,
  });
  const { token: secret, expires, issuedAt, ...rest } = token;
  assert.deepEqual(rest, { group, permissions, issuedBy: "olga" });
  assert.match(String(secret), /^[\w-]{11,}$/);
  const madeMs = Date.parse(String(issuedAt));
  assert.ok(madeMs >= startMs - 1000 && madeMs <= Date.now() + 1000);
  const lifeMs = Date.parse(String(expires)) - madeMs;
  assert.ok(Math.abs(lifeMs - DAY_MS) < 5000, String(lifeMs));
  await using zoe = await Client.greet();
  const joined = await zoe.tryJoin({
    group,
    username: "zoe",
    token: String(secret),
  });
  assert.deepEqual(joined["permissions"], permissions);
});

Deno.test("A-77 a token has the times and the name that one says", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  const asked = {
    group,
    username: "zoe",
    permissions: [],
    expires: "2999-01-01T00:00:00Z",
    "not-before": "2020-01-01T00:00:00Z",
    includeSubgroups: true,
  };
  const answer = await askForToken(olga, "maketoken", asked);
  const token = answer["value"] as Message;
  assert.equal(token["username"], "zoe");
  assert.equal(Date.parse(String(token["expires"])), Date.UTC(2999, 0));
  assert.equal(Date.parse(String(token["not-before"])), Date.UTC(2020, 0));
  assert.ok(!token["includeSubgroups"]);
  await using zoe = await Client.greet();
  const secret = String(token["token"]);
  assert.equal((await zoe.tryJoin({ group, token: secret }))["kind"], "join");
  await using below = await Client.greet();
  const elsewhere = await below.tryJoin({ group: `${group}/x`, token: secret });
  assert.equal(elsewhere["value"], "not authorised");
});

Deno.test("A-77 K-6 tokens that nobody may have are refused, in order", async () => {
  const group = newGroup();
  await using tom = await Client.as("tom", group);
  const good = { group, expires: DAY_MS, permissions: ["message"] };
  const table = [
    [{ ...good, token: "mine", group: "x" }, "client specified token"],
    [{ ...good, group: "club", expires: null }, "wrong group in token"],
    [{ ...good, expires: null, username: "olga" }, "token doesn't expire"],
    [{ ...good, username: "olga" }, "that username is taken"],
  ] as const;
  for (const [value, text] of table) {
    const answer = await askForToken(tom, "maketoken", value);
    assert.deepEqual(answer, refusedToken("token", "error", text));
  }
  for (const permissions of [["op"], ["message", "record"], ["admin"]]) {
    const answer = await askForToken(tom, "maketoken", {
      ...good,
      permissions,
    });
    assert.deepEqual(
      answer,
      refusedToken("token", "not-authorised", "not authorised"),
    );
  }
});

Deno.test("A-77 A-78 A-79 tokens are for those who may, and only operators see them", async () => {
  const group = newGroup();
  await using tom = await Client.as("tom", group);
  await using paul = await Client.as("paul", group);
  const refused = (kind: string) =>
    refusedToken(kind, "not-authorised", "not authorised");
  const value = { group, expires: DAY_MS, permissions: ["message"] };
  assert.deepEqual(
    await askForToken(paul, "maketoken", value),
    refused("token"),
  );
  const made = await askForToken(tom, "maketoken", value);
  const { token } = made["value"] as Message;
  for (const client of [tom, paul]) {
    const edit = { token, expires: 0 };
    assert.deepEqual(
      await askForToken(client, "edittoken", edit),
      refused("token"),
    );
    assert.deepEqual(
      await askForToken(client, "listtokens"),
      refused("tokenlist"),
    );
  }
});

Deno.test("A-78 a token's times are changed, and nothing else", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  const value = { group, expires: DAY_MS, permissions: ["message"] };
  const made = (await askForToken(olga, "maketoken", value))["value"];
  const { token } = made as Message;
  for (const field of ["permissions", "username", "group", "issuedBy"]) {
    const edit = { token, [field]: "x" };
    assert.deepEqual(
      await askForToken(olga, "edittoken", edit),
      refusedToken("token", "error", "this field cannot be edited"),
    );
  }
  const expires = "2999-01-01T00:00:00Z";
  const edited = await askForToken(olga, "edittoken", { token, expires });
  const { expires: told, ...rest } = edited["value"] as Message;
  assert.equal(Date.parse(String(told)), Date.parse(expires));
  assert.deepEqual({ ...rest, expires: (made as Message)["expires"] }, made);
  await askForToken(olga, "edittoken", { token, expires: -1000 });
  await using zoe = await Client.greet();
  const answer = await zoe.tryJoin({
    group,
    username: "zoe",
    token: String(token),
  });
  assert.equal(answer["value"], "not authorised");
});

Deno.test("A-79 the tokens of exactly this group are listed, the first to end first", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  await using below = await Client.as("olga", `${group}/below`);
  const permissions = ["message"];
  const made: unknown[] = [];
  for (const days of [3, 1, 2]) {
    const value = { group, expires: days * DAY_MS, permissions };
    made.push((await askForToken(olga, "maketoken", value))["value"]);
  }
  const other = { group: `${group}/below`, expires: DAY_MS, permissions };
  await askForToken(below, "maketoken", other);
  const list = await askForToken(olga, "listtokens");
  assert.deepEqual(list, {
    type: "usermessage",
    kind: "tokenlist",
    privileged: true,
    value: [made[1], made[2], made[0]],
  });
});

Deno.test("J-5 nobody changes another group's token", async () => {
  const [one, two] = [newGroup(), newGroup()];
  await using mine = await Client.as("olga", one);
  await using theirs = await Client.as("olga", two);
  const value = { group: one, expires: DAY_MS, permissions: ["message"] };
  const made = (await askForToken(mine, "maketoken", value))["value"];
  const { token } = made as Message;
  const edit = { token, expires: -1000 };
  const answer = await askForToken(theirs, "edittoken", edit);
  assert.deepEqual(answer, refusedToken("token", "error", "no such token"));
  const none = await askForToken(theirs, "edittoken", { ...edit, token: "x" });
  assert.deepEqual(none, answer);
  const list = await askForToken(mine, "listtokens");
  assert.deepEqual(list["value"], [made]);
});

Deno.test("A-80 an unknown group action: error and 1000", async () => {
  for (const kind of ["explode", "", undefined]) {
    await using client = await Client.as("maria", newGroup());
    client.say({ type: "groupaction", kind });
    await assertFatal(client, 1000, "unknown group action");
  }
});

Deno.test("A-90 A-91 A-92 A-93 A-94 rights are given and taken, and everybody is told", async () => {
  const group = newGroup("guarded");
  await using olga = await Client.as("olga", group);
  await using target = await Client.as("oscar", group);
  await using witness = await Client.as("maria", group);
  const table = [
    ["op", ["op", "record"]],
    ["present", ["op", "record", "present"]],
    ["unshutup", ["op", "record", "present", "message"]],
    ["unop", ["present", "message"]],
    ["shutup", ["present"]],
    ["unpresent", []],
    ["unpresent", []],
  ] as const;
  for (const [kind, permissions] of table) {
    const [own, others] = await heardSince(
      [target, witness],
      () => actOn(olga, kind, target.id),
    );
    const told = permissions.length > 0 && { permissions };
    const change = {
      type: "user",
      kind: "change",
      id: target.id,
      username: "oscar",
      ...told,
    };
    assert.deepEqual(sorted(others), sorted([change]), kind);
    const [joined, user] = own ?? [];
    assert.deepEqual(sorted([user!]), sorted([change]), kind);
    assert.equal(joined?.["kind"], "change");
    assert.deepEqual(
      new Set((joined?.["permissions"] ?? []) as string[]),
      new Set(permissions),
      kind,
    );
    assert.ok(!("data" in joined!));
  }
});

Deno.test("A-90 operators that are made without recording get no right to record", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  await using target = await Client.as("oscar", group);
  await actOn(olga, "op", target.id);
  const change = await target.next({ type: "joined", kind: "change" });
  assert.deepEqual(change["permissions"], ["op"]);
  // One that was made can act, also on itself.
  const heard = await actOn(target, "unop", target.id);
  assert.deepEqual(heard.map(({ type }) => type), ["joined", "user"]);
  const refused = await actOn(target, "unop", olga.id);
  assert.deepEqual(refused, [serverError(target, "not authorised")]);
});

Deno.test("A-94 A-95 A-96 who may not act on others, and who is not there", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  await using paul = await Client.as("paul", group);
  const kinds = ["op", "unop", "present", "unpresent", "shutup", "unshutup"];
  for (const kind of [...kinds, "kick", "identify"]) {
    const [own, others] = await heardSince(
      [paul, olga],
      () => actOn(paul, kind, olga.id),
    );
    assert.deepEqual(own, [serverError(paul, "not authorised")], kind);
    assert.deepEqual(others, [], kind);
    const text = kind === "identify" ? "client not found" : "no such user";
    const [unknown, nothing] = await heardSince(
      [olga, paul],
      () => actOn(olga, kind, "nobody"),
    );
    assert.deepEqual(unknown, [serverError(olga, text)], kind);
    assert.deepEqual(nothing, [], kind);
  }
});

Deno.test("A-95 an operator learns where somebody is, who learns that", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  await using maria = await Client.as("maria", group);
  const [own, others] = await heardSince(
    [olga, maria],
    () => actOn(olga, "identify", maria.id),
  );
  const [info, ...more] = own ?? [];
  assert.deepEqual(more, []);
  assert.equal(info?.["kind"], "userinfo");
  assert.equal(info?.["privileged"], true);
  const { address, ...rest } = info?.["value"] as Message;
  assert.deepEqual(rest, { id: maria.id, username: "maria" });
  assert.match(String(address), /^(127\.0\.0\.1|\[::1\]):\d+$/);
  assert.deepEqual(others, [{
    ...serverError(
      maria,
      "Your IP address has been communicated to user olga.",
    ),
    kind: "warning",
  }]);
});

Deno.test("A-68 A-96 A-11 A-12 K-4 one is sent away: others hear first, then the victim, with 1000", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  const table = [
    ["bye", "bye", "kicked out (bye) by olga"],
    [undefined, "you have been kicked out", "kicked out by olga"],
  ] as const;
  for (const [said, told, reason] of table) {
    await using maria = await Client.as("maria", group);
    const heard = await actOn(olga, "kick", maria.id, said);
    assert.deepEqual(heard.filter(({ kind }) => kind !== "add"), [
      { type: "user", kind: "delete", id: maria.id, username: "maria" },
    ]);
    assert.deepEqual(await maria.ended(), { code: 1000, reason });
    assert.deepEqual(maria.heard.at(-1), {
      type: "usermessage",
      kind: "kicked",
      id: olga.id,
      username: "olga",
      dest: maria.id,
      privileged: true,
      value: told,
    });
  }
});

Deno.test("A-97 one changes one's own data, null deletes, all are told; nobody else's", async () => {
  const group = newGroup();
  await using oscar = await Client.as("oscar", group);
  await using olga = await Client.as("olga", group);
  const table = [
    [{ raisehand: true, a: 1 }, { raisehand: true, a: 1 }],
    [{ raisehand: null }, { a: 1 }],
    [{ a: null }, undefined],
  ] as const;
  for (const [value, data] of table) {
    const heard = await heardSince(
      [oscar, olga],
      () => actOn(oscar, "setdata", oscar.id, value),
    );
    const change = {
      type: "user",
      kind: "change",
      id: oscar.id,
      username: "oscar",
      ...(data !== undefined && { data }),
    };
    assert.deepEqual(heard, [[change], [change]]);
  }
  const refused = await actOn(olga, "setdata", oscar.id, { a: 1 });
  assert.deepEqual(refused, [serverError(olga, "not authorised")]);
});

Deno.test("A-98 an unknown user action: error and 1000", async () => {
  for (const kind of ["promote", "", undefined]) {
    await using client = await Client.as("olga", newGroup());
    client.say({ type: "useraction", kind, dest: client.id });
    await assertFatal(client, 1000, "unknown user action");
  }
});

function refusedToken(kind: string, error: string, value: string): Message {
  return { type: "usermessage", kind, privileged: true, error, value };
}

/** With permissions in a fixed order, which does not matter to clients. */
function sorted(messages: readonly Message[] = []): Message[] {
  return messages.map((message) => {
    const permissions = message["permissions"];
    return Array.isArray(permissions)
      ? { ...message, permissions: permissions.toSorted() }
      : message;
  });
}
