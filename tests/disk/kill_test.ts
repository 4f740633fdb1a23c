/**
 * What is on disk when the server is killed in the middle of writing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import { removeLeftovers } from "../../auth/atomic_file.ts";
import { createGroupStore } from "../../auth/group_store.ts";
import { createTokenStore } from "../../auth/tokens.ts";
import { administer, startAdministered } from "../http/admin_client.ts";
import { openTestDirectory } from "../support/test_directory.ts";
import { createTestLog } from "../support/test_log.ts";

/** How often a program that only writes is killed; each costs 0.2 s. */
const WRITER_KILLS = 300;
/** How many of them run side by side, each in a folder of its own. */
const LANES = 4;
/** How often a whole server is killed while it is administered. */
const SERVER_KILLS = 20;

Deno.test("Groups and tokens are whole, and what was acknowledged is there, whenever a writer is killed", async () => {
  const leftovers = await Promise.all(
    Array.from({ length: LANES }, () => killAgainAndAgain()),
  );
  assert.ok(
    leftovers.some((count) => count > 0),
    "none was killed in the middle of a write",
  );
});

/** Kills writers in one folder; tells how many unfinished files they left. */
async function killAgainAndAgain(): Promise<number> {
  await using directory = await openTestDirectory();
  let leftovers = 0;
  for (let kill = 0; kill < WRITER_KILLS / LANES; kill += 1) {
    const last = await killWriter(directory.path, kill % 20);
    await assertWhole(directory.path, last);
    leftovers += await countLeftovers(directory.path);
    await removeLeftovers(directory.path);
  }
  const names = (await Array.fromAsync(Deno.readDir(directory.path)))
    .map(({ name }) => name).sort();
  assert.deepEqual(names, ["maths.json", "var"]);
  return leftovers;
}

/** What a writer has said to be on disk. */
interface Acknowledged {
  readonly group: number;
  readonly tokens: number;
}

async function assertWhole(
  directory: string,
  last: Acknowledged,
): Promise<void> {
  const log = createTestLog();
  const groups = createGroupStore({ directory, log });
  const group = await groups.read("maths");
  const { tokens } = await createTokenStore(directory, log).list();

  const description = group?.document.description ?? "";
  const [count = ""] = description.split(" ");
  assert.equal(description, `${count} `.repeat(1 + Number(count) % 5000));
  assert.equal(tokens.size, 201);
  assert.deepEqual(log.lines, [], "no line is damaged");
  // One more than was acknowledged may be there.
  const stored = Number(tokens.get("count")?.group);
  assert.ok([0, 1].includes(Number(count) - last.group), "group");
  assert.ok([0, 1].includes(stored - last.tokens), "tokens");
}

async function countLeftovers(directory: string): Promise<number> {
  let count = 0;
  for (const folder of [directory, `${directory}/var`]) {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".tmp")) count += 1;
    }
  }
  return count;
}

/** Starts a writer, kills it after some writes, and tells its last words. */
async function killWriter(
  directory: string,
  patience: number,
): Promise<Acknowledged> {
  const toPath = (name: string) =>
    fileURLToPath(new URL(name, import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      `--config=${toPath("../../deno.json")}`,
      "--allow-read",
      `--allow-write=${directory}`,
      toPath("./endless_writer.ts"),
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

Deno.test("A server that is killed while it is administered starts again, with all that it has acknowledged", async () => {
  await using server = await startAdministered({ maths: {} });
  const ask = (method: string, path: string, body?: string) =>
    administer(server.http, method, path, {
      type: "application/json",
      ...(body !== undefined && { body }),
    });
  const expires = "2099-01-01T00:00:00Z";
  const tokens = new Set<string>();
  let group = -1;
  for (let kill = 0; kill < SERVER_KILLS; kill += 1) {
    let isOver = false;
    const changing = (async () => {
      for (let count = group + 1; !isOver; count += 1) {
        const body = JSON.stringify({ description: `${count} `.repeat(3000) });
        const answer = await ask("PUT", ".groups/maths", body).catch(
          toUndefined,
        );
        if (answer?.status === 204) group = count;
        else if (answer !== undefined) assert.fail(answer.text);
      }
    })();
    const inviting = (async () => {
      while (!isOver) {
        const body = JSON.stringify({ permissions: ["present"], expires });
        const answer = await ask("POST", ".groups/maths/.tokens/", body)
          .catch(toUndefined);
        if (answer?.status === 201) {
          tokens.add(answer.headers.get("Location") ?? "");
        } else if (answer !== undefined) assert.fail(answer.text);
      }
    })();
    const before = group;
    while (group < before + 1 + kill % 5) await ask("HEAD", ".groups/maths");
    const killed = server.kill();
    isOver = true;
    await Promise.all([killed, changing, inviting]);

    const { json } = await ask("GET", ".groups/maths");
    const { description } = json as { description: string };
    const count = Number(description.split(" ")[0]);
    assert.equal(description, `${count} `.repeat(3000));
    assert.ok(count === group || count === group + 1, `${count} of ${group}`);
    group = count;
    const listed = (await ask("GET", ".groups/maths/.tokens/"))
      .json as string[];
    const there = new Set(listed);
    for (const token of tokens) assert.ok(there.has(token), "a token is lost");
  }
});

/** A request that was under way when the server was killed. */
function toUndefined(): undefined {
  return undefined;
}
