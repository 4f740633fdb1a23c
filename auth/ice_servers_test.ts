import assert from "node:assert/strict";

import { wallTimeAt } from "../lib/time.ts";
import { FileFormatError } from "./file_format_error.ts";
import { parseIceServers, toRtcConfiguration } from "./ice_servers.ts";

const NOW = wallTimeAt(1_700_000_000_500);
const TURN = "turn:turn.example.org:3478";

function configure(list: unknown, notes: string[] = []) {
  const entries = parseIceServers(
    JSON.stringify(list),
    "ice-servers.json",
    (note) => notes.push(note),
  );
  return toRtcConfiguration(entries, false, NOW);
}

Deno.test("ice-servers.json is passed on as it is (B-60)", () => {
  assert.deepEqual(
    configure([
      { "urls": ["stun:stun.example.org"] },
      {
        "URLs": [TURN, `${TURN}?transport=tcp`],
        "username": "u",
        "credential": "p",
        "credentialtype": null,
      },
    ]),
    {
      iceServers: [
        { urls: ["stun:stun.example.org"], credentialType: "password" },
        {
          urls: [TURN, `${TURN}?transport=tcp`],
          username: "u",
          credential: "p",
          credentialType: "password",
        },
      ],
    },
  );
  assert.deepEqual(configure([]), {});
});

Deno.test("Credentials of type hmac-sha1 end a day from now (B-61)", () => {
  const server = {
    urls: [TURN],
    credential: "secret",
    credentialType: "hmac-sha1",
  };
  assert.deepEqual(configure([server, { ...server, username: "ann" }]), {
    iceServers: [
      {
        urls: [TURN],
        username: "1700086400",
        // printf 1700086400 | openssl dgst -sha1 -hmac secret -binary | base64
        credential: "+7tLK45WJRiAZhwSImTk5lhKQi8=",
        credentialType: "password",
      },
      {
        urls: [TURN],
        username: "1700086400:ann",
        credential: "CzPf1puCUrnvbWEE3K+veZe8TaQ=",
        credentialType: "password",
      },
    ],
  });
});

Deno.test("Credentials of other types leave their entry out, and the rest in (B-60)", () => {
  const notes: string[] = [];
  const left = configure([
    { urls: [TURN], credential: { a: 1 }, credentialType: "oauth" },
    { urls: ["stun:a.example"] },
  ], notes);
  assert.deepEqual(left.iceServers?.map(({ urls }) => urls), [[
    "stun:a.example",
  ]]);
  assert.equal(notes.length, 1);
  assert.match(notes[0]!, /^entry 1 left out: /);
});

Deno.test("parseIceServers() names the field and the line of what is wrong, and no secret (B-60)", () => {
  const rows: [string, string, number | undefined][] = [
    ['{"urls": []}', "", undefined],
    ["[1]", "0", 1],
    ['[\n{"urls": ["stun:a"],\n"realm": "s3cret"}]', "0.realm", 3],
    ['[\n{"username": "u"}]', "0.urls", undefined],
    ['[{"urls":\n["http://a.example"]}]', "0.urls.0", 2],
    ['[{"urls": ["turn:a?x=s3cret"]}]', "0.urls.0", 1],
    ['[{"urls": "stun:a"}]', "0.urls", 1],
    ['[{"urls": []}]', "0.urls", 1],
    [
      '[{"urls": ["turn:a"], "username": "u",\n"credential": 530073637}]',
      "0.credential",
      2,
    ],
    ['[{"urls": ["turn:a"], "credential": "s3cret"}]', "0.username", undefined],
    ['[{"urls": ["turn:a"], "username": "u"}]', "0.credential", undefined],
    ['[{"urls": ["stun:a"], "credential": "s3cret" "x"}]', "", 1],
    ['[{"credential": s3cret}]', "", 1],
  ];
  for (const [text, field, line] of rows) {
    assert.throws(
      () => parseIceServers(text, "ice-servers.json"),
      (error) => {
        assert.ok(error instanceof FileFormatError, text);
        assert.equal(error.field, field, text);
        assert.equal(error.line, line, text);
        assert.doesNotMatch(error.message, /s3cret|530073637/);
        return true;
      },
    );
  }
});

Deno.test("--relay-only has clients use nothing but TURN (B-64)", () => {
  assert.deepEqual(toRtcConfiguration([], true, NOW), {
    iceTransportPolicy: "relay",
  });
});
