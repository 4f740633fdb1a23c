/** What keeps one client from harming, or outlasting, the others. */
import assert from "node:assert/strict";

import { waitFor } from "../support/wait_for.ts";
import { type Message, newGroup, Reader } from "./reader.ts";
import { serverUrl } from "./target.ts";

Deno.test(
  "E-13 autolock: locked without an operator, and an operator's coming does not unlock",
  async () => {
    const group = newGroup("conf-autolock");
    const asPaul = { group, username: "paul", password: "pw-paul" };
    await using early = await Reader.greet();
    assert.equal((await early.join(asPaul))["value"], "this group is locked");
    await using olga = await Reader.join({
      group,
      username: "olga",
      password: "pw-olga",
    });
    assert.equal((await early.join(asPaul))["value"], "this group is locked");
    olga.say({ type: "groupaction", kind: "unlock" });
    await olga.next("joined", "change");
    assert.equal((await early.join(asPaul))["kind"], "join");
    await olga[Symbol.asyncDispose]();
    const change = await early.nextThat(
      "the lock",
      (message) =>
        (message["status"] as Message | undefined)?.["locked"] === true,
    );
    assert.equal(change["kind"], "change");
  },
);

Deno.test(
  "E-13 J-14 autokick: all go with the last operator, and not when somebody only looks",
  async () => {
    const group = newGroup("conf-autokick");
    await using olga = await Reader.join({
      group,
      username: "olga",
      password: "pw-olga",
    });
    await using paul = await Reader.join({
      group,
      username: "paul",
      password: "pw-paul",
    });
    await (await fetch(`${serverUrl()}/group/${group}/`)).body?.cancel();
    await (await fetch(`${serverUrl()}/group/${group}/.status`)).body?.cancel();
    await paul.settle();
    assert.equal(paul.closing, undefined);
    await olga[Symbol.asyncDispose]();
    assert.equal(
      (await paul.next("usermessage", "kicked"))["value"],
      "there are no operators in this group",
    );
    assert.equal((await paul.ended()).code, 1000);
  },
);

Deno.test(
  "J-14 J-17 a member that does not read delays nobody",
  async () => {
    const group = newGroup("conf");
    const { RawWebSocket } = await import("../support/raw_websocket.ts");
    using stalled = await RawWebSocket.open(Number(new URL(serverUrl()).port));
    await stalled.send('{"type":"handshake","version":["2"],"id":"stalled"}');
    await stalled.send(
      JSON.stringify({ type: "join", kind: "join", group, username: "s" }),
    );
    await using paul = await Reader.join({
      group,
      username: "paul",
      password: "pw-paul",
    });
    await using mia = await Reader.join({
      group,
      username: "mia",
      password: "pw-mia",
    });
    const text = "x".repeat(100_000);
    // More than any bound lets wait for one who does not read.
    for (let index = 0; index < 100; index += 1) {
      paul.say({ type: "chat", noecho: true, value: text });
      paul.say({ type: "chat", dest: mia.id, value: index });
      await mia.nextThat(`number ${index}`, ({ value }) => value === index);
    }
    await paul.settle();
    assert.equal(mia.closing, undefined);
    assert.equal(paul.closing, undefined);
  },
);

Deno.test(
  "J-1 leaving at once after joining harms nobody",
  async () => {
    const group = newGroup("conf");
    await using witness = await Reader.join({ group, username: "w" });
    for (let round = 0; round < 20; round += 1) {
      await using client = await Reader.greet();
      client.say({ type: "join", kind: "join", group, username: "x" });
      client.say({ type: "join", kind: "leave", group });
      client.say({
        type: "useraction",
        kind: "setdata",
        dest: client.id,
        value: {},
      });
      await client.next("joined", "leave");
    }
    await witness.settle();
    assert.equal(witness.closing, undefined);
  },
);

Deno.test(
  "A-4 who says nothing is cut off after fifteen seconds",
  async () => {
    await using client = await Reader.connect();
    const began = performance.now();
    await client.ended();

    assert.ok(performance.now() - began > 14_000);
    assert.deepEqual(client.messages, []);
  },
);

Deno.test(
  "A-9 A-8 who is silent is pinged within thirty seconds, and stays if it answers",
  async () => {
    await using client = await Reader.greet();
    const began = performance.now();
    await waitFor("a ping", () => client.client.pinged, (count) => count > 0);

    assert.ok(performance.now() - began >= 19_000);
    const joined = await client.join({
      group: newGroup("conf"),
      username: "x",
    });
    assert.equal(joined["kind"], "join");
  },
);
