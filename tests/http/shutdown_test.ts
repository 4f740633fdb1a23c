import assert from "node:assert/strict";
import { RawWebSocket } from "../support/raw_websocket.ts";
import { TestServer } from "../support/server.ts";
import { type Joined, openClient } from "./join.ts";

const OPEN = {
  "wildcard-user": { password: { type: "wildcard" }, permissions: "present" },
};

const REASON = "server is shutting down";

/** What somebody heard since they came, without what the others did. */
function heard(messages: readonly Joined[]): readonly Joined[] {
  const at = messages.findIndex(({ type, kind }) =>
    type === "joined" && kind === "change"
  );
  return messages.slice(at).filter(({ type }) => type !== "user");
}

Deno.test("A server that stops locks all groups, tells everybody, and waits for nobody who does not read (A-15)", async () => {
  const server = await TestServer.start({ groups: { maths: OPEN, art: OPEN } });
  try {
    const clients = await Promise.all(
      ["maths", "maths", "art"].map((group, at) =>
        openClient(server.http, { group, username: `u${at}`, password: "" })
      ),
    );
    using deaf = await RawWebSocket.open(Number(new URL(server.http).port));
    await deaf.send(
      JSON.stringify({ type: "handshake", version: ["2"], id: "d" }),
    );
    await deaf.send(JSON.stringify({
      type: "join",
      kind: "join",
      group: "art",
      username: "deaf",
      password: "",
    }));
    assert.equal(await server.end(), 0);

    for (const { closed, messages, answer } of clients) {
      const { code, reason } = await closed;
      assert.deepEqual({ code, reason }, {
        code: 1000,
        reason: `kicked out (${REASON})`,
      });
      const [locked, kicked, ...more] = heard(messages);
      assert.equal(locked?.["group"], answer["group"]);
      assert.equal((locked?.["status"] as { locked?: boolean }).locked, true);
      const { type, kind, value, privileged } = kicked ?? {};
      assert.deepEqual({ type, kind, value, privileged }, {
        type: "usermessage",
        kind: "kicked",
        value: REASON,
        privileged: true,
      });
      assert.deepEqual(more, []);
    }
    assert.match(server.log(), /Stopping signal=SIGTERM/);
  } finally {
    await server.stop();
  }
});
