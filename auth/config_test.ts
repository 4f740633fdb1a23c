import assert from "node:assert/strict";

import { openTestDirectory } from "../tests/support/test_directory.ts";
import { createTestLog } from "../tests/support/test_log.ts";
import { DEFAULT_CONFIG, openConfigFile, parseConfig } from "./config.ts";
import { FileFormatError } from "./file_format_error.ts";
import { DEFAULT_LIMITS } from "./limits.ts";

Deno.test("parseConfig() reads all fields, in any case (E-7)", () => {
  const notes: string[] = [];
  const config = parseConfig(
    JSON.stringify({
      "canonicalhost": "example.org:8443",
      "allowOrigin": ["https://a.example"],
      "allowAdminOrigin": ["*"],
      "proxyURL": "https://b.example/calls",
      "WritableGroups": true,
      "users": {
        "root": { "password": "pw", "permissions": "admin" },
        "constructor": null,
      },
      "limits": { "failedLogins": 5 },
      "admin": [{ "username": "x" }],
    }).replace(/,"constructor":null/, ""),
    "config.json",
    (note) => notes.push(note),
  );

  assert.deepEqual(config, {
    canonicalHost: "example.org:8443",
    allowOrigin: ["https://a.example"],
    allowAdminOrigin: ["*"],
    proxyUrl: "https://b.example/calls",
    writableGroups: true,
    users: new Map([["root", {
      password: { kind: "plain", key: "pw" },
      permissions: ["admin"],
    }]]),
    limits: { ...DEFAULT_LIMITS, failedLogins: 5 },
  });
  assert.deepEqual(notes, ['field "admin" has no effect any more']);
  assert.deepEqual(parseConfig("{}", "config.json"), DEFAULT_CONFIG);
});

Deno.test("parseConfig() names the field and the line of what is wrong (E-7)", () => {
  const wrong: [string, string, number][] = [
    ['{\n"canonicalHosts": "x"}', "canonicalHosts", 2],
    ['{"canonicalHost":\n"https://example.org/"}', "canonicalHost", 1],
    ['{"proxyURL": "example.org"}', "proxyURL", 1],
    ['{\n\n"users": {"root":\n{"Passwords": 1}}}', "users.root.Passwords", 4],
    ['{"users": []}', "users", 1],
    ['{"allowOrigin": "*"}', "allowOrigin", 1],
    ['{"limits": {"connection": 1}}', "limits.connection", 1],
    ['{"limits": {\n"connections": 0}}', "limits.connections", 2],
  ];
  for (const [text, field, line] of wrong) {
    assert.throws(
      () => parseConfig(text, "config.json"),
      (error) => {
        assert.ok(error instanceof FileFormatError);
        assert.deepEqual([error.field, error.line], [field, line], text);
        return true;
      },
    );
  }
});

Deno.test("ConfigFile.read() follows the file; one that breaks changes nothing (E-7, J-13)", async () => {
  await using directory = await openTestDirectory();
  const path = `${directory.path}/config.json`;
  const log = createTestLog();
  const config = await openConfigFile(directory.path, log);
  assert.deepEqual(await config.read(), DEFAULT_CONFIG);

  // The same length and, for all we know, the same time of change.
  for (const host of ["a.org", "b.org"]) {
    await Deno.writeTextFile(path, JSON.stringify({ canonicalHost: host }));
    assert.equal((await config.read()).canonicalHost, host);
  }
  await Deno.writeTextFile(path, '{"writableGroup": true}');
  assert.equal((await config.read()).canonicalHost, "b.org");
  assert.equal((await config.read()).canonicalHost, "b.org");
  assert.equal(log.lines.length, 1, "told once");
  assert.match(
    log.lines[0]?.text ?? "",
    /config\.json, line 1, field "writableGroup": there is no such field/,
  );
  await assert.rejects(
    openConfigFile(directory.path, createTestLog()),
    FileFormatError,
    "but a server does not start with it",
  );
  await Deno.remove(path);
  assert.deepEqual(await config.read(), DEFAULT_CONFIG);
});
