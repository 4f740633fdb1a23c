import assert from "node:assert/strict";

import { assertFatal, Client, newGroup } from "./client.ts";

Deno.test("A-5 the server answers the handshake with its version, and nothing before", async () => {
  await using client = await Client.connect();
  client.say({ type: "handshake", version: ["2"], id: "a1" });
  client.say({ type: "join", kind: "join", group: newGroup(), username: "al" });
  await client.next({ type: "joined", kind: "join" });
  assert.deepEqual(client.heard[0], { type: "handshake", version: ["2"] });
});

Deno.test("A-13 spoofed source or username: 1002", async () => {
  const group = newGroup();
  for (
    const [claims, text] of [
      [{ source: "evil" }, "spoofed client id"],
      [{ username: "evil" }, "spoofed username"],
    ] as const
  ) {
    await using client = await Client.as("maria", group);
    client.say({ type: "chat", value: "hi", ...claims });
    await assertFatal(client, 1002, text);
  }
});
