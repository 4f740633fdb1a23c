import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId } from "../protocol/ids.ts";
import { letIn, TestServer, type Wire } from "./test_server.ts";
import { MAX_PENDING } from "./token_desk.ts";

const OPERATOR = "op,present,message,caption,token";
const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 6, 29, 8);

/** What the file has of a token. */
const TOKEN = {
  token: "abcdefghijk",
  group: "g",
  permissions: ["present", "message"],
  expires: "2026-07-30T08:00:00.000Z",
  issuedAt: "2026-07-29T08:00:00.000Z",
  issuedBy: "olga",
};

function act(
  server: TestServer,
  session: SessionId,
  kind: string,
  value?: unknown,
): void {
  server.say(session, { type: "groupaction", kind, value });
}

function failure(kind: string, error: string, value: string): Wire {
  return { type: "usermessage", kind, privileged: true, error, value };
}

function makeToken(more: Wire = {}): Wire {
  return {
    group: "g",
    expires: DAY_MS,
    permissions: ["present", "message"],
    ...more,
  };
}

test("Router has a token made and gives it to who asked (K-6, A-77)", () => {
  const server = new TestServer();
  const o = server.enter("o", OPERATOR);
  const other = server.enter("x", OPERATOR);
  server.hear(o);

  server.say(o, {
    type: "groupaction",
    kind: "maketoken",
    source: "o",
    username: "o",
    value: makeToken(),
  });

  assert.deepEqual(server.tokenActs.map(({ group, act }) => [group, act]), [[
    "g",
    {
      kind: "make",
      template: {
        permissions: ["present", "message"],
        expires: NOW_MS + DAY_MS,
        issuedBy: "o",
      },
    },
  ]]);
  assert.deepEqual(server.hear(o), []);
  server.answerTokens({ kind: "token", token: TOKEN });
  assert.deepEqual(server.hearRest(o), [
    { type: "usermessage", kind: "token", privileged: true, value: TOKEN },
  ]);
  assert.deepEqual(server.hearRest(other), []);
});

test("Router understands times as text and as milliseconds from now, and a name (A-77)", () => {
  const server = new TestServer();
  const o = server.enter("o", OPERATOR);

  act(
    server,
    o,
    "maketoken",
    makeToken({
      username: "",
      permissions: ["present", "present"],
      expires: "2026-07-29T12:00:00+02:00",
      "not-before": -1000,
      includeSubgroups: true,
      token: null,
    }),
  );

  assert.deepEqual(server.tokenActs[0]?.act, {
    kind: "make",
    template: {
      username: "",
      permissions: ["present"],
      expires: Date.UTC(2026, 6, 29, 10),
      notBefore: NOW_MS - 1000,
      issuedBy: "o",
    },
  });
});

test("Router refuses tokens that nobody may have, in Galène's words (A-77)", () => {
  const bad = "bad value in maketoken";
  const wrongs: [unknown, string, string][] = [
    [undefined, "error", bad],
    [["g"], "error", bad],
    [
      makeToken({ token: "mine", group: "h" }),
      "error",
      "client specified token",
    ],
    [{ group: "h" }, "error", "wrong group in token"],
    [makeToken({ group: undefined }), "error", "wrong group in token"],
    [makeToken({ expires: undefined }), "error", "token doesn't expire"],
    [makeToken({ expires: "tomorrow" }), "error", bad],
    [makeToken({ expires: "2026" }), "error", bad],
    [makeToken({ expires: 1e300 }), "error", bad],
    [makeToken({ "not-before": true }), "error", bad],
    [makeToken({ permissions: "op" }), "error", bad],
    [makeToken({ permissions: Array(33).fill("op") }), "error", bad],
    [makeToken({ username: "x".repeat(256) }), "error", bad],
    [
      makeToken({ permissions: ["record"] }),
      "not-authorised",
      "not authorised",
    ],
  ];
  const server = new TestServer();
  const o = server.enter("o", OPERATOR);
  for (const [value, error, text] of wrongs) {
    act(server, o, "maketoken", value);
    assert.deepEqual(
      server.hear(o),
      [failure("token", error, text)],
      JSON.stringify(value),
    );
  }
  assert.deepEqual(server.tokenActs, []);
});

test("Router changes nothing of a token but its times (A-78)", () => {
  const server = new TestServer();
  const o = server.enter("o", OPERATOR);

  act(server, o, "edittoken", { token: "abc", expires: -1000 });
  assert.deepEqual(server.tokenActs[0]?.act, {
    kind: "edit",
    token: "abc",
    expires: NOW_MS - 1000,
  });
  server.answerTokens({ kind: "token", token: TOKEN });
  assert.deepEqual(server.hear(o).map(({ value }) => value), [TOKEN]);

  const uneditable = "this field cannot be edited";
  for (
    const [value, text] of [
      [{ token: "abc", permissions: ["op"] }, uneditable],
      [{ token: "abc", group: "g" }, uneditable],
      [{ expires: 1 }, "bad value in edittoken"],
      [{ token: 1 }, "bad value in edittoken"],
      [{ token: "abc", expires: {} }, "bad value in edittoken"],
      ["abc", "bad value in edittoken"],
    ]
  ) {
    act(server, o, "edittoken", value);
    const [heard] = server.hear(o);
    assert.deepEqual(heard, failure("token", "error", String(text)));
  }
  assert.deepEqual(server.tokenActs, []);
});

test("Router lists tokens, and only of the asker's group (A-79, J-5)", () => {
  const server = new TestServer();
  const o = server.enter("o", OPERATOR);

  act(server, o, "listtokens");
  const [asked] = server.tokenActs;
  assert.deepEqual([asked?.group, asked?.act], ["g", { kind: "list" }]);
  server.answerTokens({ kind: "tokens", tokens: [TOKEN] });
  assert.deepEqual(server.hear(o), [
    {
      type: "usermessage",
      kind: "tokenlist",
      privileged: true,
      value: [TOKEN],
    },
  ]);

  act(server, o, "listtokens");
  server.answerTokens({ kind: "tokens", tokens: [] });
  assert.deepEqual(server.hear(o)[0]?.value, []);
});

test("Router says in words why those who keep tokens refuse (A-77, J-5)", () => {
  const server = new TestServer();
  const o = server.enter("o", OPERATOR);
  for (
    const [kind, value, reason, text] of [
      ["maketoken", makeToken(), "username-taken", "that username is taken"],
      ["maketoken", makeToken(), "illegal-username", "illegal username"],
      ["edittoken", { token: "abc" }, "no-such-token", "no such token"],
      ["maketoken", makeToken(), "internal", "internal server error"],
      [
        "maketoken",
        makeToken(),
        "too-many-tokens",
        "this group has too many tokens",
      ],
    ] as const
  ) {
    act(server, o, kind, value);
    server.answerTokens({ kind: "refused", reason });
    assert.deepEqual(server.hear(o), [failure("token", "error", text)]);
  }
});

test("Router lets only those near tokens who may (A-77, A-78, A-79)", () => {
  const refused = ["not-authorised", "not authorised"];
  const cases: [string, string, boolean][] = [
    ["maketoken", "present,message", false],
    ["maketoken", "op", false],
    ["maketoken", "token,present,message", true],
    ["edittoken", "token", false],
    ["edittoken", "op", false],
    ["edittoken", "op,token", true],
    ["listtokens", "token", false],
    ["listtokens", "op", false],
    ["listtokens", "op,token", true],
  ];
  for (const [kind, permissions, isAllowed] of cases) {
    const server = new TestServer();
    const x = server.enter("x", permissions);
    act(server, x, kind, kind === "maketoken" ? makeToken() : { token: "a" });
    const heard = server.hear(x).map(({ error, value }) => [error, value]);
    assert.deepEqual(
      heard,
      isAllowed ? [] : [refused],
      `${kind} ${permissions}`,
    );
    assert.equal(server.tokenActs.length, isAllowed ? 1 : 0);
  }
});

test("Router tells nobody of tokens who left or was demoted meanwhile", () => {
  const server = new TestServer();
  const o = server.enter("o", OPERATOR);
  const p = server.enter("p", OPERATOR);

  for (const session of [o, p]) act(server, session, "listtokens");
  server.say(o, { type: "useraction", kind: "unop", dest: "p" });
  server.say(o, { type: "join", kind: "leave", group: "g" });
  server.decide = letIn();
  server.join(o, { group: "h", password: OPERATOR });
  server.hear(o);
  server.hear(p);
  server.answerTokens({ kind: "tokens", tokens: [TOKEN] });
  server.answerTokens({ kind: "tokens", tokens: [TOKEN] });

  assert.deepEqual(server.hear(o), []);
  assert.deepEqual(server.hear(p), [
    failure("tokenlist", "not-authorised", "not authorised"),
  ]);
});

test("Router forgets questions about tokens with their answer, and bounds them (J-17)", () => {
  const server = new TestServer();
  const o = server.enter("o", OPERATOR);
  for (let i = 0; i <= MAX_PENDING; i++) act(server, o, "listtokens");

  assert.deepEqual(server.hear(o), [
    failure("tokenlist", "error", "too many token actions"),
  ]);
  assert.equal(server.tokenActs.length, MAX_PENDING);
  assert.equal(server.router.counts.refused.tokenActions, 1);

  server.give({ kind: "disconnected", session: o });
  while (server.tokenActs.length > 0) {
    server.answerTokens({ kind: "tokens", tokens: [] });
  }
  assert.equal(server.router.counts.tokenActions, 0);
});
