import assert from "node:assert/strict";

import fc from "fast-check";

import { openTestDirectory } from "../tests/support/test_directory.ts";
import { createTestLog } from "../tests/support/test_log.ts";
import { replaceFile } from "./atomic_file.ts";
import { createGroupStore, type GroupStore } from "./group_store.ts";

Deno.test("replaceFile() makes folders, keeps others out, and leaves nothing behind", async () => {
  await using directory = await openTestDirectory();
  const path = `${directory.path}/a/b/c.json`;

  await replaceFile(path, "one");
  await replaceFile(path, "zwölf");

  assert.equal(await Deno.readTextFile(path), "zwölf");
  assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  const folder = `${directory.path}/a/b`;
  assert.equal(((await Deno.stat(folder)).mode ?? 0) & 0o777, 0o700);
  const names = (await Array.fromAsync(Deno.readDir(folder)))
    .map(({ name }) => name);
  assert.deepEqual(names, ["c.json"]);
});

Deno.test("replaceFile() that fails changes nothing", async () => {
  await using directory = await openTestDirectory();
  const path = `${directory.path}/folder`;
  await Deno.mkdir(path);

  await assert.rejects(replaceFile(path, "x"));

  const names = (await Array.fromAsync(Deno.readDir(directory.path)))
    .map(({ name }) => name);
  assert.deepEqual(names, ["folder"]);
});

Deno.test("GroupStore.change() loses nothing of what many change at once", async () => {
  await using directory = await openTestDirectory();
  const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 12,
  });
  const append = (store: GroupStore, codec: string) =>
    store.change("maths", (current) => ({
      kind: "write",
      document: {
        codecs: [...current?.document.codecs ?? [], codec],
      },
    }));
  let run = 0;
  await fc.assert(
    fc.asyncProperty(names, async (codecs) => {
      const store = createGroupStore({
        directory: `${directory.path}/${run++}`,
        log: createTestLog(),
      });
      await Promise.all(codecs.map((codec) => append(store, codec)));
      assert.deepEqual((await store.read("maths"))?.document.codecs, codecs);
    }),
    { numRuns: 20 },
  );
});
