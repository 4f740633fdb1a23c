/**
 * How clients get into groups, or not, and out again.
 *
 * @module
 */
import assert from "node:assert/strict";

import {
  assertFatal,
  Client,
  heardSince,
  type Joining,
  type Message,
  newGroup,
} from "./client.ts";
import { serverFolder, testOwn } from "./target.ts";

const OP = ["op", "present", "message", "caption", "token"];
const PRESENT = ["present", "message"];

Deno.test("A-20 join of another kind, or in a group already: 1002", async () => {
  const group = newGroup();
  for (const kind of ["enter", "", undefined]) {
    await using client = await Client.greet();
    client.say({ type: "join", kind, group, username: "maria" });
    await assertFatal(client, 1002, "unknown kind");
  }
  await using client = await Client.as("maria", group);
  client.say({
    type: "join",
    kind: "join",
    group: newGroup(),
    username: "maria",
    password: "pw",
  });
  await assertFatal(client, 1002, "cannot join multiple groups");
});

Deno.test("A-20 a name may be null, and the password of a named user decides", async () => {
  const group = newGroup();
  await using nobody = await Client.greet();
  const anonymous = { group, username: null, token: "fixture-named" };
  assert.equal((await nobody.tryJoin(anonymous))["username"], "tess");
  await using maria = await Client.greet();
  const wrong = { group, username: "maria", password: "wrong" };
  assert.deepEqual(await maria.tryJoin(wrong), failed(group, "not authorised"));
  const right = await maria.tryJoin({ ...wrong, password: "pw" });
  assert.deepEqual(right["permissions"], ["message"]);
});

Deno.test("A-21 K-1 K-2 a newcomer hears: joined, chat, itself, the others; in this order", async () => {
  const group = newGroup();
  await using first = await Client.as("olga", group);
  await using second = await Client.as("paul", group);
  for (const value of ["one", "two"]) first.say({ type: "chat", value });
  await first.settle();
  const from = first.heard.length;
  await using third = await Client.as("maria", group);
  await third.settle();
  assert.deepEqual(
    third.heard.map(({ type, kind, id, value }) =>
      type === "chathistory" ? { type, value } : { type, kind, id }
    ),
    [
      { type: "handshake", kind: undefined, id: undefined },
      { type: "joined", kind: "join", id: undefined },
      { type: "chathistory", value: "one" },
      { type: "chathistory", value: "two" },
      { type: "user", kind: "add", id: third.id },
      { type: "user", kind: "add", id: first.id },
      { type: "user", kind: "add", id: second.id },
    ],
  );
  const added = { type: "user", kind: "add", id: third.id };
  await first.next(added, from);
  assert.deepEqual(first.heard.slice(from), [
    { ...added, username: "maria", permissions: ["message"] },
  ]);
  await second.next(added);
  assert.equal(second.all(added).length, 1);
});

Deno.test("A-21 what is said at once after joining comes after all of that", async () => {
  const group = newGroup();
  await using client = await Client.connect();
  client.say({ type: "handshake", version: ["2"], id: client.id });
  const joining = { group, username: "maria", password: "pw" };
  client.say({ type: "join", kind: "join", ...joining });
  client.say({ type: "chat", source: client.id, username: "maria", value: 1 });
  await client.next({ type: "chat" });
  assert.deepEqual(client.heard.map(({ type }) => type), [
    "handshake",
    "joined",
    "user",
    "chat",
  ]);
});

Deno.test("A-22 K-1 joined says who and where one is, and what one may", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  const status = {
    name: group,
    displayName: "The club",
    clientCount: 1,
    canChangePassword: true,
  };
  assert.deepEqual(olga.all({ type: "joined" }), [{
    type: "joined",
    kind: "join",
    group,
    username: "olga",
    permissions: OP,
    status,
    rtcConfiguration: {},
  }]);
  olga.say({ type: "groupaction", kind: "setdata", value: { a: 1 } });
  olga.say({ type: "groupaction", kind: "lock" });
  await olga.settle();
  await using second = await Client.as("olga", group);
  const [joined] = second.all({ type: "joined" });
  assert.deepEqual(joined?.["data"], { a: 1 });
  assert.deepEqual(joined?.["status"], {
    ...status,
    locked: true,
    clientCount: 2,
  });
});

Deno.test("A-22 the group's own description is told, its contact is not", async () => {
  await using client = await Client.as("maria", "club");
  const status = client.all({ type: "joined" })[0]?.["status"] as Message;
  assert.equal(status["description"], "Where the tests meet");
  assert.deepEqual(
    Object.keys(status).filter((name) =>
      ["contact", "comment", "location", "endpoint"].includes(name)
    ),
    [],
  );
});

Deno.test("A-23 G.9-4 changes are pushed: locks and data to all, rights to whom they concern", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  await using maria = await Client.as("maria", group);
  const act = (message: Message) =>
    heardSince([maria, olga], () => olga.ask(message));
  const changes = (heard: Message[] = []) =>
    heard.filter(({ type }) => type === "joined");

  const locked = await act({ type: "groupaction", kind: "lock" });
  for (const [index, username] of ["maria", "olga"].entries()) {
    const [change, ...more] = changes(locked[index]);
    assert.deepEqual(more, []);
    assert.equal(change?.["kind"], "change");
    assert.equal(change?.["group"], group);
    assert.equal(change?.["username"], username);
    assert.equal((change?.["status"] as Message)["locked"], true);
  }
  const set = { type: "groupaction", kind: "setdata", value: { a: 1 } };
  for (const heard of await act(set)) {
    assert.deepEqual(changes(heard).map(({ data }) => data), [{ a: 1 }]);
  }
  const given = { type: "useraction", kind: "present", dest: maria.id };
  const [toMaria, toOlga] = await act(given);
  assert.deepEqual(changes(toOlga), []);
  const [change, ...more] = changes(toMaria);
  assert.deepEqual(more, []);
  assert.deepEqual(change?.["permissions"], ["message", "present"]);
  assert.ok(!("data" in change!));
});

/** Each with what a client says, and the refusal. */
const REFUSALS: readonly (readonly [
  name: string,
  joining: Joining,
  value: string,
  error?: string,
])[] = [
  [
    "A.3.1-1 A-24 K-5 no name for a token without one",
    { group: "club/x", token: "fixture-anonymous" },
    "username required",
    "need-username",
  ],
  [
    "A.3.1-1 A-24 nor the empty one",
    { group: "club/x", username: null, token: "fixture-anonymous" },
    "username required",
    "need-username",
  ],
  [
    "A.3.1-2 A-24 a name for a token that is a user's",
    { group: "club/x", username: "olga", token: "fixture-anonymous" },
    "not authorised: this username is taken",
    "duplicate-username",
  ],
  [
    "A.3.1-3 K-5 a wrong password",
    { group: "guarded/x", username: "olga", password: "wrong" },
    "not authorised",
  ],
  [
    "A.3.1-3 an unknown user",
    { group: "guarded/x", username: "zoe", password: "pw" },
    "not authorised",
  ],
  [
    "A.3.1-3 a bad token",
    { group: "club/x", username: "zoe", token: "no-such-token" },
    "not authorised",
  ],
  [
    "A.3.1-3 a bad token with a good password",
    { group: "club/x", username: "maria", password: "pw", token: "none" },
    "not authorised",
  ],
  [
    "A.3.1-3 a token for later",
    { group: "club/x", username: "zoe", token: "fixture-early" },
    "not authorised",
  ],
  [
    "A.3.1-3 a token without an end",
    { group: "club/x", username: "zoe", token: "fixture-endless" },
    "not authorised",
  ],
  [
    "A.3.1-3 another group's token",
    { group: "guarded", username: "zoe", token: "fixture-anonymous" },
    "not authorised",
  ],
  [
    "A.3.1-3 the token of the group above only",
    { group: "club/x", token: "fixture-club-only" },
    "not authorised",
  ],
  [
    "A.3.1-3 an illegal name",
    { group: "club/x", username: "../olga", password: "" },
    "not authorised",
  ],
  [
    "A.3.1-4 no such group",
    { group: "nowhere", username: "zoe", password: "" },
    "group does not exist",
  ],
  [
    "A.3.1-4 no subgroups there",
    { group: "alone/x", username: "olga", password: "pw" },
    "group does not exist",
  ],
  [
    "A.3.1-5 an illegal group name",
    { group: "club/../club", username: "olga", password: "pw" },
    "illegal group name",
  ],
  [
    "A.3.1-5 a group name with a backslash",
    { group: "club\\x", username: "olga", password: "pw" },
    "illegal group name",
  ],
  [
    "A.3.1-7 before a group opens",
    { group: "early/x", username: "paul", password: "pw" },
    "this group is not open yet",
  ],
  [
    "A.3.1-7 after it has closed",
    { group: "late/x", username: "paul", password: "pw" },
    "this group is closed",
  ],
  [
    "A.3.1-8 no operator where there must be one",
    { group: "autokick/x", username: "paul", password: "pw" },
    "there are no operators in this group",
  ],
  [
    "A.3.1-10 neither name nor token",
    { group: "club/x" },
    "internal server error",
  ],
  [
    "A.3.1-10 a group whose file is broken",
    { group: "broken", username: "olga", password: "pw" },
    "internal server error",
  ],
];

for (const [name, joining, value, error] of REFUSALS) {
  Deno.test(`${name}: "${value}"`, async () => {
    await using client = await Client.greet();
    const answer = await client.tryJoin(joining);
    assert.deepEqual(answer, failed(joining.group, value, error));
    // The connection is still good for another try.
    const group = newGroup();
    const again = { group, username: "maria", password: "pw" };
    assert.equal((await client.tryJoin(again))["kind"], "join");
  });
}

Deno.test("A.3.1-6 A-24 K-4 a locked group: its operator's text, or the usual one", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  for (
    const [said, told] of [["full", "full"], [undefined, LOCKED]] as const
  ) {
    await olga.ask({ type: "groupaction", kind: "lock", value: said });
    await using maria = await Client.greet();
    const joining = { group, username: "maria", password: "pw" };
    assert.deepEqual(await maria.tryJoin(joining), failed(group, told));
    await using token = await Client.greet();
    const named = await token.tryJoin({ group, token: "fixture-named" });
    assert.deepEqual(named, failed(group, told));
  }
  await using another = await Client.as("olga", group);
  assert.equal(another.isOver, false);
});

const LOCKED = "this group is locked";

Deno.test("A.3.1-9 a full group: only operators get in", async () => {
  const group = newGroup("small");
  await using one = await Client.as("paul", group);
  await using two = await Client.as("maria", group);
  await using three = await Client.greet();
  const joining = { group, username: "oscar", password: "pw" };
  assert.deepEqual(
    await three.tryJoin(joining),
    failed(group, "too many users"),
  );
  await using operator = await Client.as("olga", group);
  await operator.close();
  await two.close();
  await one.next({ type: "user", kind: "delete", id: two.id });
  assert.equal((await three.tryJoin(joining))["kind"], "join");
});

Deno.test("A.3.1-7 A.3.1-8 operators get in before, after, and first", async () => {
  for (const below of ["early", "late", "autokick", "autolock"]) {
    await using client = await Client.as("olga", newGroup(below));
    assert.equal(client.isOver, false);
  }
});

Deno.test("A.3.1-11 credentials come first, then the lock, then time", async () => {
  await using early = await Client.as("olga", newGroup("early"));
  const { group } = early.all({ type: "joined" })[0] as { group: string };
  await early.ask({ type: "groupaction", kind: "lock", value: "shut" });
  await using client = await Client.greet();
  const paul = { group, username: "paul" };
  const table = [
    [{ ...paul, password: "wrong" }, "not authorised"],
    [{ ...paul, password: "pw" }, "shut"],
  ] as const;
  for (const [joining, value] of table) {
    assert.equal((await client.tryJoin(joining))["value"], value);
  }
  await early.ask({ type: "groupaction", kind: "unlock" });
  const answer = await client.tryJoin({ ...paul, password: "pw" });
  assert.equal(answer["value"], "this group is not open yet");
});

Deno.test("A.3.1-11 whether a token wants a name is told before whether it is good", async () => {
  await using client = await Client.greet();
  for (const token of ["fixture-early", "fixture-endless"]) {
    const answer = await client.tryJoin({ group: "club", token });
    assert.equal(answer["error"], "need-username", token);
  }
});

Deno.test("A.3.1-3 an expired token: not authorised", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  const permissions = ["message"];
  const secrets: unknown[] = [];
  for (const expires of [-1000, 60_000]) {
    const from = olga.heard.length;
    const value = { group, expires, permissions };
    olga.say({ type: "groupaction", kind: "maketoken", value });
    const made = await olga.next({ type: "usermessage", kind: "token" }, from);
    secrets.push((made["value"] as Message)["token"]);
  }
  const [expired, good] = secrets.map(String);
  await using client = await Client.greet();
  assert.deepEqual(
    await client.tryJoin({ group, username: "zoe", token: expired! }),
    failed(group, "not authorised"),
  );
  const answer = await client.tryJoin({ group, username: "zoe", token: good! });
  assert.equal(answer["kind"], "join");
});

Deno.test("A-24 a wrong password delays its own answer, and nobody else's", async () => {
  const group = newGroup();
  await using witness = await Client.as("paul", group);
  await using client = await Client.greet();
  const startMs = performance.now();
  const wrong = client.tryJoin({ group, username: "maria", password: "no" });
  await witness.settle();
  await wrong;
  // The least, so that a slow machine makes no difference.
  assert.ok(performance.now() - startMs >= 190);
});

Deno.test("A-25 a group that has moved says where to, after the password only", async () => {
  await using client = await Client.greet();
  const wrong = { group: "moved", username: "paul", password: "no" };
  assert.equal((await client.tryJoin(wrong))["kind"], "fail");
  const answer = await client.tryJoin({ ...wrong, password: "pw" });
  assert.deepEqual(answer, {
    type: "joined",
    kind: "redirect",
    group: "moved",
    username: "",
    value: "https://elsewhere.example.org/group/moved/",
  });
});

Deno.test("A-26 A.3.1-10 an id that is taken, or none: refused, and nobody is disturbed", async () => {
  const group = newGroup();
  await using first = await Client.as("paul", group);
  for (const id of [first.id, ""]) {
    await using second = await Client.greet(id);
    const joining = { group, username: "maria", password: "pw" };
    const [heard] = await heardSince([first], async () => {
      assert.deepEqual(
        await second.tryJoin(joining),
        failed(group, "internal server error"),
      );
    });
    assert.deepEqual(heard, []);
  }
  await using elsewhere = await Client.as("paul", newGroup(), first.id);
  assert.equal(elsewhere.isOver, false);
});

Deno.test("A-27 one leaves, others hear of it, and may come again", async () => {
  const group = newGroup();
  await using witness = await Client.as("olga", group);
  await using client = await Client.as("maria", group);
  const leave = { type: "join", kind: "leave", group };
  const [heard, seen] = await heardSince(
    [client, witness],
    () => client.ask(leave),
  );
  assert.deepEqual(heard, [{
    type: "joined",
    kind: "leave",
    group,
    username: "maria",
    status: {
      name: group,
      displayName: "The club",
      clientCount: 1,
      canChangePassword: true,
    },
    rtcConfiguration: {},
  }]);
  assert.deepEqual(seen, [
    { type: "user", kind: "delete", id: client.id, username: "maria" },
  ]);
  const joining = { group, username: "maria", password: "pw" };
  assert.equal((await client.tryJoin(joining))["kind"], "join");
  await client.settle();
  client.say({ type: "join", kind: "leave", group: newGroup() });
  await assertFatal(client, 1000, "you are not joined");
});

Deno.test("A-28 several may have one name", async () => {
  const group = newGroup();
  await using one = await Client.as("maria", group);
  await using two = await Client.as("maria", group);
  const others = two.all({ type: "user", kind: "add", username: "maria" });
  assert.deepEqual(others.map(({ id }) => id), [two.id, one.id]);
});

Deno.test("A-29 A-31 what one brings is shown to others from the start", async () => {
  const group = newGroup();
  const data = { raisehand: true, colours: ["red"], n: null };
  await using client = await Client.join(
    { group, username: "maria", password: "pw", data },
  );
  await using other = await Client.as("paul", group);
  const [user] = other.all({ type: "user", id: client.id });
  assert.deepEqual((user?.["data"] as Message)["raisehand"], true);
  assert.deepEqual((user?.["data"] as Message)["colours"], ["red"]);
});

Deno.test("A-30 K-6 a token is tried without a name, and again with one", async () => {
  const group = newGroup();
  const token = "fixture-anonymous";
  await using probe = await Client.greet();
  const asked = await probe.tryJoin({ group, username: null, token });
  assert.equal(asked["error"], "need-username");
  const answer = await probe.tryJoin({ group, username: "zoe", token });
  assert.equal(answer["kind"], "join");
  assert.equal(answer["username"], "zoe");
  assert.deepEqual(answer["permissions"], PRESENT);
  // A token with a name lets in at the first try; whoever has it comes again.
  for (let attempt = 0; attempt < 2; attempt++) {
    await using named = await Client.greet();
    const joined = await named.tryJoin({ group, token: "fixture-named" });
    assert.equal(joined["kind"], "join");
    assert.equal(joined["username"], "tess");
    assert.deepEqual(joined["permissions"], ["message"]);
  }
});

Deno.test("A-31 G.9-6 users are added, changed and deleted, each told once", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  const client = await Client.as("oscar", group);
  const user = { type: "user", id: client.id, username: "oscar" };
  await olga.next(user);
  assert.deepEqual(olga.all(user), [{ ...user, kind: "add" }]);
  await olga.ask({ type: "useraction", kind: "unshutup", dest: client.id });
  const data = { raisehand: true };
  await client.ask({
    type: "useraction",
    kind: "setdata",
    dest: client.id,
    value: data,
  });
  await client.close();
  await olga.next({ ...user, kind: "delete" });
  const permissions = ["message"];
  assert.deepEqual(olga.all(user).slice(1), [
    { ...user, kind: "change", permissions },
    { ...user, kind: "change", permissions, data },
    { ...user, kind: "delete" },
  ]);
});

testOwn(
  "A-101 a changed description is told to everybody, and changes nobody's rights",
  async () => {
    const name = `changing-${crypto.randomUUID().slice(0, 8)}`;
    const file = `${serverFolder()}/groups/${name}.json`;
    const users = (permissions: string) => ({
      maria: { password: "pw", permissions },
    });
    const write = async (text: string) => {
      await Deno.writeTextFile(`${file}.new`, text);
      await Deno.rename(`${file}.new`, file);
    };
    await write(JSON.stringify({ users: users("message") }));
    await using client = await Client.as("maria", name);
    await write(
      JSON.stringify({ displayName: "New name", users: users("observe") }),
    );
    await using second = await Client.as("maria", name);
    const change = await client.next({ type: "joined", kind: "change" });
    assert.equal((change["status"] as Message)["displayName"], "New name");
    assert.deepEqual(change["permissions"], ["message"]);
    assert.deepEqual(
      second.all({ type: "joined" })[0]?.["permissions"],
      undefined,
    );
    // A file that cannot be read lets nobody else in, and disturbs nobody.
    await write("{");
    await using third = await Client.greet();
    const joining = { group: name, username: "maria", password: "pw" };
    const refused = await third.tryJoin(joining);
    assert.equal(refused["value"], "internal server error");
    const [said] = await client.ask({ type: "chat", value: "still here" });
    assert.equal(said?.["value"], "still here");
  },
);

Deno.test("A-100 the number of people is not told when it changes", async () => {
  const group = newGroup();
  await using client = await Client.as("maria", group);
  const [heard] = await heardSince([client], async () => {
    await using other = await Client.as("paul", group);
    await client.next({ type: "user", kind: "add", id: other.id });
  });
  assert.deepEqual(new Set(heard?.map(({ type }) => type)), new Set(["user"]));
});

function failed(group: string, value: string, error?: string): Message {
  return {
    type: "joined",
    kind: "fail",
    group,
    username: "",
    ...(error !== undefined && { error }),
    value,
  };
}
