/**
 * The administrative interface with whatever an administrator may send.
 *
 * @module
 */
import assert from "node:assert/strict";

import fc from "fast-check";

import { administer, startAdministered } from "./admin_client.ts";

const SEGMENTS = [
  ".groups",
  ".stats",
  ".users",
  ".tokens",
  ".keys",
  ".password",
  ".wildcard-user",
  ".empty-user",
  "maths",
  "constructor",
  "__proto__",
  "a%20b",
  "%2e%2e",
  "%00",
  "%5c",
  "%ff",
  "%C3%BC",
  "",
  "x".repeat(300),
];

const TYPES = [
  "application/json",
  "application/jwk-set+json",
  "text/plain",
];

const path = fc.array(fc.constantFrom(...SEGMENTS), { maxLength: 5 })
  .map((segments) => [".groups", ...segments].join("/"));

const names = fc.constantFrom(
  "users",
  "permissions",
  "password",
  "expires",
  "keys",
  "public",
  "codecs",
  "username",
  "type",
  "key",
  "includeSubgroups",
  "__proto__",
);

const body = fc.oneof(
  fc.constantFrom("{}", '"secret"', '{"permissions":"op"}', "", "\ud800"),
  fc.dictionary(names, fc.jsonValue()).map((value) => JSON.stringify(value)),
  fc.string(),
);

const request = fc.record({
  method: fc.constantFrom("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"),
  path,
  type: fc.constantFrom(...TYPES),
  body,
  ifMatch: fc.option(fc.constantFrom("*", '"x"', "W/", '"'), {
    nil: undefined,
  }),
});

/** What a well-meaning server says; 500 is not among it. */
const STATUSES = [200, 201, 204, 400, 404, 405, 409, 412, 415];

Deno.test("Nothing that an administrator sends breaks the server, or a file (D.4)", async () => {
  await using server = await startAdministered({ maths: {} });

  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, body, ifMatch, type }) => {
      const hasBody = method === "PUT" || method === "POST";
      const { status } = await administer(server.http, method, path, {
        ...(hasBody ? { type, body } : {}),
        ...(ifMatch === undefined ? {} : { ifMatch }),
      });
      assert.ok(STATUSES.includes(status), `${status}`);
    }),
    { numRuns: 500 },
  );

  const groups = (await administer(server.http, "GET", ".groups/")).json;
  for (const group of groups as string[]) {
    const url = group.split("/").map(encodeURIComponent).join("/");
    const { status } = await administer(server.http, "GET", `.groups/${url}`);
    assert.equal(status, 200, group);
  }
  assert.doesNotMatch(server.log(), / error /);
});
