import assert from "node:assert/strict";
import { test } from "node:test";
import { reduceSession } from "./session_reducer.ts";
import { after, flow, JOINED, message, person } from "./test_state.ts";

test("a refused join leads back to the form, with the reason", () => {
  const refusal = { title: "No", advice: "Wait", field: "none" } as const;
  const state = after({ kind: "join-started" }, {
    kind: "join-refused",
    refusal,
  });

  assert.deepEqual(state.phase, { kind: "join", refusal });
});

test("joining opens the call with nobody in it yet", () => {
  const state = after(
    { kind: "person-put", person: person({ id: "stale" }) },
    JOINED,
  );

  assert.deepEqual(state.phase, { kind: "call", link: { kind: "up" } });
  assert.deepEqual(state.people, []);
  assert.equal(state.me.username, "Ann");
});

test("a lost connection keeps the call, and other people's tiles as stale", () => {
  const state = after(
    JOINED,
    { kind: "flow-opened", flow: flow({ localId: "mine", own: true }) },
    { kind: "flow-opened", flow: flow({ localId: "theirs" }) },
    { kind: "connection-lost", attempt: 1, why: "unknown" },
  );

  assert.deepEqual(state.phase, {
    kind: "call",
    link: { kind: "lost", attempt: 1, why: "unknown" },
  });
  assert.deepEqual(state.flows.map(({ stale }) => stale), [false, true]);
});

test("a connection that is lost while one leaves changes nothing", () => {
  const left = after(JOINED, {
    kind: "departed",
    departure: { kind: "own-wish" },
  });

  assert.equal(
    reduceSession(left, {
      kind: "connection-lost",
      attempt: 1,
      why: "unknown",
    }),
    left,
  );
});

test("whether there is a network does not depend on the call", () => {
  const left = after(JOINED, { kind: "network-changed", online: false }, {
    kind: "departed",
    departure: { kind: "own-wish" },
  });
  assert.equal(left.online, false);
  const back = reduceSession(left, { kind: "network-changed", online: true });
  assert.equal(back.online, true);
});

test("leaving clears people, tiles and chat, but not the group's title", () => {
  const state = after(
    { kind: "group-described", group: { title: "Maths" } },
    JOINED,
    { kind: "person-put", person: person({ id: "bob" }) },
    { kind: "flow-opened", flow: flow({ localId: "a" }) },
    { kind: "chat-received", entry: message({ text: "hi" }), history: false },
    { kind: "departed", departure: { kind: "own-wish" } },
  );

  assert.equal(state.group.title, "Maths");
  assert.deepEqual([state.people, state.flows, state.chat.entries], [
    [],
    [],
    [],
  ]);
});

test("a changed person replaces the old one in place", () => {
  const state = after(
    { kind: "person-put", person: person({ id: "a" }) },
    { kind: "person-put", person: person({ id: "b" }) },
    { kind: "person-put", person: person({ id: "a", muted: true }) },
  );

  assert.deepEqual(state.people.map(({ id, muted }) => [id, muted]), [
    ["a", true],
    ["b", false],
  ]);
});

test("messages count as unread until the chat is opened", () => {
  const first = { kind: "chat-received", history: false } as const;
  const unread = after(
    JOINED,
    { ...first, entry: message({ text: "one" }) },
    { ...first, entry: message({ text: "two" }) },
  );
  assert.equal(unread.chat.unread, 2);

  const read = reduceSession(unread, { kind: "panel-toggled", panel: "chat" });
  assert.equal(read.chat.unread, 0);
  assert.equal(read.panel, "chat");
});

test("neither one's own messages nor the history count as unread", () => {
  const state = after(
    { kind: "chat-received", entry: message({ text: "old" }), history: true },
    {
      kind: "chat-received",
      entry: message({ text: "mine", own: true }),
      history: false,
    },
  );

  assert.equal(state.chat.unread, 0);
  assert.equal(state.chat.entries.length, 2);
});

test("rejoining keeps private messages, which the server does not replay", () => {
  const state = after(
    JOINED,
    { kind: "chat-received", entry: message({ text: "all" }), history: false },
    {
      kind: "chat-received",
      entry: message({ text: "private", dest: "me" }),
      history: false,
    },
    JOINED,
  );

  assert.deepEqual(state.chat.entries.map(({ text }) => text), ["private"]);
});

test("the chat is addressed to everybody again when the person goes", () => {
  const addressed = after(
    { kind: "person-put", person: person({ id: "bob" }) },
    { kind: "chat-addressed", to: "bob" },
  );
  assert.equal(addressed.panel, "chat");
  assert.equal(addressed.chat.to, "bob");

  const gone = reduceSession(addressed, { kind: "person-gone", id: "bob" });
  assert.equal(gone.chat.to, "");
});

test("a panel that is toggled twice is closed", () => {
  const toggle = { kind: "panel-toggled", panel: "people" } as const;

  assert.equal(after(toggle).panel, "people");
  assert.equal(after(toggle, toggle).panel, "none");
});

test("no more than four notices are shown, and none twice", () => {
  const show = (key: number, text: string) =>
    ({ kind: "toast-shown", toast: { key, tone: "info", text } }) as const;
  const state = after(
    show(1, "a"),
    show(2, "b"),
    show(3, "a"),
    show(4, "c"),
    show(5, "d"),
    show(6, "e"),
  );

  assert.deepEqual(state.toasts.map(({ key }) => key), [3, 4, 5, 6]);
});

test("a dialogue that closes late leaves the one that was opened since", () => {
  const first = { kind: "shortcuts" } as const;
  const second = { kind: "invite" } as const;
  const again = { kind: "invite" } as const;
  const open = after(
    { kind: "dialog-opened", dialog: first },
    { kind: "dialog-opened", dialog: second },
    { kind: "dialog-closed", dialog: first },
  );
  assert.equal(open.dialog, second);

  const reopened = after(
    { kind: "dialog-opened", dialog: second },
    { kind: "dialog-opened", dialog: again },
    { kind: "dialog-closed", dialog: second },
  );
  assert.equal(reopened.dialog, again);
  const closed = reduceSession(reopened, {
    kind: "dialog-closed",
    dialog: again,
  });
  assert.equal(closed.dialog.kind, "none");
});

test("a server that stops leaves no lock behind", () => {
  const state = after(
    JOINED,
    { kind: "group-described", group: { locked: true } },
    { kind: "connection-lost", attempt: 1, why: "server-stops" },
  );

  assert.equal(state.group.locked, false);
});
