import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_VALUE_LENGTH } from "./chat.ts";
import { TestServer, type Wire } from "./test_server.ts";

const TIME = "2026-07-29T08:00:00Z";

function error(dest: string, value: string): Wire {
  return { type: "usermessage", kind: "error", dest, privileged: true, value };
}

/** Three in a group, who have heard what there was to hear. */
function meet() {
  const server = new TestServer();
  const a = server.enter("a", "message");
  const b = server.enter("b", "op,message");
  const c = server.enter("c", "caption");
  for (const session of [a, b, c]) server.hear(session);
  return { server, a, b, c };
}

/** What somebody who comes now is told of what was said. */
function history(server: TestServer): Wire[] {
  const late = server.greet("late");
  server.join(late, { username: "late" });
  return server.hear(late).filter(({ type }) => type === "chathistory");
}

test("Router lets chat those who may, and caption those who may that (A-60)", () => {
  const { server, a, b, c } = meet();
  server.say(a, { type: "chat", kind: "caption", value: "x" });
  assert.deepEqual(server.hear(a), [error("a", "not authorised")]);
  for (const type of ["chat", "usermessage"]) {
    server.say(c, { type, value: "x" });
    assert.deepEqual(server.hear(c), [error("c", "not authorised")]);
  }
  server.say(c, { type: "usermessage", kind: "caption", value: "x" });
  assert.deepEqual(server.hear(c), [error("c", "not authorised")]);
  assert.deepEqual(server.hear(b), []);
});

test("Router shows captions and does not repeat them to newcomers (A-60, J-11)", () => {
  const { server, a, c } = meet();

  server.say(c, { type: "chat", kind: "caption", source: "c", value: "hello" });

  const caption = {
    type: "chat",
    kind: "caption",
    id: "random-1",
    source: "c",
    time: TIME,
    value: "hello",
  };
  assert.deepEqual(server.hear(a), [caption]);
  assert.deepEqual(server.hear(c), [caption]);
  assert.deepEqual(history(server), []);
});

test("Router makes messages anew, and believes nothing of them (A-61, A-62)", () => {
  const { server, a, b } = meet();
  const forged = { privileged: true, time: "1970", error: "x", data: { a: 1 } };

  server.say(a, {
    type: "chat",
    kind: "me",
    source: "a",
    username: "a",
    id: "own",
    value: { any: ["JSON"] },
    ...forged,
  });
  assert.deepEqual(server.hear(b), [{
    type: "chat",
    kind: "me",
    id: "own",
    source: "a",
    username: "a",
    time: TIME,
    value: { any: ["JSON"] },
  }]);
  server.say(b, {
    type: "usermessage",
    kind: "warning",
    value: "x",
    ...forged,
  });
  server.hear(a).shift();
  const [warning] = server.hear(b);
  assert.deepEqual(warning, {
    type: "usermessage",
    kind: "warning",
    privileged: true,
    time: TIME,
    value: "x",
  });
});

test("Router sends to one, to all, and not back (A-63)", () => {
  const { server, a, b, c } = meet();
  server.say(a, { type: "chat", dest: "b", value: "psst" });
  assert.deepEqual(
    server.hear(b).map(({ dest, value, id }) => [dest, value, id]),
    [
      ["b", "psst", undefined],
    ],
  );
  assert.deepEqual([...server.hear(a), ...server.hear(c)], []);

  server.say(a, { type: "chat", noecho: true, value: "all" });
  assert.deepEqual(server.hear(a), []);
  assert.equal(server.hear(b)[0]?.noecho, true);
  assert.equal(server.hear(c).length, 1);

  server.say(a, { type: "chat", dest: "nobody", value: "x" });
  assert.deepEqual(server.hear(a), [error("a", "user unknown")]);
});

test("Router reaches nobody in another group, whatever its id (A-63)", () => {
  const { server, a } = meet();
  const far = server.greet("far");
  server.join(far, { group: "h", username: "far" });
  server.hear(far);
  for (const type of ["chat", "usermessage"]) {
    server.say(a, { type, dest: "far", value: "x" });
    assert.deepEqual(server.hear(a), [error("a", "user unknown")]);
    server.say(a, { type, value: "x" });
    server.hear(a);
  }
  assert.deepEqual(server.hear(far), []);
});

test("Router passes the negotiation of file transfers on untouched (A-69)", () => {
  const { server, a, b } = meet();
  const value = { type: "ice", version: ["1"], id: "t", candidate: null };
  server.say(a, {
    type: "usermessage",
    kind: "filetransfer",
    dest: "b",
    value,
  });
  assert.deepEqual(server.hear(b)[0]?.value, value);
});

test("Router remembers chat for newcomers, without what was private (A-64, A-65)", () => {
  const { server, a, b } = meet();
  server.say(b, { type: "chat", source: "b", username: "b", value: "public" });
  server.say(a, { type: "chat", dest: "b", value: "private" });
  server.say(a, { type: "usermessage", value: "program" });
  assert.deepEqual(history(server), [{
    type: "chathistory",
    id: "random-1",
    source: "b",
    username: "b",
    time: TIME,
    value: "public",
  }]);
});

test("Router remembers the last fifty messages (A-64)", () => {
  const { server, a } = meet();
  for (let i = 0; i < 60; i++) server.say(a, { type: "chat", value: i });
  const values = history(server).map(({ value }) => value);
  assert.deepEqual(values, Array.from({ length: 50 }, (_, i) => i + 10));
});

test("Router passes on long messages, and refuses what is out of all bounds (J-17)", () => {
  const { server, a, b } = meet();
  server.say(a, { type: "chat", value: "x".repeat(MAX_VALUE_LENGTH) });
  assert.equal(server.hear(b).length, 1);
  server.hear(a);
  for (const type of ["chat", "usermessage"]) {
    server.say(a, { type, value: ["x".repeat(MAX_VALUE_LENGTH)] });
    assert.deepEqual(server.hear(a), [error("a", "message is too long")]);
  }
  assert.deepEqual(server.hear(b), []);
  assert.equal(server.router.counts.refused.chatLength, 2);
});
