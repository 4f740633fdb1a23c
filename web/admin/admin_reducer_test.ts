import assert from "node:assert/strict";
import { test } from "node:test";
import { reduceAdmin } from "./admin_reducer.ts";
import {
  type AdminAction,
  type AdminState,
  SIGNED_OUT,
} from "./admin_state.ts";
import { withDraft } from "./documents.ts";
import { toRefusal } from "./refusal.ts";
import { MAX_SAMPLES } from "./statistics_sample.ts";

function after(...actions: readonly AdminAction[]): AdminState {
  return actions.reduce(reduceAdmin, SIGNED_OUT);
}

function read(title: string, tag: string, name = "maths"): AdminAction {
  const version = { description: { displayName: title }, tag };
  return {
    kind: "group-read",
    group: { name, version, users: [], invitations: [] },
  };
}

test("signing out forgets everything that was read", () => {
  const state = after(
    { kind: "signed-in", username: "root" },
    { kind: "groups-listed", groups: ["b", "a"] },
    read("Maths", '"1"'),
    { kind: "signed-out" },
  );
  assert.deepEqual(state, SIGNED_OUT);
});

test("a change that is taken back is none", () => {
  const changed = after(
    read("Maths", '"1"'),
    { kind: "drafted", change: { displayName: "Other", public: true } },
  );
  assert.deepEqual(changed.open?.draft, { displayName: "Other", public: true });
  const back = reduceAdmin(changed, {
    kind: "drafted",
    change: { displayName: "Maths", public: false },
  });
  assert.deepEqual(back.open?.draft, {});
  const emptied = reduceAdmin(back, {
    kind: "drafted",
    change: { displayName: "" },
  });
  assert.deepEqual(
    withDraft({ displayName: "Maths" }, emptied.open?.draft ?? {}),
    {},
  );
});

test("what was not saved outlives that the group is read again, but not another", () => {
  const draft = { contact: "me" };
  const state = after(
    read("Maths", '"1"'),
    { kind: "tab-chosen", tab: "users" },
    { kind: "drafted", change: draft },
    read("Maths", '"2"'),
  );
  assert.deepEqual(state.open?.draft, draft);
  assert.equal(state.open?.tab, "users");
  assert.equal(state.open?.version.tag, '"2"');
  const other = reduceAdmin(state, read("Physics", '"1"', "physics"));
  assert.deepEqual(other.open?.draft, {});
  assert.equal(other.open?.tab, "settings");
});

test("taking what somebody else has saved drops one's own", () => {
  const theirs = { description: { displayName: "Theirs" }, tag: '"2"' };
  const state = after(
    read("Maths", '"1"'),
    { kind: "drafted", change: { displayName: "Mine" } },
    { kind: "conflict-found", theirs },
    { kind: "theirs-taken" },
  );
  assert.deepEqual(state.open?.version, theirs);
  assert.deepEqual(state.open?.draft, {});
  assert.equal(state.open?.theirs, undefined);
});

test("statistics go back some minutes, and no longer", () => {
  const up = [{ tracks: [{ bitrate: 1_000 }, { bitrate: 500 }] }];
  const groups = [{
    name: "maths",
    clients: [{ up, down: [] }, { up: [], down: [...up, ...up] }],
  }];
  const measured = { kind: "measured", groups } as const;
  const state = after(...Array(MAX_SAMPLES + 5).fill(measured));
  assert.equal(state.statistics.samples.length, MAX_SAMPLES);
  assert.deepEqual(state.statistics.samples.at(-1), {
    clients: 2,
    flows: 1,
    receivedBps: 1_500,
    sentBps: 3_000,
  });
  assert.equal(
    reduceAdmin(state, { kind: "measuring-failed" }).statistics.isStale,
    true,
  );
});

test("every refusal of the interface has its meaning", () => {
  const rows: [number, string, string][] = [
    [400, "Cannot use the password", "invalid"],
    [401, "Haha!", "password"],
    [403, "Groups are not writable: see writableGroups", "readOnly"],
    [403, "Origin not allowed", "origin"],
    [404, "Not found", "missing"],
    [409, "token exists in different group", "exists"],
    [412, "Precondition failed", "conflict"],
    [429, "Too many failed attempts: wait a minute", "pause"],
    [503, "busy", "busy"],
    [500, "Internal server error", "unexpected"],
  ];
  for (const [status, text, kind] of rows) {
    assert.equal(toRefusal(status, text).kind, kind, `${status} ${text}`);
  }
});
