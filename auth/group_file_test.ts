import assert from "node:assert/strict";

import { FileFormatError } from "./file_format_error.ts";
import { type GroupFile, parseGroupFile } from "./group_file.ts";

function parse(json: unknown): GroupFile {
  return parseGroupFile(JSON.stringify(json), "maths.json");
}

function problemOf(json: unknown): { field: string; message: string } {
  try {
    parse(json);
  } catch (error) {
    assert.ok(error instanceof FileFormatError);
    return { field: error.field, message: error.message };
  }
  assert.fail("The file was taken");
}

Deno.test("parseGroupFile() gives an empty file its defaults", () => {
  const group = parse({});

  assert.equal(group.public, false);
  assert.equal(group.maxClients, 0);
  assert.equal(group.maxHistoryAgeSeconds, 14400);
  assert.deepEqual(group.codecs, ["vp8", "opus"]);
  assert.equal(group.users.size, 0);
  assert.equal(group.wildcardUser, undefined);
});

Deno.test("parseGroupFile() reads everything that Galène's format has", () => {
  const group = parse({
    "displayName": "Maths",
    "description": "Numbers",
    "contact": "someone@example.org",
    "comment": "a note",
    "public": true,
    "redirect": "https://elsewhere.example/group/maths/",
    "max-clients": 30,
    "max-history-age": 60,
    "expires": "2030-01-01T00:00:00+01:00",
    "not-before": "2026-01-01T00:00:00Z",
    "allow-recording": true,
    "unrestricted-tokens": true,
    "auto-subgroups": true,
    "autolock": true,
    "autokick": true,
    "users": { "john": { "password": "secret", "permissions": "present" } },
    "wildcard-user": {
      "password": { "type": "wildcard" },
      "permissions": "observe",
    },
    "authKeys": [{ "kty": "oct", "alg": "HS256", "k": "AAAA" }],
    "authServer": "https://auth.example/",
    "authPortal": "https://portal.example/",
    "codecs": ["vp9", "opus"],
  });

  assert.equal(group.displayName, "Maths");
  assert.equal(group.maxClients, 30);
  assert.equal(group.expires?.toISOString(), "2029-12-31T23:00:00.000Z");
  assert.deepEqual(group.users.get("john"), {
    password: { kind: "plain", key: "secret" },
    permissions: ["token", "present", "message"],
  });
  assert.deepEqual(group.wildcardUser, {
    password: { kind: "wildcard" },
    permissions: [],
  });
});

Deno.test("parseGroupFile() takes field names in any case, and null for absent", () => {
  const group = parse({
    "DISPLAYNAME": "Maths",
    "Wildcard-User": { "Permissions": "message", "password": null },
    "expires": null,
  });

  assert.equal(group.displayName, "Maths");
  assert.equal(group.expires, undefined);
  assert.deepEqual(group.wildcardUser, {
    password: { kind: "none" },
    permissions: ["message"],
  });
});

Deno.test("parseGroupFile() names the file and the field that is wrong", () => {
  assert.deepEqual(problemOf({ "max-client": 3 }), {
    field: "max-client",
    message:
      'Cannot use maths.json, line 1, field "max-client": there is no such field',
  });
  const wrong: [unknown, string][] = [
    [{ users: { john: { passwort: "x" } } }, "users.john.passwort"],
    [{ users: { john: { permissions: "king" } } }, "users.john.permissions"],
    [{ "wildcard-user": { permissions: 3 } }, "wildcard-user.permissions"],
    [{ "max-clients": -1 }, "max-clients"],
    [{ "max-clients": 1.5 }, "max-clients"],
    [{ expires: "tomorrow" }, "expires"],
    [{ public: "yes" }, "public"],
    [{ users: [] }, "users"],
    [{ users: { john: [] } }, "users.john"],
    [{ "wildcard-user": "x" }, "wildcard-user"],
    [[], ""],
    [null, ""],
  ];
  for (const [json, field] of wrong) {
    assert.equal(problemOf(json).field, field, JSON.stringify(json));
  }
});

Deno.test("parseGroupFile() says where JSON is broken", () => {
  assert.throws(
    () => parseGroupFile('{"public": tru', "maths.json"),
    /^FileFormatError: Cannot use maths\.json, line 1: it is not JSON: /,
  );
});

Deno.test("parseGroupFile() spells permission sets out (E-23)", () => {
  const permissionsOf = (permissions: unknown, settings: object = {}) =>
    parse({ ...settings, users: { john: { permissions } } })
      .users.get("john")?.permissions;

  assert.deepEqual(permissionsOf("op"), [
    "op",
    "present",
    "message",
    "caption",
    "token",
  ]);
  assert.deepEqual(permissionsOf("op", { "allow-recording": true }), [
    "record",
    "op",
    "present",
    "message",
    "caption",
    "token",
  ]);
  assert.deepEqual(permissionsOf("present"), ["present", "message"]);
  assert.deepEqual(permissionsOf("message"), ["message"]);
  assert.deepEqual(permissionsOf("observe"), []);
  assert.deepEqual(permissionsOf("caption"), ["caption"]);
  assert.deepEqual(permissionsOf("admin"), ["admin"]);
  assert.deepEqual(
    permissionsOf(["op"], { "allow-recording": true }),
    ["op"],
    "a list is literal",
  );
});

Deno.test("parseGroupFile() keeps a user named like a property of all objects", () => {
  const group = parseGroupFile(
    '{"users": {"__proto__": {"password": "x"}, "constructor": {}}}',
    "maths.json",
  );

  assert.deepEqual([...group.users.keys()], ["__proto__", "constructor"]);
  assert.deepEqual(group.users.get("constructor"), {
    password: { kind: "none" },
    permissions: [],
  });
});
