import assert from "node:assert/strict";

import {
  encodeGroupDocument,
  parseGroupDocument,
  parseUserDocument,
  toSanitisedGroup,
  toUserJson,
} from "./group_document.ts";
import { FileFormatError } from "./file_format_error.ts";

Deno.test("A user's JSON is the same after reading and writing (E-24, H.2)", () => {
  for (
    const text of [
      "{}",
      '{"permissions":"present"}',
      '{"password":"secret"}',
      '{"password":"secret","permissions":"present"}',
      '{"password":"secret","permissions":["present"]}',
      '{"password":{"type":"wildcard"},"permissions":"observe"}',
      '{"password":{"type":"wildcard"},"permissions":[]}',
    ]
  ) {
    const user = parseUserDocument(text, "user");
    assert.equal(JSON.stringify(toUserJson(user)), text);
  }
  const plain = parseUserDocument(
    '{"password":{"type":"plain","key":"x"}}',
    "user",
  );
  assert.equal(JSON.stringify(toUserJson(plain)), '{"password":"x"}');
});

Deno.test("encodeGroupDocument() writes what was read, without defaults", () => {
  const group = parseGroupDocument(
    `{"PUBLIC": true, "autolock": false, "max-clients": 0, "codecs": [],
      "users": {"__proto__": {"password": "x", "permissions": "op"}},
      "authKeys": [{"kty": "oct", "alg": "HS256", "k": "AAAA"}]}`,
    "g.json",
  );
  const text = encodeGroupDocument(group);

  assert.equal(
    text.replace(/\s/g, ""),
    '{"public":true,"users":{"__proto__":{"password":"x","permissions":"op"}},' +
      '"authKeys":[{"kty":"oct","alg":"HS256","k":"AAAA"}]}',
  );
  assert.equal(encodeGroupDocument(parseGroupDocument(text, "g.json")), text);
  assert.deepEqual(toSanitisedGroup(group), { public: true });
});

Deno.test("parseGroupDocument() upgrades obsolete fields (E.2)", () => {
  const notes: string[] = [];
  const group = parseGroupDocument(
    JSON.stringify({
      "op": [{ "username": "jch", "password": "1234" }, { username: "ann" }],
      "presenter": [{}, { "username": "jch", "password": "x" }],
      "other": [{ "password": { "type": "bcrypt", "key": "k" } }],
      "allow-subgroups": true,
      "allow-anonymous": true,
      "users": { "ann": { "permissions": "observe" } },
    }),
    "g.json",
    (note) => notes.push(note),
  );

  assert.equal(group["auto-subgroups"], true);
  assert.deepEqual([...group.users ?? []], [
    ["ann", { permissions: "observe" }],
    ["jch", { password: "1234", permissions: "op" }],
  ]);
  assert.deepEqual(group["wildcard-user"], {
    password: { type: "wildcard" },
    permissions: "present",
  });
  assert.deepEqual(notes, [
    "obsolete op entry for ann ignored",
    "obsolete present entry for jch ignored",
    "obsolete message entry for everybody ignored",
  ]);
});

Deno.test("parseGroupDocument() names the line of what is wrong", () => {
  const problems: [string, number | undefined, string][] = [
    ['{\n\n "max-client": 3}', 3, "max-client"],
    [
      '{"users":{\n"john":{"password":"x",\n"Passwort": 1}}}',
      3,
      "users.john.Passwort",
    ],
    ['{\n"public":\n"yes"}', 2, "public"],
    ['{\n"public": tru\n}', 2, ""],
    ['{\n"public": true\n', 3, ""],
  ];
  for (const [text, line, field] of problems) {
    assert.throws(
      () => parseGroupDocument(text, "g.json"),
      (error) => {
        assert.ok(error instanceof FileFormatError);
        assert.deepEqual([error.line, error.field], [line, field], text);
        assert.match(error.message, /^Cannot use g\.json, line \d/);
        return true;
      },
    );
  }
});
