import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeEnvironment, settle } from "../client/fake_environment.ts";
import { LocalMedia } from "../media/local_media.ts";
import { parsePreferences } from "../media/preferences.ts";
import { initialState } from "../state/session_state.ts";
import { createStore } from "../state/store.ts";
import { CallSession } from "./call_session.ts";
import { Notices } from "./notices.ts";
import { STRINGS } from "../strings.ts";

/** A page in its group's form, and the other side of it. */
function openPage() {
  const environment = new FakeEnvironment();
  const store = createStore(initialState("maths"));
  const visited: string[] = [];
  const session = new CallSession({
    store,
    environment,
    chance: () => 0,
    media: new LocalMedia(undefined, () => parsePreferences({})),
    devices: undefined,
    levels: { watch: () => {}, unwatch: () => {} },
    notices: new Notices(
      store,
      (run, afterMs) => environment.setTimer(run, afterMs),
    ),
    preferences: () => parsePreferences({}),
    endpoint: () => "wss://example.org/ws",
    navigate: (url) => void visited.push(url),
    saveFile: () => undefined,
  });
  const say = async (...messages: unknown[]) => {
    for (const message of messages) environment.socket.receive(message);
    await settle();
  };
  const shake = async () => {
    environment.socket.open();
    await say({ type: "handshake", version: ["2"] });
  };
  return { environment, store, session, visited, say, shake };
}

type OpenedPage = ReturnType<typeof openPage>;

const REQUEST = {
  username: "ann",
  password: "",
  token: "t0ken",
  authServer: "",
};
const JOINED = {
  type: "joined",
  kind: "join",
  group: "maths",
  username: "ann",
  permissions: ["present", "message"],
  status: { name: "maths", displayName: "Maths", clientCount: 1 },
  rtcConfiguration: {},
};

async function joinPage(): Promise<OpenedPage> {
  const page = openPage();
  page.session.join(REQUEST);
  await page.shake();
  await page.say(JOINED);
  return page;
}

function sentOfType({ environment }: OpenedPage, type: string) {
  return environment.socket.sent.filter((message) => message.type === type);
}

test("joining shows the token and the name, and asks for everything", async () => {
  const page = await joinPage();

  const [join] = sentOfType(page, "join");
  assert.equal(join?.["token"], "t0ken");
  assert.equal(join?.["username"], "ann");
  assert.deepEqual(join?.["data"], { muted: true });
  assert.equal(page.store.state.value.phase.kind, "call");
  assert.equal(page.store.state.value.group.title, "Maths");
  assert.deepEqual(sentOfType(page, "request")[0]?.["request"], {
    "": ["audio", "video"],
  });
});

test("a refusal leads back to the form in clear words, and hangs up", async () => {
  const page = openPage();
  page.session.join(REQUEST);
  await page.shake();
  await page.say({
    type: "joined",
    kind: "fail",
    group: "maths",
    username: "",
    value: "not authorised",
  });

  const { phase } = page.store.state.value;
  assert(phase.kind === "join");
  assert.match(phase.refusal?.title ?? "", /invite link is not valid/);
  assert.equal(page.environment.socket.closed, true);
});

test("a server that cannot be reached is said to be so", async () => {
  const page = openPage();
  page.session.join(REQUEST);
  page.environment.socket.drop(1006, "");
  await settle();

  const { phase } = page.store.state.value;
  assert(phase.kind === "join");
  assert.match(phase.refusal?.title ?? "", /cannot be reached/);
  assert.equal(page.environment.timers, 0);
});

test("a lost connection is restored with the same name and token", async () => {
  const page = await joinPage();
  const before = page.environment.socket;
  before.drop(1006, "");
  await settle();
  assert.deepEqual(page.store.state.value.phase, {
    kind: "call",
    link: { kind: "lost", attempt: 1, why: "unknown" },
  });

  await page.environment.pass(500);
  assert.notEqual(page.environment.socket, before);
  await page.shake();
  const [again] = sentOfType(page, "join");
  assert.equal(again?.["token"], "t0ken");
  assert.equal(again?.["username"], "ann");
  await page.say(JOINED);
  assert.deepEqual(page.store.state.value.phase, {
    kind: "call",
    link: { kind: "up" },
  });
});

test("a page that has slept finds out whether its server is still there", async () => {
  const page = await joinPage();
  page.session.checkConnection();
  assert.equal(sentOfType(page, "ping").length, 1);
  await page.environment.pass(5_000);
  await settle();
  const { phase } = page.store.state.value;
  assert(phase.kind === "call" && phase.link.kind === "lost");

  // Awake again before the next try: it comes at once.
  const { sockets } = page.environment;
  const before = sockets.length;
  page.session.checkConnection();
  assert.equal(sockets.length, before + 1);
});

test("attempts to reconnect get rarer, and leaving ends them", async () => {
  const page = await joinPage();
  page.environment.socket.drop(1006, "");
  await settle();
  await page.environment.pass(500);
  page.environment.socket.drop(1006, "");
  await settle();
  assert.equal(page.environment.sockets.length, 2);

  await page.environment.pass(999);
  assert.equal(page.environment.sockets.length, 2);
  await page.environment.pass(1);
  assert.equal(page.environment.sockets.length, 3);

  page.environment.socket.drop(1006, "");
  await settle();
  page.session.leave();
  await page.environment.pass(60_000);
  assert.equal(page.environment.sockets.length, 3);
  assert.equal(page.store.state.value.phase.kind, "left");
});

test("another's tile outlives the connection, but not for ever", async () => {
  const page = await joinPage();
  await page.say({
    type: "offer",
    id: "camera of bob",
    label: "camera",
    source: "bob",
    username: "bob",
    sdp: "offer",
  });
  page.environment.peers[0]?.track("video");
  await settle();
  const [tile] = page.store.state.value.flows;
  assert.equal(tile?.username, "bob");

  page.environment.socket.drop(1006, "");
  await settle();
  assert.equal(page.store.state.value.flows[0]?.stale, true);

  await page.environment.pass(500);
  await page.shake();
  await page.say(JOINED);
  assert.equal(page.store.state.value.flows.length, 1);
  await page.environment.pass(6_000);
  assert.deepEqual(page.store.state.value.flows, []);
});

test("a flow that its publisher closes takes its tile along", async () => {
  const page = await joinPage();
  const offer = { type: "offer", label: "screenshare", source: "bob" };
  await page.say({ ...offer, id: "s", username: "bob", sdp: "offer" });
  assert.equal(page.store.state.value.flows[0]?.kind, "screen");

  await page.say({ type: "close", id: "s" });
  assert.deepEqual(page.store.state.value.flows, []);
});

test("who is put out is told by whom and why, and does not come back", async () => {
  const page = await joinPage();
  await page.say({
    type: "usermessage",
    kind: "kicked",
    id: "op",
    username: "olga",
    dest: "me",
    privileged: true,
    value: "bye",
  });
  page.environment.socket.drop(1000, "kicked out (bye) by olga");
  await settle();

  assert.deepEqual(page.store.state.value.phase, {
    kind: "left",
    departure: { kind: "removed", by: "olga", message: "bye" },
  });
  assert.equal(page.environment.timers, 0);
});

test("nobody but the server and operators can put anybody out", async () => {
  const page = await joinPage();
  await page.say({
    type: "usermessage",
    kind: "kicked",
    username: "eve",
    privileged: false,
    value: "bye",
  });
  page.environment.socket.drop(1006, "");
  await settle();

  assert.equal(page.store.state.value.phase.kind, "call");
});

test("a server that stops is waited for, and its locks are not what they seem", async () => {
  const page = await joinPage();
  await page.say({
    ...JOINED,
    kind: "change",
    status: { ...JOINED.status, locked: true },
  });
  await page.say({
    type: "usermessage",
    kind: "kicked",
    dest: "me",
    privileged: true,
    value: "server is shutting down",
  });
  page.environment.socket.drop(1000, "");
  await settle();

  assert.deepEqual(page.store.state.value.phase, {
    kind: "call",
    link: { kind: "lost", attempt: 1, why: "server-stops" },
  });
  assert.equal(page.store.state.value.group.locked, false);
  assert.deepEqual(page.store.state.value.toasts, []);
});

test("a private message is shown to its sender, whom the server does not echo", async () => {
  const page = await joinPage();
  await page.say({
    type: "user",
    kind: "add",
    id: "bob",
    username: "bob",
    permissions: ["message"],
  });
  page.session.actions.say("psst", "bob");
  page.session.actions.say("waves", "", true);

  assert.deepEqual(
    page.store.state.value.chat.entries.map(({ text, destName }) => [
      text,
      destName,
    ]),
    [["psst", "bob"]],
  );
  assert.deepEqual(
    sentOfType(page, "chat").map(({ kind, dest, value }) => [
      kind,
      dest,
      value,
    ]),
    [["", "bob", "psst"], ["me", "", "waves"]],
  );
});

test("a group that is elsewhere is visited there", async () => {
  const page = openPage();
  page.session.join(REQUEST);
  await page.shake();
  await page.say({
    type: "joined",
    kind: "redirect",
    group: "maths",
    username: "ann",
    value: "https://example.com/group/maths/",
  });

  assert.deepEqual(page.visited, ["https://example.com/group/maths/"]);
});

test("notices of the server's go away by themselves, errors do not", async () => {
  const page = await joinPage();
  const notice = { type: "usermessage", privileged: true };
  await page.say(
    { ...notice, kind: "info", value: "hello" },
    { ...notice, kind: "error", value: "not authorised" },
  );
  assert.equal(page.store.state.value.toasts.length, 2);

  await page.environment.pass(10_000);
  assert.deepEqual(
    page.store.state.value.toasts.map(({ text }) => text),
    ["not authorised"],
  );
});

test("whoever may do more or less than before is told, and so is a lock", async () => {
  const page = await joinPage();
  const said = async (permissions: string[], locked = false) => {
    const already = page.store.state.value.toasts.length;
    await page.say({
      ...JOINED,
      kind: "change",
      permissions,
      status: { ...JOINED.status, locked },
    });
    return page.store.state.value.toasts.slice(already)
      .map(({ text }) => text);
  };
  const all = ["op", "present", "message"];
  assert.deepEqual(await said(["present", "message"]), []);
  assert.deepEqual(await said(all), [STRINGS.call.isOperatorNow]);
  assert.deepEqual(await said(all, true), [STRINGS.group.nowLocked]);
  assert.deepEqual(await said(["present", "message"], true), [
    STRINGS.call.isNoOperator,
  ]);
  assert.deepEqual(await said(["message"], true), [
    STRINGS.call.presentsNoMore,
  ]);
});
