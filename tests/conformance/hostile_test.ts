/**
 * What hurts other servers, and must not hurt anybody here.
 *
 * @module
 */
import assert from "node:assert/strict";

import { RawWebSocket } from "../support/raw_websocket.ts";
import { Client, type Message, newGroup, serverError } from "./client.ts";
import { EVERYTHING, idleOffer } from "./media.ts";
import { serverUrl } from "./target.ts";

/** Joins without waiting, and says more. */
async function sayAtOnce(
  joining: Message,
  ...more: readonly Message[]
): Promise<Client> {
  const client = await Client.connect();
  client.say({ type: "handshake", version: ["2"], id: client.id });
  client.say({ type: "join", kind: "join", ...joining });
  for (const message of more) client.say(message);
  return client;
}

Deno.test("J-1 joining and leaving in one breath does no harm", async () => {
  const group = newGroup();
  await using witness = await Client.as("olga", group);
  const paul = { group, username: "paul", password: "pw" };
  const leave = { type: "join", kind: "leave", group };
  for (let n = 0; n < 20; n++) {
    await using client = await sayAtOnce(paul, EVERYTHING, leave, {
      type: "join",
      kind: "join",
      ...paul,
    }, leave);
    await client.settle();
    const kinds = client.all({ type: "joined" }).map(({ kind }) => kind);
    assert.deepEqual(kinds, ["join", "leave", "join", "leave"]);
    await witness.settle();
    const user = { type: "user", id: client.id };
    assert.deepEqual(
      witness.all(user).map(({ kind }) => kind),
      ["add", "delete", "add", "delete"],
    );
  }
  await using gone = await sayAtOnce(paul);
  await gone.close();
  await witness.settle();
});

Deno.test("J-1 who is sent to another server is in no group here", async () => {
  const moved = { group: "moved", username: "paul", password: "pw" };
  await using client = await sayAtOnce(moved, { type: "chat", value: "hi" });
  const redirect = await client.next({ type: "joined" });
  assert.equal(redirect["kind"], "redirect");
  await client.settle();
  assert.deepEqual(
    client.heard.at(-1),
    serverError(client, "join a group first"),
  );
  const [abort, error] = await client.ask(idleOffer("cam"));
  assert.deepEqual(abort, { type: "abort", id: "cam" });
  assert.deepEqual(error, serverError(client, "not authorised"));
  const answer = await client.tryJoin({ ...moved, group: newGroup() });
  assert.equal(answer["kind"], "join");
});

Deno.test("J-2 after a refused join one has no rights and no name", async () => {
  const table = [
    { group: newGroup("late"), username: "paul", password: "pw" },
    { group: newGroup("autokick"), username: "paul", password: "pw" },
    { group: newGroup("guarded"), username: "sam", password: "wrong" },
  ];
  for (const joining of table) {
    await using client = await Client.greet();
    assert.equal((await client.tryJoin(joining))["kind"], "fail");
    assert.deepEqual(await client.ask(idleOffer("cam")), [
      { type: "abort", id: "cam" },
      serverError(client, "not authorised"),
    ]);
    assert.deepEqual(await client.ask({ type: "chat", value: "hi" }), [
      serverError(client, "join a group first"),
    ]);
    client.say({ type: "ping", username: joining.username });
    assert.deepEqual(await client.ended(), {
      code: 1002,
      reason: "spoofed username",
    });
  }
});

Deno.test("J-2 a permission with the name of something else opens no door", async () => {
  const [shut, early] = [newGroup(), newGroup("early")];
  await using olga = await Client.as("olga", shut);
  await olga.ask({ type: "groupaction", kind: "lock", value: "shut" });
  await using sam = await Client.greet();
  const joining = { username: "sam", password: "pw" };
  for (let n = 0; n < 2; n++) {
    const refused = await sam.tryJoin({ group: shut, ...joining });
    assert.equal(refused["value"], "shut");
    const closed = await sam.tryJoin({ group: early, ...joining });
    assert.equal(closed["value"], "this group is not open yet");
  }
  const open = newGroup();
  assert.equal(
    (await sam.tryJoin({ group: open, ...joining }))["kind"],
    "join",
  );
  await sam.settle();
  const act = { type: "useraction", kind: "kick", dest: sam.id };
  assert.deepEqual(await sam.ask(act), [serverError(sam, "not authorised")]);
  assert.deepEqual(await sam.ask({ type: "chat", value: "hi" }), [
    serverError(sam, "not authorised"),
  ]);
});

Deno.test("J-14 who does not read is dropped, and nobody waits", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  await using maria = await Client.as("maria", group);
  const { port } = new URL(serverUrl());
  using stalled = await RawWebSocket.open(Number(port));
  const id = crypto.randomUUID();
  const paul = { group, username: "paul", password: "pw" };
  for (
    const message of [
      { type: "handshake", version: ["2"], id },
      { type: "join", kind: "join", ...paul },
    ]
  ) await stalled.send(JSON.stringify(message));
  await maria.next({ type: "user", kind: "add", id });
  const value = "x".repeat(250_000);
  const isGone = () =>
    maria.all({ type: "user", kind: "delete", id }).length > 0;
  let said = 0;
  // What waits for it is more than the kernel and the server keep.
  for (; said < 400 && !isGone(); said++) {
    await olga.ask({ type: "chat", kind: String(said), value });
    await maria.settle();
    assert.equal(
      maria.heard.filter(({ type }) => type === "chat").length,
      said + 1,
    );
  }
  assert.ok(isGone(), "It is still there");
  const kinds = maria.all({ type: "chat" }).map(({ kind }) => kind);
  assert.deepEqual(kinds, Array.from({ length: said }, (_, n) => String(n)));
});

Deno.test("J-14 E-13 nobody is sent away because somebody looks at a page; the last operator's leaving does it", async () => {
  const group = newGroup("autokick");
  await using olga = await Client.as("olga", group);
  await using paul = await Client.as("paul", group);
  for (const page of ["", ".status"]) {
    const answer = await fetch(`${serverUrl()}/group/${group}/${page}`);
    assert.equal(answer.status, 200);
    await answer.body?.cancel();
  }
  await paul.settle();
  await olga.close();
  const text = "there are no operators in this group";
  assert.deepEqual(await paul.ended(), {
    code: 1000,
    reason: `kicked out (${text})`,
  });
  assert.deepEqual(paul.heard.at(-1), {
    ...serverError(paul, text),
    kind: "kicked",
  });
});

Deno.test("J-17 who floods is sent away alone", async () => {
  const group = newGroup();
  await using witness = await Client.as("maria", group);
  await using flood = await Client.as("oscar", group);
  const ping = JSON.stringify({ type: "ping" });
  for (let n = 0; n < 20_000; n++) flood.sayRaw(ping);
  // Its connection is cut while it still talks, so no code need arrive.
  await flood.ended();
  await witness.next({ type: "user", kind: "delete", id: flood.id });
  await witness.settle();
});

Deno.test("J-17 one has so many flows and no more, and may go on", async () => {
  await using paul = await Client.as("paul", newGroup());
  const names = Array.from(
    { length: 17 },
    () => `cam-${crypto.randomUUID().slice(0, 8)}`,
  );
  for (const id of names) paul.say(idleOffer(id));
  const last = names.at(-1)!;
  await paul.next({ type: "abort", id: last });
  const error = await paul.next({ type: "usermessage", kind: "error" });
  assert.equal(error["error"], "too-many-flows");
  assert.deepEqual(
    paul.all({ type: "abort" }).map(({ id }) => id),
    [last],
  );
  await paul.ask({ type: "close", id: names[0] });
  const from = paul.heard.length;
  paul.say(idleOffer(last));
  await paul.next({ type: "answer", id: last }, from);
});

Deno.test("J-17 what is out of all bounds is refused, and told to nobody", async () => {
  const group = newGroup();
  await using olga = await Client.as("olga", group);
  await using maria = await Client.as("maria", group);
  const huge = "x".repeat(300_000);
  await maria.settle();
  const { length } = maria.heard;
  const table: readonly (readonly [Message, string])[] = [
    [{ type: "chat", value: huge }, "message is too long"],
    [{ type: "usermessage", value: { huge } }, "message is too long"],
    [
      { type: "groupaction", kind: "setdata", value: { huge } },
      "data is too large",
    ],
    [
      { type: "useraction", kind: "setdata", dest: olga.id, value: { huge } },
      "data is too large",
    ],
  ];
  for (const [message, text] of table) {
    assert.deepEqual(await olga.ask(message), [serverError(olga, text)]);
  }
  await maria.settle();
  assert.equal(maria.heard.length, length);
});
