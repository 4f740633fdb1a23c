/**
 * Tokens: those that the server keeps, and those that somebody else has signed.
 *
 * @module
 */
import assert from "node:assert/strict";

import { exportJWK, generateKeyPair, SignJWT } from "jose";

import { adminJson, ask, makeGroup, tryLogin } from "./ask.ts";
import { serverFolder, testOwn } from "./target.ts";

const REFUSED = "not authorised";
const FAR = "2999-01-01T00:00:00Z";

testOwn(
  "E-30 tokens are lines of JSON in a file",
  async () => {
    const group = await makeGroup();
    const path = `${serverFolder()}/data/var/tokens.jsonl`;
    const made = await adminJson("POST", `.groups/${group}/.tokens/`, {
      username: "gil",
      permissions: ["present"],
      expires: FAR,
    });
    const name = made.headers.get("Location") ?? "";
    const line = (await Deno.readTextFile(path)).split("\n")
      .find((line) => line.includes(name));
    const { issuedAt, ...rest } = JSON.parse(line ?? "");
    assert.deepEqual({ ...rest, expires: Date.parse(rest.expires) }, {
      token: name,
      group,
      username: "gil",
      permissions: ["present"],
      expires: Date.parse(FAR),
    });
    assert.ok(Date.parse(issuedAt) > 0);
  },
);

Deno.test("E-34 a token may be used again, and is revoked by an end in the past", async () => {
  const group = await makeGroup();
  const path = `.groups/${group}/.tokens/`;
  const fields = { username: "gil", permissions: ["present"], expires: FAR };
  const token = (await adminJson("POST", path, fields)).headers
    .get("Location") ?? "";
  for (let time = 0; time < 2; time++) {
    assert.deepEqual(await tryLogin(group, { token }), ["present"]);
  }
  const past = { ...fields, expires: "2020-01-01T00:00:00Z" };
  assert.equal((await adminJson("PUT", path + token, past)).status, 204);
  assert.equal(await tryLogin(group, { token }), REFUSED);
});

/** A group that trusts keys, and those who sign by them. */
async function makeTrusting(keys: readonly object[]): Promise<string> {
  const group = await makeGroup();
  const { status } = await adminJson("PUT", `.groups/${group}/.keys`, {
    keys,
  }, { type: "application/jwk-set+json" });
  assert.equal(status, 204);
  return group;
}

/** A random secret of so many bytes, as a key of an algorithm. */
function makeSecret(alg: string, size: number) {
  const secret = crypto.getRandomValues(new Uint8Array(size));
  const k = secret.toBase64({ alphabet: "base64url", omitPadding: true });
  return { secret, jwk: { kty: "oct", alg, k } };
}

function sign(
  group: string,
  key: CryptoKey | Uint8Array,
  header: { readonly alg: string; readonly kid?: string } = { alg: "HS256" },
): Promise<string> {
  return new SignJWT({
    aud: `https://anywhere.example/group/${group}/`,
    sub: "john",
    permissions: ["present"],
    exp: Math.floor(Date.now() / 1000) + 600,
  }).setProtectedHeader(header).sign(key);
}

Deno.test("E-40 H.2 keys of all five algorithms are taken, wrong ones refused", async () => {
  const secrets = ([["HS256", 32], ["HS384", 48], ["HS512", 64]] as const)
    .map(([alg, size]) => ({ alg, ...makeSecret(alg, size) }));
  const pairs = await Promise.all(
    ["ES256", "RS256"].map(async (alg) => {
      const pair = await generateKeyPair(alg, { extractable: true });
      const jwk = { ...await exportJWK(pair.publicKey), alg };
      return { alg, key: pair.privateKey, jwk };
    }),
  );
  const group = await makeTrusting(
    [...secrets, ...pairs].map(({ jwk }) => jwk),
  );
  for (const { alg, secret } of secrets) {
    const token = await sign(group, secret, { alg });
    assert.deepEqual(await tryLogin(group, { token }), ["present"], alg);
  }
  for (const { alg, key } of pairs) {
    const token = await sign(group, key, { alg });
    assert.deepEqual(await tryLogin(group, { token }), ["present"], alg);
  }
  const { jwk } = makeSecret("HS256", 32);
  const ecdsa = pairs[0]?.jwk;
  const bad = [
    { ...jwk, alg: undefined },
    { ...jwk, kty: undefined },
    { ...jwk, alg: "HS384" },
    { ...jwk, k: `${jwk.k}A=` },
    { ...ecdsa, x: ecdsa?.y },
    { kty: "OKP", alg: "EdDSA", crv: "Ed25519", x: jwk.k },
  ];
  for (const key of bad) {
    const { status } = await adminJson("PUT", `.groups/${group}/.keys`, {
      keys: [key],
    }, { type: "application/jwk-set+json" });
    assert.equal(status, 400, JSON.stringify(key));
  }
});

Deno.test("E-41 a key is chosen by algorithm and name; unsigned tokens are refused", async () => {
  const [one, two, nameless] = [
    makeSecret("HS256", 32),
    makeSecret("HS256", 32),
    makeSecret("HS256", 32),
  ];
  const group = await makeTrusting([
    { ...one.jwk, kid: "one" },
    { ...two.jwk, kid: "two" },
    nameless.jwk,
  ]);
  const login = async (key: Uint8Array, kid?: string) => {
    const header = { alg: "HS256", ...(kid === undefined ? {} : { kid }) };
    return await tryLogin(group, { token: await sign(group, key, header) });
  };
  assert.deepEqual(await login(two.secret, "two"), ["present"]);
  assert.deepEqual(await login(two.secret), ["present"]);
  assert.deepEqual(await login(nameless.secret), ["present"]);
  assert.equal(await login(two.secret, "one"), REFUSED);
  assert.equal(await login(nameless.secret, "one"), REFUSED);
  const good = await sign(group, one.secret);
  const [, payload] = good.split(".");
  const none = { alg: "none", typ: "JWT" };
  const header = new TextEncoder().encode(JSON.stringify(none))
    .toBase64({ alphabet: "base64url", omitPadding: true });
  assert.equal(
    await tryLogin(group, { token: `${header}.${payload}.` }),
    REFUSED,
  );
  const forged = `${good.slice(0, -4)}AAAA`;
  assert.equal(await tryLogin(group, { token: forged }), REFUSED);
});

Deno.test("E-51 a group's portal is told to whoever comes without a token", async () => {
  const group = await makeGroup({ "authPortal": "https://portal.example/" });
  const { text } = await ask(`/group/${group}/.status`);
  assert.equal(JSON.parse(text).authPortal, "https://portal.example/");
});
