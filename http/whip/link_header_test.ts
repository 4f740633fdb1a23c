import assert from "node:assert/strict";

import { toLinkHeaders } from "./link_header.ts";

Deno.test("toLinkHeaders() has one link for each URL (D-31, H.2)", () => {
  assert.deepEqual(toLinkHeaders({}), []);
  assert.deepEqual(
    toLinkHeaders({
      iceServers: [
        { urls: ["stun:stun.example.org"], credentialType: "password" },
        {
          urls: ["turn:a.example", "turn:a.example?transport=tcp"],
          username: 'to"ny',
          credential: "s\\3",
          credentialType: "password",
        },
      ],
    }),
    [
      '<stun:stun.example.org>; rel="ice-server"',
      '<turn:a.example>; rel="ice-server"; username="to\\"ny"; credential="s\\\\3"; credential-type="password"',
      '<turn:a.example?transport=tcp>; rel="ice-server"; username="to\\"ny"; credential="s\\\\3"; credential-type="password"',
    ],
  );
});
