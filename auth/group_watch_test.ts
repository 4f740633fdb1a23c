import assert from "node:assert/strict";

import { openTestDirectory } from "../tests/support/test_directory.ts";
import { createTestLog } from "../tests/support/test_log.ts";
import { createGroupFiles } from "./group_files.ts";
import { GroupWatch } from "./group_watch.ts";

Deno.test("GroupWatch.poll() finds what has changed in running groups (E-10)", async () => {
  await using directory = await openTestDirectory();
  const write = (name: string, text: string) =>
    Deno.writeTextFile(`${directory.path}/${name}.json`, text);
  const changes: string[] = [];
  let running = ["a", "a/sub"];
  const watch = new GroupWatch({
    files: createGroupFiles(directory.path, createTestLog()),
    running: () => running,
    changed: (name, { displayName }) => changes.push(`${name}: ${displayName}`),
  });
  const poll = async (written?: string) => {
    changes.length = 0;
    await watch.poll(written);
    return [...changes];
  };
  await write("a", '{"auto-subgroups": true, "displayName": "one"}');
  await write("b", "{}");

  assert.deepEqual(
    await poll(),
    ["a: one", "a/sub: one"],
    "the first look: it may have changed since somebody came",
  );
  assert.deepEqual(await poll(), []);
  await write("a", '{"auto-subgroups": true, "displayName": "second"}');
  assert.deepEqual(await poll(), ["a: second", "a/sub: second"]);
  await write("a", "{");
  assert.deepEqual(await poll(), [], "broken");
  await Deno.remove(`${directory.path}/a.json`);
  assert.deepEqual(await poll(), [], "gone");
  await write("a", '{"displayName": "third one"}');
  assert.deepEqual(await poll(), ["a: third one"]);

  running = ["b"];
  assert.deepEqual(await poll(), ["b: undefined"]);
  assert.deepEqual(await poll(), []);
  assert.deepEqual(await poll("b"), ["b: undefined"], "just written");
  assert.deepEqual(await poll("a"), []);
});
