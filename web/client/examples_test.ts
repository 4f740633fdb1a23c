/**
 * How to do with the library what people do in a call. Each example is a
 * function of a connection that has joined; what goes over the wire is checked.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  parseClearChat,
  parseToken,
  parseTokenList,
  parseUserInfo,
  ServerConnection,
  type Token,
} from "./mod.ts";
import { FakeEnvironment, settle } from "./fake_environment.ts";
import { join, JOINED } from "./test_support.ts";

const DAY_MS = 86_400_000;

const TOKEN = {
  token: "abcdefghijk",
  group: "lobby",
  permissions: ["present", "message"],
  expires: "2026-07-30T08:00:00.000Z",
  issuedAt: "2026-07-29T08:00:00.000Z",
  issuedBy: "alice",
};

test("Example: come in by an invite link, and ask for a name if need be (A-24, A-30)", async () => {
  const environment = new FakeEnvironment();
  const told: string[] = [];

  function enter(
    connection: ServerConnection,
    token: string,
    askForName: () => string,
  ) {
    const credentials = { type: "token", token } as const;
    connection.onconnected = function () {
      this.join("lobby", null, credentials);
    };
    connection.onjoined = function (kind, group, permissions, ...rest) {
      const [status, _data, error, message] = rest;
      switch (kind) {
        case "join":
          told.push(`in ${status.displayName ?? group}: ${permissions}`);
          return this.request({ "": ["audio", "video"] });
        case "fail":
          if (error !== "need-username") return void told.push(message);
          return void this.join("lobby", askForName(), credentials);
        case "redirect":
          return void told.push(`to be found at ${message}`);
      }
    };
    connection.onclose = (code, reason) => told.push(`${code} ${reason}`);
    connection.connect("wss://example.org/ws"); // the status's `endpoint`
  }

  const connection = new ServerConnection(environment);
  enter(connection, "abc", () => "alice");
  const { socket } = environment;
  socket.open();
  socket.receive({ type: "handshake", version: ["2"] });
  await settle();
  const refusal = { ...JOINED, kind: "fail", value: "username required" };
  socket.receive({ ...refusal, error: "need-username" });
  await settle();
  socket.receive({ ...JOINED, permissions: ["present"] });
  socket.receive({ type: "joined", kind: "redirect", group: "x", value: "U" });
  socket.drop(1000, "kicked out (bye) by olga");
  const join = { type: "join", kind: "join", group: "lobby", token: "abc" };
  assert.deepEqual(socket.take(), [
    {
      type: "handshake",
      version: ["2"],
      id: connection.id,
      extensions: ["speaking", "statistics", "tiles"],
    },
    join,
    { ...join, username: "alice" },
    { type: "request", request: { "": ["audio", "video"] } },
  ]);
  assert.deepEqual(told, [
    "in lobby: present",
    "to be found at U",
    "1000 kicked out (bye) by olga",
  ]);
});

test("Example: chat with all and with one, and forget what is cleared (A-60 to A-65, A-70)", async () => {
  const joined = await join();
  let lines: { id: string; source: string; text: string }[] = [];

  function chat(connection: ServerConnection) {
    connection.onchat = (...args) => {
      const [id, source, dest, username, _time, , history, , message] = args;
      const where = history ? " (before)" : dest === "" ? "" : " (to you)";
      lines.push({ id, source, text: `${username}${where}: ${message}` });
    };
    connection.onusermessage = (...args) => {
      const [, , , , privileged, kind, , message] = args;
      if (kind !== "clearchat" || !privileged) return;
      const { id, userId } = parseClearChat(message);
      lines = lines.filter((line) =>
        (userId !== undefined && userId !== line.source) ||
        (id !== undefined && id !== line.id)
      );
    };
    connection.chat("", "", "Hello, all"); // comes back by `onchat`
    connection.chat("", "b1", "Hello, Bob"); // does not
  }

  chat(joined.connection);
  assert.deepEqual(joined.take(), [
    { type: "chat", kind: "", dest: "", value: "Hello, all" },
    { type: "chat", kind: "", dest: "b1", value: "Hello, Bob" },
  ]);
  const bob = { source: "b1", username: "bob" };
  await joined.say({ ...bob, type: "chathistory", id: "1", value: "early" });
  await joined.say({ ...bob, type: "chat", id: "2", value: "later" });
  await joined.say({ ...bob, type: "chat", dest: "a1", value: "psst" });
  assert.deepEqual(lines.map(({ text }) => text), [
    "bob (before): early",
    "bob: later",
    "bob (to you): psst",
  ]);
  const clear = { type: "usermessage", kind: "clearchat", privileged: true };
  await joined.say({ ...clear, value: { userId: "b1", id: "2" } });
  assert.equal(lines.length, 2);
  await joined.say(clear);
  assert.deepEqual(lines, []);
});

test("Example: a message of one's own, and what an operator may have done (A-66, A-102)", async () => {
  const joined = await join();
  const told: string[] = [];

  function listen(connection: ServerConnection) {
    connection.onusermessage = (...args) => {
      const [, , username, , privileged, kind, , message] = args;
      if (kind === "poll") return void told.push(`${username} asks ${message}`);
      // Anybody can send these kinds; only the server and operators mean it.
      if (!privileged) return;
      if (kind === "error" || kind === "warning" || kind === "kicked") {
        told.push(`${kind}: ${message}`);
      }
      if (kind === "mute") told.push("muted");
    };
    connection.userMessage("poll", "", "tea or coffee?", true);
    connection.userMessage("mute", "b1");
  }

  listen(joined.connection);
  const message = { type: "usermessage" };
  assert.deepEqual(joined.take(), [
    {
      ...message,
      kind: "poll",
      dest: "",
      value: "tea or coffee?",
      noecho: true,
    },
    { ...message, kind: "mute", dest: "b1" },
  ]);
  await joined.say({
    ...message,
    kind: "poll",
    username: "bob",
    value: "when?",
  });
  await joined.say({ ...message, kind: "kicked", value: "a joke" });
  const privileged = { ...message, privileged: true };
  await joined.say({ ...privileged, kind: "warning", value: "mind the gap" });
  await joined.say({ ...privileged, kind: "mute" });
  assert.deepEqual(told, [
    "bob asks when?",
    "warning: mind the gap",
    "muted",
  ]);
});

test("Example: record, and list the groups below this one (A-73 to A-75)", async () => {
  const joined = await join();
  const { connection } = joined;
  connection.groupAction("record");
  connection.groupAction("unrecord");
  connection.groupAction("subgroups"); // answered by a chat message to oneself
  const kinds = ["record", "unrecord", "subgroups"];
  assert.deepEqual(
    joined.take(),
    kinds.map((kind) => ({ type: "groupaction", kind })),
  );
});

test("Example: invite somebody for a day, and end the invitation (A-77, A-78)", async () => {
  const joined = await join();
  const tokens: Token[] = [];
  const failures: string[] = [];

  function invite(connection: ServerConnection) {
    connection.onusermessage = (...args) => {
      const [, , , , privileged, kind, error, message] = args;
      if (kind !== "token" || !privileged) return;
      const token = error === "" ? parseToken(message) : undefined;
      if (token === undefined) failures.push(`${error}: ${message}`);
      else tokens.push(token);
    };
    connection.groupAction("maketoken", {
      group: "lobby",
      permissions: ["present", "message"],
      expires: DAY_MS,
    });
  }

  function revoke(connection: ServerConnection, { token }: Token) {
    connection.groupAction("edittoken", { token, expires: -1000 });
  }

  invite(joined.connection);
  assert.deepEqual(joined.take(), [{
    type: "groupaction",
    kind: "maketoken",
    value: {
      group: "lobby",
      permissions: ["present", "message"],
      expires: DAY_MS,
    },
  }]);
  const answer = { type: "usermessage", kind: "token", privileged: true };
  await joined.say({ ...answer, value: TOKEN });
  await joined.say({ ...answer, error: "not-authorised", value: "no" });
  await joined.say({ ...answer, privileged: false, value: TOKEN });
  assert.deepEqual(failures, ["not-authorised: no"]);
  assert.deepEqual(tokens.map(({ token, expires }) => [token, expires]), [
    [TOKEN.token, new Date(TOKEN.expires)],
  ]);

  const [token] = tokens;
  assert(token);
  revoke(joined.connection, token);
  assert.deepEqual(joined.take().map(({ value }) => value), [
    { token: TOKEN.token, expires: -1000 },
  ]);
});

test("Example: list invitations (A-79)", async () => {
  const joined = await join();
  let names: (string | undefined)[] = [];

  function list(connection: ServerConnection) {
    connection.onusermessage = (...args) => {
      const [, , , , , kind, , message] = args;
      if (kind !== "tokenlist") return;
      names = parseTokenList(message).map(({ username }) => username);
    };
    connection.groupAction("listtokens");
  }

  list(joined.connection);
  assert.deepEqual(joined.take(), [{
    type: "groupaction",
    kind: "listtokens",
  }]);
  const value = [TOKEN, { ...TOKEN, username: "bob" }, "damaged"];
  await joined.say({
    type: "usermessage",
    kind: "tokenlist",
    privileged: true,
    value,
  });
  assert.deepEqual(names, [undefined, "bob"]);
});

test("Example: moderate (A-70 to A-72, A-90 to A-96)", async () => {
  const joined = await join();

  function calmDown(connection: ServerConnection, troublemaker: string) {
    connection.groupAction("lock", "We are full, come back at noon");
    connection.userAction("unpresent", troublemaker);
    connection.userAction("kick", troublemaker, "This is a lesson");
    connection.groupAction("clearchat", { userId: troublemaker });
    connection.groupAction("unlock");
  }

  calmDown(joined.connection, "b1");
  const user = { type: "useraction", dest: "b1" };
  const group = { type: "groupaction" };
  assert.deepEqual(joined.take(), [
    { ...group, kind: "lock", value: "We are full, come back at noon" },
    { ...user, kind: "unpresent" },
    { ...user, kind: "kick", value: "This is a lesson" },
    { ...group, kind: "clearchat", value: { userId: "b1" } },
    { ...group, kind: "unlock" },
  ]);
});

test("Example: find out where somebody is (A-95)", async () => {
  const joined = await join();
  let address: string | undefined;

  function identify(connection: ServerConnection, user: string) {
    connection.onusermessage = (...args) => {
      const [, , , , , kind, , message] = args;
      if (kind === "userinfo") address = parseUserInfo(message)?.address;
    };
    connection.userAction("identify", user);
  }

  identify(joined.connection, "b1");
  assert.deepEqual(joined.take(), [
    { type: "useraction", kind: "identify", dest: "b1" },
  ]);
  await joined.say({
    type: "usermessage",
    kind: "userinfo",
    privileged: true,
    value: { id: "b1", address: "192.0.2.1:5" },
  });
  assert.equal(address, "192.0.2.1:5");
  assert.equal(parseUserInfo("b1"), undefined);
});

test("Example: raise a hand, and see others' (A-97)", async () => {
  const joined = await join();
  const raised: string[] = [];

  function raiseHand(connection: ServerConnection) {
    connection.onuser = function (id, kind) {
      if (kind !== "delete" && this.users[id]?.data["raisehand"]) {
        raised.push(id);
      }
    };
    connection.userAction("setdata", connection.id, { raisehand: true });
  }

  raiseHand(joined.connection);
  assert.deepEqual(joined.take(), [{
    type: "useraction",
    kind: "setdata",
    dest: joined.connection.id,
    value: { raisehand: true },
  }]);
  const bob = { type: "user", id: "b1", username: "bob" };
  await joined.say({ ...bob, kind: "add" });
  await joined.say({ ...bob, kind: "change", data: { raisehand: true } });
  assert.deepEqual(raised, ["b1"]);
});

test("Example: share data with the whole group (A-76)", async () => {
  const joined = await join();
  const pages: unknown[] = [];

  function turnPage(connection: ServerConnection, page: number | null) {
    connection.onjoined = (kind, _group, _permissions, _status, data) => {
      if (kind === "change") pages.push(data["page"]);
    };
    connection.groupAction("setdata", { page });
  }

  turnPage(joined.connection, 2);
  assert.deepEqual(joined.take().map(({ value }) => value), [{ page: 2 }]);
  await joined.say({ ...JOINED, kind: "change", data: { page: 2 } });
  await joined.say({ ...JOINED, kind: "change" }); // says nothing of data
  await joined.say({ ...JOINED, kind: "change", data: {} });
  assert.deepEqual(pages, [2, 2, undefined]);
});

test("Example: write captions, and show others' (A-60)", async () => {
  const joined = await join();
  const shown: unknown[] = [];

  function caption(connection: ServerConnection, text: string) {
    connection.onchat = (...args) => {
      const [, , , , , , history, kind, message] = args;
      if (kind === "caption" && !history) shown.push(message);
    };
    connection.chat("caption", "", text);
  }

  caption(joined.connection, "Good morning");
  assert.deepEqual(joined.take(), [
    { type: "chat", kind: "caption", dest: "", value: "Good morning" },
  ]);
  await joined.say({ type: "chat", kind: "caption", id: "1", value: "Hello" });
  assert.deepEqual(shown, ["Hello"]);
});
