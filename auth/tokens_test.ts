import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import {
  decodeTokenFile,
  encodeTokenLine,
  type StatefulToken,
} from "./token_file.ts";
import { createTokenStore, isTokenGood, makeTokenSecret } from "./tokens.ts";
import { openTestDirectory } from "../tests/support/test_directory.ts";
import { createTestLog } from "../tests/support/test_log.ts";

const NOW = new Date("2026-07-29T10:00:00Z");
const LATER = new Date("2026-07-30T10:00:00Z");

function tokenOf(fields: Partial<StatefulToken>): StatefulToken {
  return {
    token: "secret",
    group: "maths",
    includeSubgroups: false,
    permissions: ["present", "message"],
    expires: LATER,
    ...fields,
  };
}

function noneBroken(line: number): never {
  assert.fail(`Line ${line} is damaged`);
}

Deno.test("encodeTokenLine() writes Galène's format (E-30)", () => {
  const full = tokenOf({
    includeSubgroups: true,
    username: "john",
    notBefore: NOW,
    issuedAt: NOW,
    issuedBy: "olga",
  });

  assert.equal(
    encodeTokenLine(full),
    '{"token":"secret","group":"maths","includeSubgroups":true,"username":"john",' +
      '"permissions":["present","message"],"expires":"2026-07-30T10:00:00.000Z",' +
      '"not-before":"2026-07-29T10:00:00.000Z","issuedAt":"2026-07-29T10:00:00.000Z",' +
      '"issuedBy":"olga"}\n',
  );
  assert.deepEqual([
    ...decodeTokenFile(encodeTokenLine(full), noneBroken).values(),
  ], [
    full,
  ]);
});

Deno.test("decodeTokenFile() reads what Galène has written", () => {
  const tokens = decodeTokenFile(
    '{"token":"a","group":"g","permissions":["present"],"expires":"2026-07-30T12:00:00.123456789+02:00","issuedAt":"2026-07-29T12:00:00Z"}\n',
    noneBroken,
  );

  assert.equal(
    tokens.get("a")?.expires?.toISOString(),
    "2026-07-30T10:00:00.123Z",
  );
});

Deno.test("decodeTokenFile() leaves out damaged lines only", () => {
  const broken: number[] = [];
  const text = encodeTokenLine(tokenOf({ token: "a" })) +
    '{"token": "b", \n\n' +
    '{"token": 3}\n' + encodeTokenLine(tokenOf({ token: "c" }));

  const tokens = decodeTokenFile(text, (line) => broken.push(line));

  assert.deepEqual([...tokens.keys()], ["a", "c"]);
  assert.deepEqual(broken, [2, 4]);
});

Deno.test("isTokenGood() minds group and time (E-31)", () => {
  const good: [Partial<StatefulToken>, string][] = [
    [{}, "maths"],
    [{ includeSubgroups: true }, "maths"],
    [{ includeSubgroups: true }, "maths/algebra"],
    [{ group: "", includeSubgroups: true }, "anything"],
    [{ notBefore: NOW }, "maths"],
  ];
  const bad: [Partial<StatefulToken>, string][] = [
    [{}, "physics"],
    [{}, "maths/algebra"],
    [{ includeSubgroups: true }, "mathsalgebra"],
    [{ group: "" }, "maths"],
    [{ group: "" }, ""],
    [{ expires: NOW }, "maths"],
    [{ notBefore: LATER }, "maths"],
  ];
  for (const [fields, group] of good) {
    assert.equal(
      isTokenGood(tokenOf(fields), group, NOW),
      true,
      JSON.stringify(fields),
    );
  }
  for (const [fields, group] of bad) {
    assert.equal(
      isTokenGood(tokenOf(fields), group, NOW),
      false,
      JSON.stringify(fields),
    );
  }
  const { expires: _, ...endless } = tokenOf({});
  assert.equal(isTokenGood(endless, "maths", NOW), false);
});

Deno.test("TokenStore keeps tokens in a file of its user's own, and reads it anew", async () => {
  await using directory = await openTestDirectory();
  const store = createTokenStore(directory.path, createTestLog());
  const other = createTokenStore(directory.path, createTestLog());

  assert.equal(await store.find("a"), undefined);
  await Promise.all(
    ["a", "b", "c"].map((token) => store.add(tokenOf({ token }))),
  );
  await other.add(tokenOf({ token: "d" }));

  for (const token of ["a", "b", "c", "d"]) {
    assert.deepEqual(await store.find(token), tokenOf({ token }));
  }
  const { mode } = await Deno.stat(`${directory.path}/var/tokens.jsonl`);
  assert.equal((mode ?? 0) & 0o777, 0o600);
  assert.equal(
    ((await Deno.stat(`${directory.path}/var`)).mode ?? 0) & 0o777,
    0o700,
  );
});

Deno.test("TokenStore.add() does not continue a torn line", async () => {
  await using directory = await openTestDirectory();
  const log = createTestLog();
  const store = createTokenStore(directory.path, log);
  await store.add(tokenOf({ token: "a" }));
  const path = `${directory.path}/var/tokens.jsonl`;
  await Deno.writeTextFile(path, '{"token":"tor', { append: true });

  await store.add(tokenOf({ token: "b" }));

  assert.equal((await store.find("a"))?.token, "a");
  assert.equal((await store.find("b"))?.token, "b");
  assert.deepEqual(log.lines.map(({ fields }) => fields["line"]), [2]);
});

Deno.test("makeTokenSecret() makes 22 letters that fit in a URL, never the same", () => {
  const secrets = new Set(Array.from({ length: 100 }, makeTokenSecret));

  assert.equal(secrets.size, 100);
  for (const secret of secrets) assert.match(secret, /^[\w-]{22}$/);
});

const APPENDER = `
  import { createTokenStore } from "${new URL("./tokens.ts", import.meta.url)}";
  import { SILENT_LOG } from "${new URL("../lib/log.ts", import.meta.url)}";
  const store = createTokenStore(Deno.args[0], SILENT_LOG);
  for (let n = 0;; n++) {
    await store.add({
      token: "t" + n,
      group: "x".repeat(2000),
      includeSubgroups: false,
      permissions: [],
    });
    if (n === 5) console.log("under way");
  }
`;

Deno.test("TokenStore.add() leaves whole lines when the process is killed", async () => {
  await using directory = await openTestDirectory();
  const script = `${directory.path}/append.ts`;
  await Deno.writeTextFile(script, APPENDER);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      `--config=${fileURLToPath(new URL("../deno.json", import.meta.url))}`,
      "-A",
      script,
      directory.path,
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = child.stdout.getReader();
  await output.read();
  child.kill("SIGKILL");
  await child.status;
  await output.cancel();

  const text = await Deno.readTextFile(`${directory.path}/var/tokens.jsonl`);
  const tokens = decodeTokenFile(text, noneBroken);
  assert.ok(tokens.size >= 5);
  assert.ok(text.endsWith("\n"));
});
