import assert from "node:assert/strict";

import { createGroupFiles, type GroupFiles } from "./group_files.ts";
import { openTestDirectory } from "../tests/support/test_directory.ts";
import { createTestLog } from "../tests/support/test_log.ts";

async function displayNameOf(
  groups: GroupFiles,
  name: string,
): Promise<string | undefined> {
  const found = await groups.find(name);
  return found.kind === "found" ? found.group.displayName : found.kind;
}

Deno.test("GroupFiles.find() finds groups in folders, and reads a changed file anew", async () => {
  await using directory = await openTestDirectory();
  const groups = createGroupFiles(directory.path, createTestLog());
  await Deno.mkdir(`${directory.path}/a`);
  const path = `${directory.path}/a/b.json`;
  await Deno.writeTextFile(path, '{"displayName": "One"}');

  assert.equal(await displayNameOf(groups, "a/b"), "One");
  await Deno.writeTextFile(path, '{"displayName": "Another"}');
  assert.equal(await displayNameOf(groups, "a/b"), "Another");
  await Deno.remove(path);
  assert.equal(await displayNameOf(groups, "a/b"), "not-found");
});

Deno.test("GroupFiles.find() finds nothing outside, hidden or impossible", async () => {
  await using directory = await openTestDirectory();
  const groups = createGroupFiles(`${directory.path}/in`, createTestLog());
  await Deno.mkdir(`${directory.path}/in`);
  await Deno.writeTextFile(`${directory.path}/out.json`, "{}");
  await Deno.writeTextFile(`${directory.path}/in/.hidden.json`, "{}");

  for (const name of ["../out", "", "/", "a\\b", "in/../out", "x\0"]) {
    assert.equal((await groups.find(name)).kind, "illegal-name", name);
  }
  for (const name of [".hidden", "x".repeat(300), "out/y"]) {
    assert.equal((await groups.find(name)).kind, "not-found", name);
  }
});

Deno.test("GroupFiles.find() tells of a broken file once, until it is mended", async () => {
  await using directory = await openTestDirectory();
  const log = createTestLog();
  const groups = createGroupFiles(directory.path, log);
  const path = `${directory.path}/maths.json`;
  await Deno.writeTextFile(path, '{"publick": true}');

  assert.equal((await groups.find("maths")).kind, "broken");
  assert.equal((await groups.find("maths")).kind, "broken");
  assert.deepEqual(log.lines.map(({ level, fields }) => ({ level, fields })), [
    { level: "error", fields: { file: "maths.json", field: "publick" } },
  ]);

  await Deno.writeTextFile(path, '{"public": true}');
  assert.equal((await groups.find("maths")).kind, "found");
});

Deno.test("GroupFiles.find() tells of passwords that cannot be checked", async () => {
  await using directory = await openTestDirectory();
  const log = createTestLog();
  const groups = createGroupFiles(directory.path, log);
  await Deno.writeTextFile(
    `${directory.path}/maths.json`,
    '{"users": {"john": {"password": {"type": "bcrypt", "key": "secret"}}}}',
  );

  await groups.find("maths");
  await groups.find("maths");

  assert.deepEqual(log.lines, [{
    level: "error",
    text: "Cannot use a password: its key is not a bcrypt hash",
    fields: { file: "maths.json", user: "john" },
  }]);
});

Deno.test("GroupFiles.find() lets a subgroup inherit where that is allowed (E-12)", async () => {
  await using directory = await openTestDirectory();
  const groups = createGroupFiles(directory.path, createTestLog());
  await Deno.writeTextFile(
    `${directory.path}/open.json`,
    '{"auto-subgroups": true, "public": true, "displayName": "Open", "description": "of the parent"}',
  );
  await Deno.writeTextFile(`${directory.path}/shut.json`, "{}");

  const found = await groups.find("open/deep/down");
  assert.ok(found.kind === "found");
  assert.equal(found.group.displayName, "Open");
  assert.equal(found.group.public, false);
  assert.equal(found.group.description, undefined);
  assert.equal((await groups.find("shut/deep")).kind, "not-found");
});

Deno.test("GroupFiles.list() lists groups in folders, but not what is hidden", async () => {
  await using directory = await openTestDirectory();
  const groups = createGroupFiles(`${directory.path}/groups`, createTestLog());
  assert.deepEqual(await groups.list(), [], "no folder, no groups");

  await Deno.mkdir(`${directory.path}/groups/b/.git`, { recursive: true });
  for (
    const file of ["z.json", "b/a.json", "b/.git/x.json", ".y.json", "n.txt"]
  ) {
    await Deno.writeTextFile(`${directory.path}/groups/${file}`, "{}");
  }

  assert.deepEqual(await groups.list(), ["b/a", "z"]);
});
