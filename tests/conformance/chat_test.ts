/**
 * What people and their programs say to each other.
 *
 * @module
 */
import assert from "node:assert/strict";

import {
  Client,
  heardSince,
  type Message,
  newGroup,
  serverError,
} from "./client.ts";

/** RFC 3339 to the second, with a zone. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/;

Deno.test("A-60 who may chat and who may caption", async () => {
  const group = newGroup();
  await using carla = await Client.as("carla", group);
  await using maria = await Client.as("maria", group);
  await using oscar = await Client.as("oscar", group);
  await using olga = await Client.as("olga", group);
  const chat = { type: "chat", kind: "", value: "hi" };
  const table = [
    [carla, { ...chat, kind: "caption" }, true],
    [carla, chat, false],
    [carla, { ...chat, type: "usermessage" }, false],
    [maria, chat, true],
    [maria, { ...chat, type: "usermessage", kind: "info" }, true],
    [maria, { ...chat, kind: "caption" }, false],
    [oscar, chat, false],
    [oscar, { ...chat, type: "usermessage", kind: "filetransfer" }, false],
    [oscar, { ...chat, dest: olga.id }, false],
    [olga, chat, true],
    [olga, { ...chat, kind: "caption" }, true],
  ] as const;
  for (const [client, message, isAllowed] of table) {
    const [own, others] = await heardSince(
      [client, client === olga ? maria : olga],
      () => client.ask(message),
    );
    const refusal = [serverError(client, "not authorised")];
    assert.deepEqual(
      isAllowed ? own?.map(({ value }) => value) : own,
      isAllowed ? ["hi"] : refusal,
    );
    assert.equal(others?.length, isAllowed ? 1 : 0, JSON.stringify(message));
  }
});

Deno.test("A-60 who is in no group is told so", async () => {
  await using client = await Client.greet();
  for (const type of ["chat", "usermessage", "groupaction", "useraction"]) {
    const heard = await client.ask({ type, kind: "lock", value: "hi" });
    assert.deepEqual(heard, [serverError(client, "join a group first")]);
  }
});

Deno.test("A-61 A-62 K-2 G.9-7 a message is made anew, with the server's time, rank and id", async () => {
  const group = newGroup();
  await using maria = await Client.as("maria", group);
  await using olga = await Client.as("olga", group);
  const value = { any: ["JSON", 1, null, { deep: true }] };
  const rest = { data: { a: 1 }, error: "none", password: "x", group: "other" };
  const startMs = Date.now();
  const [toMaria, toOlga] = await heardSince([maria, olga], () =>
    maria.ask({
      type: "chat",
      source: maria.id,
      username: "maria",
      dest: "",
      kind: "me",
      time: "1999-01-01T00:00:00Z",
      privileged: true,
      value,
      ...rest,
    }));
  const [chat] = toMaria as [Message];
  assert.deepEqual(toOlga, toMaria);
  const { id, time, ...others } = chat;
  assert.match(String(id), /^[\w-]{11}$/);
  assert.match(String(time), TIME);
  const sentMs = Date.parse(String(time));
  assert.ok(sentMs >= startMs - 1000 && sentMs <= Date.now());
  assert.deepEqual(others, {
    type: "chat",
    source: maria.id,
    username: "maria",
    kind: "me",
    value,
  });
  const [rank] = await olga.ask({ type: "chat", value: "listen", id: "own" });
  assert.equal(rank?.["privileged"], true);
  assert.equal(rank?.["id"], "own");
});

Deno.test("A-62 private messages and user messages get no id", async () => {
  await using maria = await Client.as("maria", newGroup());
  const said = [
    { type: "chat", dest: maria.id, value: "private" },
    { type: "usermessage", kind: "info", value: "to all" },
    { type: "usermessage", kind: "info", dest: maria.id, value: "to one" },
  ];
  const heard = await maria.ask(...said);
  assert.deepEqual(heard.map(({ value }) => value), [
    "private",
    "to all",
    "to one",
  ]);
  assert.deepEqual(heard.filter((message) => "id" in message), []);
});

Deno.test("A-63 to all, to all others, to one; and to nobody who is not there", async () => {
  const group = newGroup();
  await using maria = await Client.as("maria", group);
  await using paul = await Client.as("paul", group);
  await using olga = await Client.as("olga", group);
  await using stranger = await Client.as("paul", newGroup());
  const everybody = [maria, paul, olga, stranger];
  const say = async (message: Message) => {
    const heard = await heardSince(
      everybody,
      () => maria.ask({ type: "chat", value: "hi", ...message }),
    );
    return heard.map(({ length }) => length);
  };
  assert.deepEqual(await say({}), [1, 1, 1, 0]);
  assert.deepEqual(await say({ noecho: true }), [0, 1, 1, 0]);
  assert.deepEqual(await say({ dest: paul.id }), [0, 1, 0, 0]);
  assert.deepEqual(await say({ type: "usermessage" }), [1, 1, 1, 0]);
  for (const dest of [stranger.id, "nobody"]) {
    const heard = await maria.ask({ type: "chat", dest, value: "hi" });
    assert.deepEqual(heard, [serverError(maria, "user unknown")]);
  }
  assert.deepEqual(await say({ dest: stranger.id }), [1, 0, 0, 0]);
});

Deno.test("A-64 A-65 newcomers hear the last fifty, without what was private", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  const claims = { source: olga.id, username: "olga" };
  for (let n = 0; n < 52; n++) {
    olga.say({ type: "chat", kind: "me", value: n, id: `m${n}`, ...claims });
  }
  olga.say({ type: "chat", dest: olga.id, value: "private" });
  olga.say({ type: "usermessage", kind: "info", value: "for programs" });
  await olga.settle();
  await using maria = await Client.as("maria", group);
  await maria.settle();
  const history = maria.all({ type: "chathistory" });
  assert.deepEqual(
    history.map(({ value }) => value),
    Array.from({ length: 50 }, (_, i) => i + 2),
  );
  const { time, ...first } = history[0]!;
  assert.match(String(time), TIME);
  assert.deepEqual(first, {
    type: "chathistory",
    id: "m2",
    kind: "me",
    value: 2,
    ...claims,
  });
});

Deno.test("A-64 what is older than a group keeps is not repeated", async () => {
  const group = newGroup("brief");
  await using olga = await Client.as("olga", group);
  await olga.ask({ type: "chat", value: "soon forgotten" });
  const forgotten = async () => {
    await using maria = await Client.as("maria", group);
    await maria.settle();
    return maria.all({ type: "chathistory" }).length === 0;
  };
  // The group keeps chat for a second.
  while (!await forgotten());
  await olga.ask({ type: "chat", value: "fresh" });
});

Deno.test("A-66 A-67 A-68 G.9-10 what the server says is privileged, what others say is not", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  await using maria = await Client.as("maria", group);
  for (const kind of ["error", "kicked", "clearchat", "mute", "anything"]) {
    const message = { type: "usermessage", kind, dest: olga.id, value: "boo" };
    const [heard] = await heardSince([olga], () => maria.ask(message));
    assert.deepEqual(heard?.map(({ kind, privileged }) => [kind, privileged]), [
      [kind, undefined],
    ]);
  }
  const [info] = await olga.ask({
    type: "usermessage",
    kind: "warning",
    dest: olga.id,
    value: "well",
  });
  assert.equal(info?.["privileged"], true);
  assert.ok(!("source" in info) && !("username" in info));
  const error = await maria.ask({ type: "groupaction", kind: "lock" });
  assert.deepEqual(error, [serverError(maria, "not authorised")]);
});

Deno.test("A-69 file transfers pass through untouched", async () => {
  const group = newGroup();
  await using maria = await Client.as("maria", group);
  await using paul = await Client.as("paul", group);
  const values = [
    { type: "invite", version: ["1"], id: "f1", name: "a.txt", size: 3 },
    { type: "offer", id: "f1", sdp: "v=0\r\n" },
    { type: "ice", id: "f1", candidate: null },
    { type: "cancel", id: "f1", message: "" },
  ];
  const claims = { source: maria.id, username: "maria" };
  for (const value of values) {
    const message = {
      type: "usermessage",
      kind: "filetransfer",
      dest: paul.id,
      value,
      ...claims,
    };
    const [[heard] = []] = await heardSince([paul], () => maria.ask(message));
    const { time, ...rest } = heard!;
    assert.match(String(time), TIME);
    assert.deepEqual(rest, message);
  }
});

Deno.test("A-102 mute is between clients: from an operator, privileged, and not back", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  await using maria = await Client.as("maria", group);
  const mute = {
    type: "usermessage",
    kind: "mute",
    source: olga.id,
    username: "olga",
    dest: null,
    noecho: true,
    value: null,
  };
  const [toOlga, toMaria] = await heardSince(
    [olga, maria],
    () => olga.ask(mute),
  );
  assert.deepEqual(toOlga, []);
  const { time: _, ...heard } = toMaria![0]!;
  assert.deepEqual(heard, {
    type: "usermessage",
    kind: "mute",
    source: olga.id,
    username: "olga",
    privileged: true,
    noecho: true,
  });
});

Deno.test("G.9-9 G.9-11 values of chat and members that are null do no harm", async () => {
  await using maria = await Client.as("maria", newGroup());
  const asProtocolJsSaysIt = {
    type: "chat",
    source: maria.id,
    username: "maria",
    dest: null,
    kind: "",
    noecho: undefined,
    replace: null,
    value: 5,
  };
  const [heard] = await maria.ask(asProtocolJsSaysIt);
  assert.equal(heard?.["value"], 5);
});

Deno.test("J-11 captions are shown and not repeated to newcomers", async () => {
  const group = newGroup();
  await using carla = await Client.as("carla", group);
  await using witness = await Client.as("maria", group);
  const caption = { type: "chat", kind: "caption", value: "so to speak" };
  const [heard] = await heardSince([witness], () => carla.ask(caption));
  assert.deepEqual(heard?.map(({ kind, value }) => [kind, value]), [
    ["caption", "so to speak"],
  ]);
  await witness.ask({ type: "chat", value: "kept" });
  await using later = await Client.as("maria", group);
  await later.settle();
  const history = later.all({ type: "chathistory" });
  assert.deepEqual(history.map(({ value }) => value), ["kept"]);
});
