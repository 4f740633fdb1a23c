import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import fc from "fast-check";

import { openTestDirectory } from "../tests/support/test_directory.ts";
import { createTestLog } from "../tests/support/test_log.ts";
import { removeLeftovers, replaceFile } from "./atomic_file.ts";
import { createGroupStore, type GroupStore } from "./group_store.ts";
import { createTokenStore } from "./tokens.ts";

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

/** How often the writer is killed; each costs about half a second. */
const KILLS = 20;

Deno.test("Groups and tokens are whole, and what was acknowledged is there, whenever the server is killed", async () => {
  await using directory = await openTestDirectory();
  let leftovers = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const last = await killWriter(directory.path, kill);
    const log = createTestLog();
    const groups = createGroupStore({ directory: directory.path, log });
    const group = await groups.read("maths");
    const tokens = await createTokenStore(directory.path, log).list();

    const description = group?.document.description ?? "";
    const [count = ""] = description.split(" ");
    assert.equal(description, `${count} `.repeat(1 + Number(count) % 5000));
    assert.equal(tokens.tokens.size, 201);
    assert.deepEqual(log.lines, [], "no line is damaged");
    // One more than was acknowledged may be there.
    const stored = Number(tokens.tokens.get("count")?.group);
    assert.ok([0, 1].includes(Number(count) - last.group), "group");
    assert.ok([0, 1].includes(stored - last.tokens), "tokens");

    for (const folder of [directory.path, `${directory.path}/var`]) {
      for await (const { name } of Deno.readDir(folder)) {
        if (name.endsWith(".tmp")) leftovers += 1;
      }
    }
    await removeLeftovers(directory.path);
  }
  assert.ok(leftovers > 0, "none was killed in the middle of a write");
  const names = (await Array.fromAsync(Deno.readDir(directory.path)))
    .map(({ name }) => name).sort();
  assert.deepEqual(names, ["maths.json", "var"]);
});

/** Starts a writer, kills it after some writes, and tells its last words. */
async function killWriter(
  directory: string,
  patience: number,
): Promise<{ readonly group: number; readonly tokens: number }> {
  const toPath = (name: string) =>
    fileURLToPath(new URL(name, import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      `--config=${toPath("../deno.json")}`,
      "-A",
      toPath("./fixtures/endless_writer.ts"),
      directory,
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of child.stdout) {
    text += decoder.decode(bytes, { stream: true });
    const hasBegun = /^group/m.test(text) && /^tokens/m.test(text);
    if (!hasBegun || text.length < patience * 11) continue;
    try {
      child.kill("SIGKILL");
    } catch (error) {
      // It has been killed, and this is what it had said before.
      if (!(error instanceof TypeError)) throw error;
    }
  }
  await child.status;
  const lastOf = (what: string) =>
    Number(
      [...text.matchAll(new RegExp(`^${what} (\\d+)\n`, "gm"))].at(-1)?.[1],
    );
  return { group: lastOf("group"), tokens: lastOf("tokens") };
}
