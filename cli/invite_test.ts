import assert from "node:assert/strict";

import { createTokenStore } from "../auth/tokens.ts";
import { SILENT_LOG } from "../lib/log.ts";
import { openTestDirectory } from "../tests/support/test_directory.ts";
import { makeInvitation, parseInviteOptions } from "./invite.ts";
import { UsageError } from "./usage_error.ts";

const NOW = new Date("2026-07-29T10:00:00Z");

Deno.test("parseInviteOptions() invites a guest for a year, unless told otherwise", () => {
  assert.deepEqual(parseInviteOptions(["maths"], "host"), {
    invitation: { group: "maths", role: "guest", days: 365 },
    bases: ["http://localhost:8080", "https://host:8443"],
    dataDirectory: "data",
    groupsDirectory: "groups",
  });
  const args =
    "a/b --operator --days 0.5 --username olga --base https://example.org/x --data d --groups g";
  assert.deepEqual(parseInviteOptions(args.split(" "), "host"), {
    invitation: { group: "a/b", role: "operator", days: 0.5, username: "olga" },
    bases: ["https://example.org"],
    dataDirectory: "d",
    groupsDirectory: "g",
  });
  assert.equal(parseInviteOptions(["--help"], "host"), "help");
});

Deno.test("parseInviteOptions() says what is wrong", () => {
  for (
    const args of [
      [],
      ["a", "b"],
      ["a", "--days", "0"],
      ["a", "--days", "soon"],
      ["a", "--username", "../x"],
      ["a", "--base", "example.org"],
      ["a", "--oprator"],
    ]
  ) {
    assert.throws(() => parseInviteOptions(args, "host"), UsageError);
  }
});

Deno.test("makeInvitation() gives a link that a server takes", async () => {
  await using directory = await openTestDirectory();
  await Deno.writeTextFile(
    `${directory.path}/maths.json`,
    '{"allow-recording":true}',
  );
  const options = parseInviteOptions(
    [
      "maths",
      "--operator",
      "--days=2",
      `--data=${directory.path}`,
      `--groups=${directory.path}`,
    ],
    "host",
  );
  assert.ok(options !== "help");

  const links = await makeInvitation(options, NOW, SILENT_LOG);

  const secrets = links.map((link) => new URL(link).searchParams.get("token"));
  assert.deepEqual(links.map((link) => link.replace(/=.*/, "")), [
    "http://localhost:8080/group/maths/?token",
    "https://host:8443/group/maths/?token",
  ]);
  assert.equal(new Set(secrets).size, 1);
  const tokens = createTokenStore(directory.path, SILENT_LOG);
  const token = await tokens.find(secrets[0] ?? "");
  assert.equal(token?.group, "maths");
  assert.ok(token?.permissions.includes("op"));
  assert.ok(token.permissions.includes("record"));
  assert.equal(token?.expires?.toISOString(), "2026-07-31T10:00:00.000Z");
});

Deno.test("makeInvitation() names the groups that there are", async () => {
  await using directory = await openTestDirectory();
  await Deno.writeTextFile(`${directory.path}/maths.json`, "{}");
  await Deno.writeTextFile(`${directory.path}/broken.json`, "{");
  const makeFor = (group: string) => {
    const options = parseInviteOptions(
      [group, `--data=${directory.path}`, `--groups=${directory.path}`],
      "host",
    );
    assert.ok(options !== "help");
    return makeInvitation(options, NOW, SILENT_LOG);
  };

  await assert.rejects(() => makeFor("math"), /There are: broken, maths$/);
  await assert.rejects(() => makeFor("broken"), /its file is broken/);
});
