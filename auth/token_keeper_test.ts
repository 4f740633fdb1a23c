import assert from "node:assert/strict";

import { instantAt, wallTimeAt } from "../lib/time.ts";
import type { GroupName, Username } from "../protocol/ids.ts";
import type { TokenTemplate } from "../signalling/effects.ts";
import { openTestDirectory } from "../tests/support/test_directory.ts";
import { createTestLog } from "../tests/support/test_log.ts";
import { createGroupFiles } from "./group_files.ts";
import type { StatefulToken } from "./token_file.ts";
import {
  createTokenKeeper,
  MAX_TOKENS_PER_GROUP,
  removeOldTokens,
  type TokenKeeper,
} from "./token_keeper.ts";
import { createTokenStore, type TokenStore } from "./tokens.ts";

const NOW_MS = Date.parse("2026-07-29T10:00:00Z");
const DAY_MS = 86_400_000;
const MATHS = "maths" as GroupName;

const TEMPLATE: TokenTemplate = {
  permissions: ["present"],
  expires: wallTimeAt(NOW_MS + DAY_MS),
};

interface Fixture extends AsyncDisposable {
  readonly keeper: TokenKeeper;
  readonly tokens: TokenStore;
}

async function openFixture(): Promise<Fixture> {
  const directory = await openTestDirectory();
  await Deno.mkdir(`${directory.path}/groups`);
  const maths = { users: { olga: { permissions: "op" } } };
  for (const name of ["maths", "music"]) {
    await Deno.writeTextFile(
      `${directory.path}/groups/${name}.json`,
      JSON.stringify(maths),
    );
  }
  const log = createTestLog();
  const tokens = createTokenStore(directory.path, log);
  const keeper = createTokenKeeper({
    tokens,
    groups: createGroupFiles(`${directory.path}/groups`, log),
    clock: {
      now: () => ({ instant: instantAt(0), wall: wallTimeAt(NOW_MS) }),
    },
  });
  return {
    keeper,
    tokens,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

function tokenOf(token: string, fields: Partial<StatefulToken> = {}) {
  return {
    token,
    group: "maths",
    includeSubgroups: false,
    permissions: ["present"],
    ...fields,
  };
}

Deno.test("TokenKeeper makes a token that lets in, on disk when it is given (A-77)", async () => {
  await using fixture = await openFixture();
  const outcome = await fixture.keeper.act(MATHS, {
    kind: "make",
    template: {
      ...TEMPLATE,
      username: "ann" as Username,
      notBefore: wallTimeAt(NOW_MS),
      issuedBy: "olga" as Username,
    },
  });

  assert.equal(outcome.kind, "token");
  const { token, ...rest } = outcome.token;
  assert.match(String(token), /^[\w-]{22}$/);
  assert.deepEqual(JSON.parse(JSON.stringify(rest)), {
    group: "maths",
    username: "ann",
    permissions: ["present"],
    expires: "2026-07-30T10:00:00.000Z",
    "not-before": "2026-07-29T10:00:00.000Z",
    issuedAt: "2026-07-29T10:00:00.000Z",
    issuedBy: "olga",
  });
  assert.equal((await fixture.tokens.find(String(token)))?.username, "ann");
});

Deno.test("TokenKeeper gives nobody the name of a user, or no name at all (A-77)", async () => {
  await using fixture = await openFixture();
  for (
    const [username, reason] of [
      ["olga", "username-taken"],
      ["../ann", "illegal-username"],
    ]
  ) {
    const template = { ...TEMPLATE, username: username as Username };
    assert.deepEqual(
      await fixture.keeper.act(MATHS, { kind: "make", template }),
      { kind: "refused", reason },
    );
  }
  const template = { ...TEMPLATE, username: "" as Username };
  const unnamed = await fixture.keeper.act(MATHS, { kind: "make", template });
  assert.equal(unnamed.kind, "token");
  assert.equal(unnamed.token["username"], "");
});

Deno.test("TokenKeeper makes tokens for groups only that are there", async () => {
  await using fixture = await openFixture();
  assert.deepEqual(
    await fixture.keeper.act("gone" as GroupName, {
      kind: "make",
      template: TEMPLATE,
    }),
    { kind: "refused", reason: "internal" },
  );
});

Deno.test("TokenKeeper edits times of its group's tokens, and of no other's (A-78, J-5)", async () => {
  await using fixture = await openFixture();
  const expires = new Date(NOW_MS + DAY_MS);
  const others = [
    tokenOf("other", { group: "music", expires }),
    tokenOf("global", { group: "", includeSubgroups: true, expires }),
  ];
  for (const token of [tokenOf("own", { expires }), ...others]) {
    await fixture.tokens.add(token);
  }
  const past = wallTimeAt(NOW_MS - 1000);

  const edited = await fixture.keeper.act(MATHS, {
    kind: "edit",
    token: "own",
    expires: past,
  });
  assert.equal(edited.kind, "token");
  assert.equal(edited.token["expires"], "2026-07-29T09:59:59.000Z");
  assert.deepEqual(
    (await fixture.tokens.find("own"))?.expires,
    new Date(past),
  );
  for (const token of ["other", "global", "unknown"]) {
    assert.deepEqual(
      await fixture.keeper.act(MATHS, { kind: "edit", token, expires: past }),
      { kind: "refused", reason: "no-such-token" },
    );
  }
  for (const token of others) {
    assert.deepEqual(await fixture.tokens.find(token.token), token);
  }
});

Deno.test("TokenKeeper lists its group's tokens, those without end first (A-79)", async () => {
  await using fixture = await openFixture();
  const at = (days: number) => ({ expires: new Date(NOW_MS + days * DAY_MS) });
  await fixture.tokens.add(tokenOf("late", at(2)));
  await fixture.tokens.add(tokenOf("early", at(-2)));
  await fixture.tokens.add(tokenOf("endless"));
  await fixture.tokens.add(tokenOf("other", { group: "music", ...at(1) }));
  await fixture.tokens.add(tokenOf("below", { group: "maths/a", ...at(1) }));

  const outcome = await fixture.keeper.act(MATHS, { kind: "list" });
  assert.equal(outcome.kind, "tokens");
  assert.deepEqual(outcome.tokens.map(({ token }) => token), [
    "endless",
    "early",
    "late",
  ]);
});

Deno.test("TokenKeeper does one thing after the other in a group", async () => {
  await using fixture = await openFixture();
  const make = { kind: "make", template: TEMPLATE } as const;
  const [, , listed] = await Promise.all([
    fixture.keeper.act(MATHS, make),
    fixture.keeper.act(MATHS, make),
    fixture.keeper.act(MATHS, { kind: "list" }),
  ]);
  assert.equal(listed.kind, "tokens");
  assert.equal(listed.tokens.length, 2);
});

Deno.test("TokenKeeper keeps only so many tokens of a group (J-17)", async () => {
  await using fixture = await openFixture();
  await fixture.tokens.change(() =>
    Array.from({ length: MAX_TOKENS_PER_GROUP }, (_, i) => tokenOf(`t${i}`))
  );
  const make = { kind: "make", template: TEMPLATE } as const;
  assert.deepEqual(await fixture.keeper.act(MATHS, make), {
    kind: "refused",
    reason: "too-many-tokens",
  });
  const other = await fixture.keeper.act("music" as GroupName, make);
  assert.equal(other.kind, "token");
});

Deno.test("removeOldTokens() removes what ended over a week ago (E-34)", async () => {
  await using fixture = await openFixture();
  const endedMsAgo = (ms: number) => ({ expires: new Date(NOW_MS - ms) });
  await fixture.tokens.add(tokenOf("old", endedMsAgo(7 * DAY_MS + 1)));
  await fixture.tokens.add(tokenOf("young", endedMsAgo(7 * DAY_MS)));
  await fixture.tokens.add(tokenOf("endless"));

  await removeOldTokens(fixture.tokens, wallTimeAt(NOW_MS));

  const { tokens } = await fixture.tokens.list();
  assert.deepEqual([...tokens.keys()], ["young", "endless"]);
});
