/** What keeps one client from harming, or outlasting, the others. */
import assert from "node:assert/strict";

import { waitFor } from "../support/wait_for.ts";
import { type Message, newGroup, Reader } from "./reader.ts";

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
