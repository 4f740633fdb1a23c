import assert from "node:assert/strict";

import { toStartText } from "./start_text.ts";

const PLACES = {
  local: "http://localhost:8080",
  remote: "https://192.0.2.1:8443",
};
const FIRST = { group: "lobby", operatorToken: "OPER", guestToken: "GUEST" };

Deno.test("toStartText() has a link for each place and role at the first start", () => {
  const links = toStartText(PLACES, FIRST).match(/https?:\S+token=\S+/g);

  assert.deepEqual(links, [
    "http://localhost:8080/group/lobby/?token=OPER",
    "https://192.0.2.1:8443/group/lobby/?token=OPER",
    "http://localhost:8080/group/lobby/?token=GUEST",
    "https://192.0.2.1:8443/group/lobby/?token=GUEST",
  ]);
});

Deno.test("toStartText() has no secrets later, and no places that there are not", () => {
  const later = toStartText(PLACES, undefined);
  assert.doesNotMatch(later, /token/);
  assert.match(later, /https:\/\/192\.0\.2\.1:8443\//);
  assert.match(later, /self-signed/);

  const plain = toStartText({ local: PLACES.local, remote: undefined }, FIRST);
  assert.doesNotMatch(plain, /https|self-signed/);
});
