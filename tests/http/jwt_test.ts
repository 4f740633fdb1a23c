/**
 * Joining with tokens that an authentication server has signed.
 *
 * @module
 */
import assert from "node:assert/strict";

import { exportJWK, generateKeyPair, SignJWT } from "jose";

import { TestServer } from "../support/server.ts";
import { join } from "./join.ts";

Deno.test("A token that the group's key has signed lets in, as what it says (E-33, E-40 to E-44)", async () => {
  const pair = await generateKeyPair("ES256", { extractable: true });
  const key = { ...await exportJWK(pair.publicKey), alg: "ES256", kid: "k" };
  await using server = await TestServer.start({
    groups: {
      maths: {
        "auto-subgroups": true,
        "users": { "olga": { "password": "x", "permissions": "op" } },
        "authKeys": [key],
        "authServer": "https://auth.example/",
      },
      broken: { "authKeys": [{ "kty": "EC", "alg": "ES256" }] },
    },
  });
  const sign = (claims: Record<string, unknown>) =>
    new SignJWT({
      aud: "https://galene.example/group/maths/",
      permissions: ["present"],
      ...claims,
    }).setProtectedHeader({ alg: "ES256", kid: "k" }).setExpirationTime("1m")
      .sign(pair.privateKey);
  const answer = async (token: string, username?: string, group = "maths") => {
    const joined = await join(server.http, {
      group,
      token,
      ...(username === undefined ? {} : { username }),
    });
    return joined["kind"] === "join"
      ? `${joined["username"]}: ${joined["permissions"]}`
      : joined["value"];
  };

  const ann = await sign({ sub: "ann" });
  const anybody = await sign({});
  const subgroups = await sign({ sub: "ann", "include-subgroups": true });
  const past = await sign({ sub: "ann", nbf: 4_000_000_000 });
  assert.equal(await answer(ann), "ann: present");
  assert.equal(await answer(ann, "bob"), "ann: present");
  assert.equal(await answer(anybody, "bob"), "bob: present");
  assert.equal(await answer(anybody, "olga"), ": present", "a taken name");
  assert.equal(await answer(anybody), ": present", "never need-username");
  assert.equal(await answer(subgroups, "x", "maths/a"), "ann: present");
  assert.equal(await answer(ann, "x", "maths/a"), "not authorised");
  assert.equal(await answer(past), "not authorised");
  assert.equal(await answer(`${ann.slice(0, -4)}AAAA`), "not authorised");
  assert.equal(await answer("no-such-token", "bob"), "not authorised");

  const elsewhere = await new SignJWT({ aud: "https://x/group/broken/" })
    .setProtectedHeader({ alg: "ES256" }).setExpirationTime("1m")
    .sign(pair.privateKey);
  assert.equal(
    await answer(elsewhere, "x", "broken"),
    "internal server error",
    "its key is broken (E-40)",
  );
});
