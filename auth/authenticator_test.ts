import assert from "node:assert/strict";

import { instantAt, wallTimeAt } from "../lib/time.ts";
import type { Username } from "../protocol/ids.ts";
import type { CredentialsOutcome } from "../signalling/effects.ts";
import { createAuthenticator, FAILURE_DELAY_MS } from "./authenticator.ts";
import { createGroupFiles } from "./group_files.ts";
import { createPasswordHasher } from "./password_hasher.ts";
import { openTestDirectory } from "../tests/support/test_directory.ts";
import { createTestLog } from "../tests/support/test_log.ts";
import type { StatefulToken } from "./token_file.ts";
import { createTokenStore } from "./tokens.ts";

const NOW = Date.parse("2026-07-29T10:00:00Z");

const MATHS = {
  "max-clients": 10,
  "not-before": "2026-01-01T00:00:00Z",
  "users": {
    "olga": { "password": "secret", "permissions": "op" },
    "pete": { "password": { "type": "plain", "key": "pw" } },
    "nora": { "permissions": "op" },
    "bert": { "password": { "type": "bcrypt", "key": "$2a$10$x" } },
    "empty": { "password": "" },
    "../evil": { "password": "pw", "permissions": "op" },
  },
  "wildcard-user": {
    "password": { "type": "wildcard" },
    "permissions": "message",
  },
};

interface Wanted {
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
}

interface Fixture extends AsyncDisposable {
  readonly delays: number[];
  check(group: string, wanted: Wanted): Promise<CredentialsOutcome>;
  /** The reason of a refusal, or who was let in as `name: permissions`. */
  answer(group: string, wanted: Wanted): Promise<string>;
  addToken(fields: Partial<StatefulToken>): Promise<void>;
}

async function openFixture(groups: Record<string, unknown>): Promise<Fixture> {
  const directory = await openTestDirectory();
  for (const [name, group] of Object.entries(groups)) {
    const text = typeof group === "string" ? group : JSON.stringify(group);
    await Deno.writeTextFile(`${directory.path}/${name}.json`, text);
  }
  const tokens = createTokenStore(directory.path, createTestLog());
  const delays: number[] = [];
  const hasher = createPasswordHasher();
  const authenticator = createAuthenticator({
    groups: createGroupFiles(directory.path, createTestLog()),
    tokens,
    hasher,
    clock: {
      now: () => ({ instant: instantAt(0), wall: wallTimeAt(NOW) }),
    },
    delay: (ms) => {
      delays.push(ms);
      return Promise.resolve();
    },
  });
  const check = (group: string, { username, ...rest }: Wanted) =>
    authenticator.check(group, {
      ...rest,
      ...(username === undefined ? {} : { username: username as Username }),
    });
  return {
    delays,
    check,
    async answer(group, wanted) {
      const outcome = await check(group, wanted);
      return outcome.kind === "refused"
        ? outcome.reason
        : `${outcome.username}: ${outcome.permissions.join(" ")}`;
    },
    addToken: (fields) =>
      tokens.add({
        token: "T",
        group: "maths",
        includeSubgroups: false,
        permissions: ["present"],
        expires: new Date(NOW + 1000),
        ...fields,
      }),
    async [Symbol.asyncDispose]() {
      hasher.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

Deno.test("Authenticator.check() lets in who knows the password, with the group as it is", async () => {
  await using fixture = await openFixture({ maths: MATHS });

  const outcome = await fixture.check("maths", {
    username: "olga",
    password: "secret",
  });

  assert.deepEqual(outcome, {
    kind: "accepted",
    username: "olga",
    permissions: ["op", "present", "message", "caption", "token"],
    description: {
      name: "maths",
      public: false,
      maxClients: 10,
      notBefore: Date.parse("2026-01-01T00:00:00Z"),
      maxHistoryAgeMs: 14_400_000,
      autolock: false,
      autokick: false,
      allowRecording: false,
      codecs: ["vp8", "opus"],
      canChangePassword: false,
    },
  });
});

Deno.test("Authenticator.check() judges a named user by their own entry only (E-20, E-22)", async () => {
  await using fixture = await openFixture({ maths: MATHS });
  const answer = (username: string, password?: string) =>
    fixture.answer("maths", {
      username,
      ...(password === undefined ? {} : { password }),
    });

  assert.equal(await answer("pete", "pw"), "pete: ");
  assert.equal(await answer("empty", ""), "empty: ");
  assert.equal(await answer("empty"), "empty: ");
  assert.equal(await answer("stranger", "whatever"), "stranger: message");
  assert.equal(await answer("stranger"), "stranger: message");
  assert.equal(await answer(""), ": message");
  for (
    const [username, password] of [
      ["olga", "Secret"],
      ["olga", ""],
      ["olga", undefined],
      ["nora", ""],
      ["nora", "x"],
      ["../evil", "pw"],
      ["a\\b", "x"],
    ] as const
  ) {
    assert.equal(await answer(username, password), "not-authorised", username);
  }
});

Deno.test("Authenticator.check() knows hashed passwords; a broken one is the file's fault (E-20)", async () => {
  const key = "$2a$10$afOr2f33onT/nDFFyT3mbOq5FMSw1wWXfyTXQTBMbKvZpBkoD3Qwu";
  const broken = { "type": "bcrypt", "key": "$2a$10$x" };
  await using fixture = await openFixture({
    maths: {
      "users": {
        "hal": { "password": { "type": "bcrypt", key } },
        "bert": { "password": broken },
      },
      "wildcard-user": { "password": broken },
    },
  });
  const answer = (username: string, password: string) =>
    fixture.answer("maths", { username, password });

  assert.equal(await answer("hal", "pass"), "hal: ");
  assert.equal(await answer("hal", "Pass"), "not-authorised");
  assert.equal(await answer("bert", "pass"), "internal");
  assert.equal(await answer("stranger", "pass"), "not-authorised");
});

Deno.test("Authenticator.check() keeps strangers out of a group without a wildcard user", async () => {
  await using fixture = await openFixture({ shut: {} });

  assert.equal(
    await fixture.answer("shut", { username: "x" }),
    "not-authorised",
  );
});

Deno.test("Authenticator.check() tells why there is no group", async () => {
  await using fixture = await openFixture({ broken: '{"publick": 1}' });
  const anybody = { username: "x" };

  assert.equal(await fixture.answer("none", anybody), "no-such-group");
  assert.equal(await fixture.answer("../x", anybody), "illegal-group-name");
  assert.equal(await fixture.answer("broken", anybody), "internal");
});

Deno.test("Authenticator.check() needs a name or a token", async () => {
  await using fixture = await openFixture({ maths: MATHS });

  assert.equal(await fixture.answer("maths", { password: "x" }), "internal");
  assert.equal(await fixture.answer("maths", { token: "" }), "internal");
});

Deno.test("Authenticator.check() takes a token's name, or the client's if it has none (E-32)", async () => {
  await using fixture = await openFixture({ maths: MATHS });
  await fixture.addToken({ token: "named", username: "john" });
  await fixture.addToken({ token: "free" });
  await fixture.addToken({ token: "anonymous", username: "" });
  const answer = (token: string, username?: string) =>
    fixture.answer("maths", {
      token,
      ...(username === undefined ? {} : { username }),
    });

  assert.equal(await answer("named"), "john: present");
  assert.equal(await answer("named", "mary"), "john: present");
  assert.equal(await answer("free", "mary"), "mary: present");
  assert.equal(await answer("free"), "need-username");
  assert.equal(await answer("free", "olga"), "duplicate-username");
  assert.equal(await answer("free", "../x"), "not-authorised");
  assert.equal(await answer("anonymous"), ": present");
  assert.equal(await answer("anonymous", "mary"), "mary: present");
  assert.equal(await answer("anonymous", "olga"), ": present");
});

Deno.test("Authenticator.check() refuses bad tokens, even with a good password", async () => {
  await using fixture = await openFixture({ maths: MATHS });
  await fixture.addToken({ token: "late", expires: new Date(NOW) });
  await fixture.addToken({ token: "other", group: "physics" });

  for (const token of ["late", "other", "unknown"]) {
    assert.equal(
      await fixture.answer("maths", {
        token,
        username: "olga",
        password: "secret",
      }),
      "not-authorised",
      token,
    );
  }
  assert.equal(
    await fixture.answer("maths", { token: "late" }),
    "need-username",
    "which comes before validity, as Galène's client relies on",
  );
});

Deno.test("Authenticator.check() answers wrong passwords late, and others at once", async () => {
  await using fixture = await openFixture({ maths: MATHS });
  await fixture.addToken({ token: "free" });

  await fixture.answer("maths", { username: "olga", password: "secret" });
  await fixture.answer("maths", { token: "free" });
  await fixture.answer("none", { username: "olga" });
  assert.deepEqual(fixture.delays, []);
  await fixture.answer("maths", { username: "olga", password: "wrong" });
  await fixture.answer("maths", { token: "wrong" });
  assert.deepEqual(fixture.delays, [FAILURE_DELAY_MS, FAILURE_DELAY_MS]);
});
