import assert from "node:assert/strict";
import { test } from "node:test";
import { instantAt, wallTimeAt } from "../lib/time.ts";
import type { ClientId, SessionId, Username } from "../protocol/ids.ts";
import { refuseEntry, toJoinRefusal } from "./admission.ts";
import { Group } from "./group.ts";
import type { GroupDescription } from "./group_description.ts";
import { describeGroup } from "./test_server.ts";

const NOW = wallTimeAt(1_000);

const NO_ICE = { rtcConfiguration: {} };

function groupWith(special: Partial<GroupDescription>): Group {
  return new Group(describeGroup("g", special), NO_ICE, instantAt(0));
}

/** Why somebody is refused, for people. */
function textFor(group: Group, permissions: readonly string[] = []) {
  const candidate = { client: "x1" as ClientId, permissions };
  return refuseEntry(group, candidate, NOW)?.text;
}

test("refuseEntry() refuses all but operators for each of the reasons (A.3.1)", () => {
  const locked = groupWith({});
  locked.lockMessage = "";
  const busy = groupWith({});
  busy.lockMessage = "in a meeting";
  const reasons: [Group, string][] = [
    [locked, "this group is locked"],
    [busy, "in a meeting"],
    [
      groupWith({ notBefore: wallTimeAt(1_001) }),
      "this group is not open yet",
    ],
    [groupWith({ expires: wallTimeAt(999) }), "this group is closed"],
    [groupWith({ autokick: true }), "there are no operators in this group"],
    [groupWith({ maxClients: 0 }), "too many users"],
  ];
  for (const [group, text] of reasons) {
    assert.equal(textFor(group), text);
    assert.equal(textFor(group, ["present", "system"]), text);
    assert.equal(textFor(group, ["op"]), undefined);
  }
});

test("refuseEntry() goes by Galène's order (A.3.1)", () => {
  const group = groupWith({
    notBefore: wallTimeAt(1_001),
    expires: wallTimeAt(999),
    maxClients: 0,
  });

  assert.equal(textFor(group), "this group is not open yet");
  group.lockMessage = "locked";
  assert.equal(textFor(group), "locked");
});

test("refuseEntry() refuses an id that somebody has, operator or not (A-26)", () => {
  const group = groupWith({});
  assert.equal(textFor(group), undefined);
  group.add({
    session: 1 as SessionId,
    client: "x1" as ClientId,
    username: "" as Username,
    address: "",
    isProgram: false,
    permissions: [],
    data: {},
  });

  assert.equal(textFor(group, ["op"]), "internal server error");
});

test("toJoinRefusal() has an id for programs only where they can act (A.3.1)", () => {
  assert.deepEqual(toJoinRefusal("duplicate-username"), {
    text: "not authorised: this username is taken",
    error: "duplicate-username",
  });
  assert.deepEqual(toJoinRefusal("no-such-group"), {
    text: "group does not exist",
  });
});
