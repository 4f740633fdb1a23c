import assert from "node:assert/strict";
import { test } from "node:test";
import { wallTimeAt } from "../lib/time.ts";
import { toRfc3339 } from "./chat.ts";
import { TestServer, type Wire } from "./test_server.ts";

/** Three members, the first of whom has the permissions. */
function meeting(permissions = "present,message") {
  const server = new TestServer();
  const a1 = server.enter("a1", permissions);
  const b1 = server.enter("b1");
  const c1 = server.enter("c1");
  for (const session of [a1, b1, c1]) server.hear(session);
  return { server, a1, b1, c1 };
}

test("handleChat() makes messages anew: what the server decides cannot be forged (A-61)", () => {
  const { server, a1, b1 } = meeting();

  server.say(a1, {
    type: "chat",
    source: "a1",
    username: "a1",
    id: "mine",
    privileged: true,
    time: "1970-01-01T00:00:00Z",
    error: "x",
    data: { x: 1 },
    kind: "me",
    value: "waves",
  });

  assert.deepEqual(server.hear(b1), [{
    type: "chat",
    id: "mine",
    source: "a1",
    username: "a1",
    time: "2026-07-29T08:00:00Z",
    kind: "me",
    value: "waves",
  }]);
});

test("handleChat() marks what operators say (A-61)", () => {
  const { server, a1, b1 } = meeting("op,message");

  server.say(a1, { type: "usermessage", kind: "mute", noecho: true });

  assert.deepEqual(server.hear(a1), []);
  const [mute] = server.hear(b1);
  assert.deepEqual([mute?.privileged, mute?.noecho, mute?.kind], [
    true,
    true,
    "mute",
  ]);
  assert.equal("id" in (mute ?? {}), false, "user messages get no id (A-62)");
});

test("handleChat() gives private messages to one only, without an id (A-62, A-63)", () => {
  const { server, a1, b1, c1 } = meeting();

  server.say(a1, { type: "chat", dest: "b1", value: "psst" });

  const [heard] = server.hear(b1);
  assert.deepEqual([heard?.dest, heard?.value, heard?.id], [
    "b1",
    "psst",
    undefined,
  ]);
  assert.deepEqual([...server.hear(a1), ...server.hear(c1)], []);
});

test("handleChat() passes file transfers through as they are (A-69)", () => {
  const { server, a1, b1 } = meeting();
  const value = { type: "ice", version: ["1"], candidate: null };

  server.say(a1, {
    type: "usermessage",
    kind: "filetransfer",
    dest: "b1",
    value,
  });

  assert.deepEqual(server.hear(b1)[0]?.value, value);
});

test("handleChat() refuses whom it must (A-60, A-63)", () => {
  const cases: [string, Wire, string][] = [
    ["present", { type: "chat" }, "not authorised"],
    ["present", { type: "usermessage" }, "not authorised"],
    ["caption", { type: "chat" }, "not authorised"],
    ["message", { type: "chat", kind: "caption" }, "not authorised"],
    ["message", { type: "chat", dest: "nobody" }, "user unknown"],
  ];
  for (const [permissions, message, text] of cases) {
    const { server, a1, b1 } = meeting(permissions);

    server.say(a1, { value: "x", ...message });

    assert.deepEqual(server.hear(a1), [{
      type: "usermessage",
      kind: "error",
      dest: "a1",
      privileged: true,
      value: text,
    }]);
    assert.deepEqual(server.hear(b1), []);
  }
});

test("handleChat() keeps public chat for those who come, but no captions (A-64, A-65, J-11)", () => {
  const { server, a1, c1 } = meeting("op,message,caption");
  server.say(a1, { type: "chat", source: "a1", value: "public" });
  server.say(a1, { type: "chat", kind: "caption", value: "spoken" });
  server.say(a1, { type: "chat", dest: "c1", value: "private" });
  server.say(a1, { type: "usermessage", kind: "info", value: "message" });
  assert.equal(server.hear(c1).length, 4);

  const d1 = server.greet("d1");
  server.join(d1);

  assert.deepEqual(
    server.hear(d1).filter(({ type }) => type === "chathistory"),
    [{
      type: "chathistory",
      id: "random-1",
      source: "a1",
      time: "2026-07-29T08:00:00Z",
      value: "public",
    }],
  );
});

test("toRfc3339() is to the second", () => {
  assert.equal(toRfc3339(wallTimeAt(1_999)), "1970-01-01T00:00:01Z");
});
