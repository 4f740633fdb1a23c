/**
 * Logging in with every type of password, at a real server.
 *
 * @module
 */
import assert from "node:assert/strict";

import { TestServer } from "../support/server.ts";
import { join } from "./join.ts";

const PBKDF2 = {
  "type": "pbkdf2",
  "hash": "sha-256",
  "key": "fe499504e8f144693fae828e8e371d50e019d0e4c84994fa03f7f445bd8a570a",
  "salt": "bcc1717851030776",
  "iterations": 4096,
};

const BCRYPT = {
  "type": "bcrypt",
  "key": "$2a$10$afOr2f33onT/nDFFyT3mbOq5FMSw1wWXfyTXQTBMbKvZpBkoD3Qwu",
};

Deno.test("Passwords of every type let in, and wrong ones do not (E-20, E-21, E-22, E-23)", async () => {
  await using server = await TestServer.start({
    groups: {
      maths: {
        "users": {
          "plain": { "password": "pass", "permissions": "op" },
          "pbkdf2": { "password": PBKDF2, "permissions": "present" },
          "bcrypt": { "password": BCRYPT, "permissions": "message" },
          "strange": { "password": { "type": "md5", "key": "x" } },
          "none": { "permissions": "op" },
        },
        "wildcard-user": {
          "password": { "type": "wildcard" },
          "permissions": "observe",
        },
      },
    },
  });
  const answer = async (username: string, password: string) => {
    const joined = await join(server.http, {
      group: "maths",
      username,
      password,
    });
    return joined["kind"] === "join" ? joined["permissions"] : joined["value"];
  };

  assert.deepEqual(await answer("plain", "pass"), [
    "op",
    "present",
    "message",
    "caption",
    "token",
  ]);
  assert.deepEqual(await answer("pbkdf2", "pass"), ["present", "message"]);
  assert.deepEqual(await answer("bcrypt", "pass"), ["message"]);
  for (const username of ["plain", "pbkdf2", "bcrypt", "none"]) {
    assert.equal(await answer(username, "wrong"), "not authorised", username);
    assert.equal(await answer(username, ""), "not authorised", username);
  }
  assert.equal(await answer("strange", "x"), "internal server error");
  // An empty list of permissions is left out on the wire (A.2).
  assert.deepEqual((await answer("stranger", "anything")) ?? [], []);

  // More at once than may run: they wait for each other, and all get in.
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => answer("bcrypt", "pass")),
  );
  assert.deepEqual(answers, Array(8).fill(["message"]));
});

Deno.test("A group file of an old version of Galène works (E.2)", async () => {
  await using server = await TestServer.start({
    groups: {
      old: {
        "op": [{ "username": "jch", "password": "1234" }],
        "presenter": [{}],
        "allow-subgroups": true,
        "allow-anonymous": true,
      },
    },
  });
  const permissions = async (group: string, username: string) =>
    (await join(server.http, { group, username, password: "1234" }))[
      "permissions"
    ];

  assert.ok(
    (await permissions("old", "jch") as string[]).includes("op"),
  );
  assert.deepEqual(await permissions("old", "ann"), ["present", "message"]);
  assert.deepEqual(await permissions("old/sub", "x"), ["present", "message"]);
});
