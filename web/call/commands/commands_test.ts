import assert from "node:assert/strict";
import { test } from "node:test";
import { createPreferenceStore } from "../../media/preference_store.ts";
import { after, JOINED, person } from "../../state/test_state.ts";
import { createStore } from "../../state/store.ts";
import { STRINGS } from "../../strings.ts";
import { CallActions } from "../call_actions.ts";
import type { CallSession } from "../call_session.ts";
import type { CommandContext } from "./command.ts";
import { COMMANDS, completionsOf, submit } from "./commands.ts";

/** A call in which what is done is only written down. */
function callWith(permissions: readonly string[]) {
  const store = createStore(after(
    JOINED,
    { kind: "me-changed", me: { id: "me", username: "Ann", permissions } },
    { kind: "person-put", person: person({ id: "b1", username: "Bob" }) },
    { kind: "person-put", person: person({ id: "c1", username: "Cy" }) },
    { kind: "person-put", person: person({ id: "c2", username: "Cy" }) },
  ));
  const done: unknown[][] = [];
  const note = (name: string) => (...values: unknown[]) =>
    void done.push([name, ...values]);
  const connection = {
    id: "me",
    username: "Ann",
    group: "maths",
    permissions,
    users: {},
    chat: note("chat"),
    userAction: note("userAction"),
    userMessage: note("userMessage"),
    groupAction: note("groupAction"),
  };
  const actions = new CallActions(
    store,
    () => connection as unknown as ReturnType<() => CallSession["connection"]>,
    () => 0,
  );
  const session = { actions, leave: note("leave") } as unknown as CallSession;
  const preferences = createPreferenceStore({
    getItem: () => null,
    setItem: () => undefined,
  });
  const context = { session, store, preferences } as unknown as CommandContext;
  return { context, store, done };
}

const OPERATOR = ["op", "present", "message", "token"];

test("commands do what Galène's do (G.6)", () => {
  const { context, done } = callWith(OPERATOR);
  const written: [string, unknown[]][] = [
    ["/kick Bob too loud", ["userAction", "kick", "b1", "too loud"]],
    ["/kick b1", ["userAction", "kick", "b1", undefined]],
    ["/identify Bob", ["userAction", "identify", "b1"]],
    ["/op Bob", ["userAction", "op", "b1"]],
    ["/unpresent Bob", ["userAction", "unpresent", "b1"]],
    ["/shutup Bob", ["userAction", "shutup", "b1"]],
    ["/mute Bob", ["userMessage", "mute", "b1", undefined, false]],
    ["/muteall", ["userMessage", "mute", "", undefined, true]],
    ["/warn Bob please", ["userMessage", "warning", "b1", "please"]],
    ["/wall soon over", ["userMessage", "warning", "", "soon over"]],
    ["/lock exam", ["groupAction", "lock", "exam"]],
    ["/unlock", ["groupAction", "unlock"]],
    ["/clear", ["groupAction", "clearchat", undefined]],
    ["/subgroups", ["groupAction", "subgroups"]],
    ["/listtokens", ["groupAction", "listtokens"]],
    ["/msg Bob psst *now*", ["chat", "", "b1", "psst *now*"]],
    ["/me waves", ["chat", "me", "", "waves"]],
    ["//me waves", ["chat", "", "", "/me waves"]],
    ["hello", ["chat", "", "", "hello"]],
    ["/leave", ["leave"]],
  ];
  for (const [text, expected] of written) {
    done.length = 0;
    assert.equal(submit(context, text), undefined, text);
    assert.deepEqual(done, [expected], text);
  }
});

test("a raised hand says since when, and a lowered one forgets it", () => {
  const { context, done } = callWith(["message"]);
  submit(context, "/raise");
  submit(context, "/unraise");
  assert.deepEqual(done, [
    ["userAction", "setdata", "me", { raisehand: true, raisedAt: 0 }],
    ["userAction", "setdata", "me", { raisehand: null, raisedAt: null }],
  ]);
});

test("what cannot be done is said, and not done", () => {
  const { context, done } = callWith(OPERATOR);
  const words = STRINGS.commands;
  assert.equal(submit(context, "/fly"), words.unknown({ name: "fly" }));
  assert.equal(
    submit(context, "/kick"),
    words.usage({
      name: "kick",
      parameters: words.parameters.userReason,
    }),
  );
  assert.equal(submit(context, "/op Dan"), words.noSuchUser({ name: "Dan" }));
  assert.equal(submit(context, "/op Cy"), words.ambiguousUser({ name: "Cy" }));
  assert.equal(submit(context, "/invite soon x"), words.badTime({ text: "x" }));

  const guest = callWith(["message"]);
  assert.equal(
    submit(guest.context, "/kick Bob"),
    words.notAllowed({ name: "kick" }),
  );
  assert.deepEqual([...done, ...guest.done], []);
});

test("completion offers what may be meant, and nothing that is forbidden", () => {
  const names = (written: string, permissions: string[]) =>
    completionsOf(written, permissions).map(({ name }) => name);
  assert.deepEqual(names("/mu", OPERATOR), ["mute", "muteall"]);
  assert.deepEqual(names("/mu", ["message"]), []);
  assert.deepEqual(names("/mute Bob", OPERATOR), []);
  assert.deepEqual(names("hello", OPERATOR), []);
  assert.equal(names("/", [...OPERATOR, "record"]).length, COMMANDS.length);
});

test("a setting can be shown, changed and put back", () => {
  const { context, store } = callWith(["message"]);
  const session = context.session as { publishing?: unknown };
  const opened: string[] = [];
  session.publishing = {
    changeDevice: (kind: string) => Promise.resolve(void opened.push(kind)),
  };
  const { preferences } = context;
  submit(context, "/set resolution [640, 480]");
  assert.deepEqual(preferences.current.peek().resolution, [640, 480]);
  assert.equal(
    store.state.peek().chat.entries.at(-1)?.text,
    "resolution = [640,480]",
  );
  submit(context, "/unset resolution");
  assert.equal(preferences.current.peek().resolution, null);
  submit(context, "/set sounds false");
  assert.equal(preferences.current.peek().sounds, false);
  assert.deepEqual(opened, ["camera", "camera"]);
  assert.equal(
    submit(context, "/set colour red"),
    STRINGS.commands.badSetting({ name: "colour" }),
  );
});
