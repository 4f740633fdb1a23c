import assert from "node:assert/strict";

import { makeFirstGroup } from "./first_start.ts";
import { createGroupFiles } from "./group_files.ts";
import { invite, toInviteLink } from "./invitations.ts";
import { openTestDirectory } from "../tests/support/test_directory.ts";
import { createTestLog } from "../tests/support/test_log.ts";
import { createTokenStore } from "./tokens.ts";

const NOW = new Date("2026-07-29T10:00:00Z");

Deno.test("makeFirstGroup() makes the lobby once, open to nobody without a token", async () => {
  await using directory = await openTestDirectory();
  const log = createTestLog();
  const groupsDirectory = `${directory.path}/groups`;
  const groups = createGroupFiles(groupsDirectory, log);
  const tokens = createTokenStore(`${directory.path}/data`, log);
  const parts = { groupsDirectory, groups, tokens, now: NOW };

  const first = await makeFirstGroup(parts);
  const second = await makeFirstGroup(parts);

  assert.ok(first !== undefined);
  assert.equal(second, undefined);
  assert.equal(first.group, "lobby");
  const found = await groups.find("lobby");
  assert.ok(found.kind === "found");
  assert.equal(found.group.public, false);
  assert.equal(found.group.users.size, 0);
  assert.equal(found.group.wildcardUser, undefined);
  const operator = await tokens.find(first.operatorToken);
  assert.deepEqual(operator?.permissions, [
    "op",
    "present",
    "message",
    "caption",
    "token",
    "record",
  ]);
  assert.equal(found.group.rules.allowRecording, true);
  assert.equal(operator?.expires?.toISOString(), "2027-07-29T10:00:00.000Z");
  assert.deepEqual((await tokens.find(first.guestToken))?.permissions, [
    "present",
    "message",
  ]);
  const { mode } = await Deno.stat(`${groupsDirectory}/lobby.json`);
  assert.equal((mode ?? 0) & 0o777, 0o600);
});

Deno.test("makeFirstGroup() makes nothing where there is a group, in whatever folder", async () => {
  await using directory = await openTestDirectory();
  const log = createTestLog();
  await Deno.mkdir(`${directory.path}/school`);
  await Deno.writeTextFile(`${directory.path}/school/maths.json`, "{}");

  const first = await makeFirstGroup({
    groupsDirectory: directory.path,
    groups: createGroupFiles(directory.path, log),
    tokens: createTokenStore(directory.path, log),
    now: NOW,
  });

  assert.equal(first, undefined);
});

Deno.test("invite() keeps what it is told", async () => {
  await using directory = await openTestDirectory();
  const tokens = createTokenStore(directory.path, createTestLog());

  const secret = await invite(
    tokens,
    { group: "a/b", role: "guest", days: 2, username: "john" },
    NOW,
  );

  assert.deepEqual(await tokens.find(secret), {
    token: secret,
    group: "a/b",
    includeSubgroups: false,
    username: "john",
    permissions: ["present", "message"],
    expires: new Date("2026-07-31T10:00:00Z"),
    issuedAt: NOW,
  });
});

Deno.test("toInviteLink() has a slash before the question mark", () => {
  assert.equal(
    toInviteLink("https://example.org:8443", "a b/c", "t-_0"),
    "https://example.org:8443/group/a%20b/c/?token=t-_0",
  );
});
