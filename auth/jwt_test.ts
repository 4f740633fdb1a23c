import assert from "node:assert/strict";

import { exportJWK, generateKeyPair, SignJWT } from "jose";

import { type AuthKey, AuthKeyError, importAuthKey } from "./auth_keys.ts";
import { checkJwt, isGroupPath, type JwtOutcome } from "./jwt.ts";

const NOW = new Date("2026-07-29T10:00:00Z");
const SECOND = NOW.getTime() / 1000;

/** The key of Galène's vectors (H.2). */
const KEY = {
  kty: "oct",
  alg: "HS256",
  k: "H7pCkktUl5KyPCZ7CKw09y1j460tfIv4dRcS1XstUKY",
  key_ops: ["sign", "verify"],
};

const HEADER = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9";

const VECTORS = {
  good:
    `${HEADER}.eyJzdWIiOiJqb2huIiwiYXVkIjoiaHR0cHM6Ly9nYWxlbmUub3JnOjg0NDMvZ3JvdXAvYXV0aC8iLCJwZXJtaXNzaW9ucyI6WyJwcmVzZW50Il0sImlhdCI6MTY0NTMxMDI5NCwiZXhwIjoyOTA2NzUwMjk0LCJpc3MiOiJodHRwOi8vbG9jYWxob3N0OjEyMzQvIn0.6xXpgBkBMn4PSBpnwYHb-gRn_Q97Yq9DoKkAf2_6iwc`,
  emptySub:
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIiLCJhdWQiOiJodHRwczovL2dhbGVuZS5vcmc6ODQ0My9ncm91cC9hdXRoLyIsInBlcm1pc3Npb25zIjpbInByZXNlbnQiXSwiaWF0IjoxNjQ1MzEwMjk0LCJleHAiOjI5MDY3NTAyOTQsImlzcyI6Imh0dHA6Ly9sb2NhbGhvc3Q6MTIzNC8ifQo.xwpHIRzKAIgiHKG1pVQyZlXcolmvRwNvBm6FN2gTwZw",
  noSub:
    "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJodHRwczovL2dhbGVuZS5vcmc6ODQ0My9ncm91cC9hdXRoLyIsInBlcm1pc3Npb25zIjpbInByZXNlbnQiXSwiaWF0IjoxNjQ1MzEwMjk0LCJleHAiOjI5MDY3NTAyOTQsImlzcyI6Imh0dHA6Ly9sb2NhbGhvc3Q6MTIzNC8ifQo.7LvoZEKPNVvsRe8SjLxmKa1TgjTA4ZQo2LMPJSXl-ro",
  none:
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.eyJzdWIiOiJqb2huIiwiYXVkIjoiaHR0cHM6Ly9nYWxlbmUub3JnOjg0NDMvZ3JvdXAvYXV0aC8iLCJwZXJtaXNzaW9ucyI6WyJwcmVzZW50Il0sImlhdCI6MTY0NTMxMDQ2OSwiZXhwIjoyOTA2NzUwNDY5LCJpc3MiOiJodHRwOi8vbG9jYWxob3N0OjEyMzQvIn0.",
  expired:
    `${HEADER}.eyJzdWIiOiJqb2huIiwiYXVkIjoiaHR0cHM6Ly9nYWxlbmUub3JnOjg0NDMvZ3JvdXAvYXV0aC8iLCJwZXJtaXNzaW9ucyI6WyJwcmVzZW50Il0sImlhdCI6MTY0NTMxMDMyMiwiZXhwIjoxNjQ1MzEwMzUyLCJpc3MiOiJodHRwOi8vbG9jYWxob3N0OjEyMzQvIn0.jyqRhoV6iK54SvlP33Fy630aDo-sLNmKKi1kcfqs378`,
  subgroups:
    `${HEADER}.eyJzdWIiOiJqb2huIiwiYXVkIjoiaHR0cHM6Ly9nYWxlbmUub3JnOjg0NDMvZ3JvdXAvYXV0aC8iLCJpbmNsdWRlLXN1Ymdyb3VwcyI6dHJ1ZSwicGVybWlzc2lvbnMiOlsicHJlc2VudCJdLCJpYXQiOjE2NDUzMTAyOTQsImV4cCI6MjkwNjc1MDI5NCwiaXNzIjoiaHR0cDovL2xvY2FsaG9zdDoxMjM0LyJ9.ty4B7cJPCGJPMadwOCNMGQirIByj1L9AxWiDFnBm5wA`,
};

async function check(
  jwt: string,
  group = "auth",
  canonicalHost: string | undefined = undefined,
  keys: readonly AuthKey[] = [KEY],
): Promise<JwtOutcome> {
  return await checkJwt(jwt, { group, keys, canonicalHost, now: NOW });
}

/** Signs claims by the vectors' key; a good token but for what is given. */
async function sign(
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  const secret = Uint8Array.fromBase64(KEY.k, { alphabet: "base64url" });
  return await new SignJWT({
    aud: "https://galene.org:8443/group/auth/",
    exp: SECOND + 60,
    ...claims,
  }).setProtectedHeader({ alg: "HS256", ...header }).sign(secret);
}

const JOHN = { kind: "good", username: "john", permissions: ["present"] };
const NOBODY = { kind: "good", username: "", permissions: ["present"] };
const REFUSED = { kind: "refused" };

Deno.test("checkJwt() judges Galène's vectors as Galène does (E-40, E-42, E-43, E-44, H.2)", async () => {
  const { good, emptySub, noSub, none, expired, subgroups } = VECTORS;

  assert.deepEqual(await check(good), JOHN);
  assert.deepEqual(await check(good, "auth", "galene.org:8443"), JOHN);
  assert.deepEqual(await check(good, "auth", "Galene.ORG:8443"), JOHN);
  assert.deepEqual(await check(good, "auth", "galene.org"), REFUSED);
  assert.deepEqual(await check(good, "not-auth"), REFUSED);
  assert.deepEqual(await check(good, "auth/subgroup"), REFUSED);
  assert.deepEqual(await check(emptySub), NOBODY);
  assert.deepEqual(await check(noSub), NOBODY);
  assert.deepEqual(await check(none), REFUSED);
  assert.deepEqual(await check(expired), REFUSED);
  assert.deepEqual(await check(subgroups), JOHN);
  assert.deepEqual(await check(subgroups, "auth/subgroup"), JOHN);
  assert.deepEqual(await check(`${good.slice(0, -2)}xx`), REFUSED, "forged");
  assert.deepEqual(await check(good, "auth", undefined, []), REFUSED);
});

Deno.test("checkJwt() leaves to others what is no JWT (E-33)", async () => {
  for (const token of ["", "secret", "a.b.c", "..", "a.b", "x".repeat(1e5)]) {
    assert.deepEqual(await check(token), { kind: "not-a-jwt" }, token);
  }
});

Deno.test("isGroupPath() tells whose path it is (E-43, H.2)", () => {
  const yes = [
    ["/group/a/", "a", false],
    ["/group/a/b/", "a/b", false],
    ["/group/a/", "a", true],
    ["/group/a/", "a/b", true],
    ["/group/a/b/", "a/b", true],
    ["/group/a/b/", "a/b/c", true],
  ] as const;
  const no = [
    ["/group/a/", "b", false],
    ["/group/a", "a", false],
    ["/group/a", "a", true],
    ["/group/a/", "a/b", false],
    ["/group/a/b/", "a", false],
    ["/group/a/b/", "a", true],
    ["/group/", "a", true],
    ["/", "a", true],
    ["", "a", true],
  ] as const;
  for (const [path, group, subgroups] of yes) {
    assert.equal(isGroupPath(path, group, subgroups), true, path);
  }
  for (const [path, group, subgroups] of no) {
    assert.equal(isGroupPath(path, group, subgroups), false, path);
  }
});

Deno.test("checkJwt() wants an audience that is the group's page (E-43)", async () => {
  const accepts = async (aud: unknown, host?: string) =>
    (await check(await sign({ aud }), "auth", host)).kind === "good";

  assert.ok(await accepts(["https://x.org/group/no/", "http://x/group/auth/"]));
  assert.ok(await accepts("https://galene.org:8443/group/%61uth/"));
  assert.ok(await accepts("http://galene.org/group/auth/?x#y", "galene.org"));
  assert.ok(!await accepts("https://user@evil.org/group/auth/", "user"));
  assert.ok(!await accepts("/group/auth/", "galene.org"));
  assert.ok(await accepts("/group/auth/"));
  assert.ok(!await accepts("https://x.org/group/x/../auth/"));
  assert.ok(!await accepts("https://x.org/group/auth"));
  assert.ok(!await accepts([]));
  assert.ok(!await accepts(7));
});

Deno.test("checkJwt() looks at times, with five seconds of grace (E-42)", async () => {
  const kind = async (claims: Record<string, unknown>) =>
    (await check(await sign(claims))).kind;

  assert.equal(await kind({ exp: undefined }), "refused");
  assert.equal(await kind({ exp: "2030" }), "refused");
  assert.equal(await kind({ exp: SECOND - 4 }), "good");
  assert.equal(await kind({ exp: SECOND - 5 }), "refused");
  assert.equal(await kind({ nbf: SECOND + 5 }), "good");
  assert.equal(await kind({ nbf: SECOND + 6 }), "refused");
  assert.equal(await kind({ iat: SECOND + 5 }), "good");
  assert.equal(await kind({ iat: SECOND + 6 }), "refused");
  assert.equal(await kind({ iss: 7, jti: {} }), "good");
});

Deno.test("checkJwt() takes permissions as they are (E-44)", async () => {
  assert.deepEqual(await check(await sign({ sub: "ann" })), {
    kind: "good",
    username: "ann",
    permissions: [],
  });
  assert.deepEqual(await check(await sign({ permissions: "op" })), REFUSED);
  assert.deepEqual(await check(await sign({ permissions: [1] })), REFUSED);
  assert.deepEqual(await check(await sign({ sub: 1 })), REFUSED);
});

Deno.test("checkJwt() chooses keys by algorithm and kid (E-41)", async () => {
  const other = { ...KEY, k: "4S9YZLHK1traIaXQooCnPfBw_yR8j9VEPaAMWAog_YQ" };
  const plain = await sign({ sub: "ann" });
  const named = await sign({ sub: "ann" }, { kid: "k1" });
  const kind = async (jwt: string, keys: readonly AuthKey[]) =>
    (await check(jwt, "auth", undefined, keys)).kind;

  assert.equal(await kind(plain, [other, KEY]), "good");
  assert.equal(await kind(named, [KEY]), "refused");
  assert.equal(await kind(named, [{ ...KEY, kid: "k2" }]), "refused");
  assert.equal(await kind(named, [KEY, { ...KEY, kid: "k1" }]), "good");
  assert.equal(await kind(plain, [{ ...KEY, kid: "k1" }]), "good");
  // A key of another algorithm is not looked at, a chosen one has to be right.
  assert.equal(await kind(plain, [{ kty: "RSA", alg: "RS256" }, KEY]), "good");
  await assert.rejects(kind(plain, [KEY, { ...KEY, k: "AAAA" }]), AuthKeyError);
});

Deno.test("checkJwt() knows all algorithms (E-40)", async () => {
  for (const [alg, size] of [["HS384", 48], ["HS512", 64]] as const) {
    const secret = crypto.getRandomValues(new Uint8Array(size));
    const k = secret.toBase64({ alphabet: "base64url", omitPadding: true });
    const jwt = await new SignJWT({ aud: "/group/auth/", exp: SECOND + 60 })
      .setProtectedHeader({ alg }).sign(secret);
    const outcome = await check(jwt, "auth", undefined, [
      { kty: "oct", alg, k },
    ]);
    assert.equal(outcome.kind, "good", alg);
  }
  for (const alg of ["ES256", "RS256"]) {
    const pair = await generateKeyPair(alg, { extractable: true });
    const jwt = await new SignJWT({ aud: "/group/auth/", exp: SECOND + 60 })
      .setProtectedHeader({ alg }).sign(pair.privateKey);
    const key = { ...await exportJWK(pair.publicKey), alg };
    const withPrivate = { ...await exportJWK(pair.privateKey), alg };
    for (const one of [key, withPrivate]) {
      const outcome = await check(jwt, "auth", undefined, [one]);
      assert.equal(outcome.kind, "good", alg);
    }
  }
});

Deno.test("importAuthKey() takes Galène's keys and refuses bad ones (E-40, H.2)", async () => {
  const EC = {
    kty: "EC",
    alg: "ES256",
    crv: "P-256",
    x: "dElK9qBNyCpRXdvJsn4GdjrFzScSzpkz_I0JhKbYC88",
    y: "pBhVb37haKvwEoleoW3qxnT4y5bK35_RTP7_RmFKR6Q",
  };
  await importAuthKey(EC);
  await importAuthKey(KEY);
  const bad: AuthKey[] = [
    {},
    { kty: "oct", alg: "none", k: "" },
    { kty: "oct", k: KEY.k },
    { alg: "HS256", k: KEY.k },
    { ...KEY, alg: "ES256" },
    { ...KEY, alg: "HS384" },
    { ...KEY, k: KEY.k.slice(0, -2) },
    { ...KEY, k: `${KEY.k}A` },
    { ...KEY, k: `${KEY.k}=` },
    { ...KEY, k: 7 },
    { ...KEY, k: undefined },
    { ...EC, crv: "P-384" },
    { ...EC, x: EC.y }, // not on the curve
    { kty: "RSA", alg: "RS256", n: "AQAB", e: "AQABAQABAQABAQAB" },
  ];
  for (const key of bad) {
    await assert.rejects(importAuthKey(key), AuthKeyError, JSON.stringify(key));
  }
});
