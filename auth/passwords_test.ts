import assert from "node:assert/strict";

import {
  parsePasswordDocument,
  type PasswordDocument,
} from "./group_document.ts";
import { BusyError } from "./limiter.ts";
import { createPasswordHasher } from "./password_hasher.ts";
import { checkPassword } from "./passwords.ts";
import { toStoredPassword } from "./stored_password.ts";

const PBKDF2 = {
  type: "pbkdf2",
  hash: "sha-256",
  key: "fe499504e8f144693fae828e8e371d50e019d0e4c84994fa03f7f445bd8a570a",
  salt: "bcc1717851030776",
  iterations: 4096,
};

const BCRYPT = {
  type: "bcrypt",
  key: "$2a$10$afOr2f33onT/nDFFyT3mbOq5FMSw1wWXfyTXQTBMbKvZpBkoD3Qwu",
};

async function outcome(
  password: PasswordDocument | undefined,
  given: string,
): Promise<string> {
  using hasher = createPasswordHasher(1);
  return await checkPassword(toStoredPassword(password), given, hasher);
}

Deno.test("checkPassword() knows all types of passwords (E-20, H.2)", async () => {
  for (const good of ["pass", PBKDF2, BCRYPT, { type: "plain", key: "pass" }]) {
    assert.equal(await outcome(good, "pass"), "right", JSON.stringify(good));
    assert.equal(await outcome(good, "pasS"), "wrong", JSON.stringify(good));
    assert.equal(await outcome(good, ""), "wrong", JSON.stringify(good));
  }
  assert.equal(await outcome({ type: "wildcard" }, "anything"), "right");
  assert.equal(await outcome("", ""), "right");
  assert.equal(await outcome(undefined, ""), "wrong");
  assert.equal(await outcome({}, ""), "wrong");
});

Deno.test("checkPassword() calls what is no password unusable (E-20)", async () => {
  const bad: PasswordDocument[] = [
    { type: "bad", key: "x" },
    { type: "plain" },
    { type: "bcrypt" },
    { type: "bcrypt", key: "$2a$10$x" },
    { type: "pbkdf2", hash: "sha-256", salt: "00", iterations: 1 },
    { ...PBKDF2, hash: "md5" },
    { ...PBKDF2, key: "xyz" },
    { ...PBKDF2, salt: "0" },
    { ...PBKDF2, iterations: 0 },
    { ...PBKDF2, iterations: 1.5 },
    // What a user could keep the server busy with.
    { ...PBKDF2, iterations: 4e9 },
    { ...PBKDF2, key: "00".repeat(5000) },
    { ...BCRYPT, key: BCRYPT.key.replace("$10$", "$31$") },
  ];
  for (const password of bad) {
    const seen = await outcome(password, "pass");
    assert.equal(seen, "unusable", JSON.stringify(password));
  }
});

Deno.test("parsePasswordDocument() takes names in any case and wants the right types", () => {
  assert.deepEqual(parsePasswordDocument('{"Type":"plain","KEY":"x"}', "p"), {
    type: "plain",
    key: "x",
  });
  assert.throws(() => parsePasswordDocument('{"type":3}', "p"));
  assert.throws(() => parsePasswordDocument("[]", "p"));
  assert.throws(() => parsePasswordDocument("7", "p"));
});

Deno.test("PasswordHasher makes bcrypt hashes that it knows again, of 72 bytes at most", async () => {
  using hasher = createPasswordHasher(1);

  const hash = await hasher.hashBcrypt("pässword", 4);
  assert.match(hash, /^\$2a\$04\$/);
  assert.equal(await hasher.verifyBcrypt("pässword", hash), true);
  assert.equal(await hasher.verifyBcrypt("password", hash), false);
  assert.notEqual(await hasher.hashBcrypt("pässword", 4), hash, "salted");

  const longest = "ü".repeat(36);
  const long = await hasher.hashBcrypt(longest, 4);
  assert.equal(await hasher.verifyBcrypt(longest, long), true);
  await assert.rejects(hasher.hashBcrypt(longest + "x", 4), RangeError);
  await assert.rejects(hasher.hashBcrypt("", 4), RangeError);
});

Deno.test("PasswordHasher leaves the event loop free, and turns away what is too much (E-21)", async () => {
  using hasher = createPasswordHasher(1);
  let done = false;
  const check = hasher.verifyBcrypt("pass", BCRYPT.key).then((isRight) => {
    done = true;
    return isRight;
  });
  // A turn of the event loop: had it been blocked, the hash would be done.
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(done, false);

  const waiting = Array.from(
    { length: 201 },
    () => hasher.verifyBcrypt("pass", BCRYPT.key).catch((error) => error),
  );
  assert.ok(await waiting.at(-1) instanceof BusyError);
  assert.equal(await check, true);
});
