/**
 * Publishing by WHIP at a running server, over HTTP and real media.
 *
 * @module
 */
import assert from "node:assert/strict";

import { TestServer } from "../support/server.ts";
import { openClient } from "./join.ts";
import {
  ask,
  type Asking,
  FRAGMENT,
  hear,
  openProgram,
  SDP,
} from "./program.ts";

const EXPIRES = "2099-01-01T00:00:00Z";
const GROUPS = {
  maths: {
    "users": { "olga": { "password": "pw", "permissions": "op" } },
    "wildcard-user": {
      "password": { "type": "wildcard" },
      "permissions": "present",
    },
  },
  closed: { "users": { "olga": { "password": "pw", "permissions": "op" } } },
  over: {
    "expires": "2020-01-01T00:00:00Z",
    "wildcard-user": {
      "password": { "type": "wildcard" },
      "permissions": "present",
    },
  },
  quiet: {
    "wildcard-user": {
      "password": { "type": "wildcard" },
      "permissions": "observe",
    },
  },
  small: {
    "max-clients": 1,
    "wildcard-user": {
      "password": { "type": "wildcard" },
      "permissions": "present",
    },
  },
  moved: {
    "redirect": "https://other.example/group/x/",
    "wildcard-user": {
      "password": { "type": "wildcard" },
      "permissions": "present",
    },
  },
};
const TOKENS = [
  {
    token: "studio",
    group: "closed",
    username: "studio",
    permissions: ["present"],
    expires: EXPIRES,
  },
  {
    token: "nameless",
    group: "closed",
    permissions: ["present"],
    expires: EXPIRES,
  },
].map((token) => `${JSON.stringify(token)}\n`).join("");

async function start(): Promise<TestServer> {
  const server = await TestServer.start({ groups: GROUPS });
  await Deno.mkdir(`${server.folder}/data/var`, { recursive: true });
  await Deno.writeTextFile(`${server.folder}/data/var/tokens.jsonl`, TOKENS);
  return server;
}

Deno.test("A program publishes by WHIP, restarts ICE and ends its session (D-34 to D-39)", async () => {
  await using server = await start();
  await using olga = await openClient(server.http, {
    group: "closed",
    username: "olga",
    password: "pw",
  });
  olga.say({ type: "request", request: { "": ["audio", "video"] } });
  using program = await openProgram();

  const created = await ask(server, "POST", "/group/closed/.whip", {
    body: program.offer,
    token: "studio",
    headers: SDP,
  });
  assert.equal(created.status, 201, created.text);
  assert.equal(created.headers.get("Content-Type"), "application/sdp");
  const location = created.headers.get("Location") ?? "";
  assert.match(location, /^\/group\/closed\/\.whip\/[\w-]{22}$/);
  const etag = created.headers.get("ETag") ?? "";
  assert.match(etag, /^"[\w-]+"$/);
  assert.match(created.text, /^a=candidate:/m);
  assert.match(created.text, /^a=end-of-candidates/m);
  const user = await hear(olga, {
    type: "user",
    kind: "add",
    username: "studio",
  });
  assert.deepEqual(user["permissions"], ["present"]);
  await program.publish(created.text);
  const offer = await hear(olga, { type: "offer", username: "studio" });
  assert.equal("label" in offer, false);
  assert.equal(offer["source"], user["id"]);
  assert.equal(offer["id"], user["id"]);

  const patch = (body: string, more: Asking = {}) =>
    ask(server, "PATCH", location, {
      body,
      token: "studio",
      ...more,
      headers: { ...FRAGMENT, ...more.headers },
    });
  const { iceUfrag, icePwd } = program.peer.local;
  const same = `a=ice-ufrag:${iceUfrag}\r\na=ice-pwd:${icePwd}\r\n`;
  assert.equal((await patch(same)).status, 204);
  assert.equal(
    (await patch(same, { headers: { "If-Match": '"other"' } })).status,
    412,
  );
  assert.equal((await patch("a=mid:0\r\n")).status, 400);
  assert.equal(
    (await patch(same, { headers: { "Content-Type": "application/sdp" } }))
      .status,
    415,
  );
  assert.equal(
    (await ask(server, "PATCH", location, { body: same, headers: FRAGMENT }))
      .status,
    403,
  );
  const fresh = "a=ice-ufrag:HWmk\r\na=ice-pwd:6kyIjoI1lVhYJUeo1EyUq0Ei\r\n";
  const restarted = await patch(fresh, { headers: { "If-Match": etag } });
  assert.equal(restarted.status, 200, restarted.text);
  assert.equal(restarted.headers.get("Content-Type"), FRAGMENT["Content-Type"]);
  assert.notEqual(restarted.headers.get("ETag"), etag);
  assert.match(restarted.text, /^a=ice-ufrag:/m);
  assert.match(restarted.text, /^a=candidate:/m);
  assert.equal(
    (await patch(same, { headers: { "If-Match": etag } })).status,
    412,
  );

  const ended = await ask(server, "DELETE", location, { token: "studio" });
  assert.deepEqual([ended.status, ended.text], [200, ""]);
  await hear(olga, { type: "user", kind: "delete", username: "studio" });
  await hear(olga, { type: "close", id: user["id"] });
  assert.equal(
    (await ask(server, "DELETE", location, { token: "studio" })).status,
    404,
  );
});

Deno.test("WHIP says who may not, and why (D-31 to D-33, D-36, D-37, J-6)", async () => {
  await using server = await start();
  using program = await openProgram();
  const post = (group: string, more: Asking = {}) =>
    ask(server, "POST", `/group/${group}/.whip`, {
      body: program.offer,
      headers: SDP,
      ...more,
    });

  const anonymous = await post("closed");
  assert.equal(anonymous.status, 401);
  assert.equal(anonymous.headers.get("WWW-Authenticate"), "Bearer");
  assert.equal((await post("closed", { token: "wrong" })).status, 401);
  assert.equal((await post("none")).status, 404);
  assert.equal((await post("quiet")).status, 403);
  const over = await post("over");
  assert.deepEqual([over.status, over.text], [403, "this group is closed\n"]);
  const moved = await post("moved");
  assert.deepEqual([moved.status, moved.headers.get("Location")], [
    307,
    "https://other.example/group/x/.whip",
  ]);
  const wrongType = await post("maths", {
    headers: { "Content-Type": "text/plain" },
  });
  assert.deepEqual([wrongType.status, wrongType.headers.get("Accept")], [
    415,
    "application/sdp",
  ]);
  assert.equal(
    (await post("maths", { body: "x".repeat(2 << 20) })).status,
    413,
  );
  assert.equal((await post("maths", { body: "nonsense" })).status, 400);
  assert.equal(
    (await post("maths", { body: "v=0\r\n".repeat(20_000) })).status,
    400,
  );

  await using _first = await openClient(server.http, {
    group: "small",
    username: "x",
  });
  const full = await post("small");
  assert.deepEqual([full.status, full.text], [503, "too many users\n"]);

  const endpoint = "/group/maths/.whip";
  const origin = { "Origin": server.http };
  const options = await ask(server, "OPTIONS", endpoint, { headers: origin });
  assert.equal(options.status, 200);
  assert.equal(
    options.headers.get("Access-Control-Allow-Methods"),
    "OPTIONS, POST",
  );
  assert.equal(options.headers.get("Access-Control-Allow-Origin"), server.http);
  assert.match(options.headers.get("Vary") ?? "", /Origin/);
  const get = await ask(server, "GET", endpoint);
  assert.deepEqual([get.status, get.headers.get("Allow")], [
    405,
    "OPTIONS, POST",
  ]);
  const resource = await ask(server, "OPTIONS", `${endpoint}/unknown`);
  assert.equal(
    resource.headers.get("Access-Control-Allow-Methods"),
    "OPTIONS, DELETE, PATCH",
  );
  assert.equal(
    (await ask(server, "DELETE", `${endpoint}/unknown`)).status,
    404,
  );
});

Deno.test("Who publishes by WHIP can be seen and sent away, and is nobody to talk to (D-33, D-35, A-63, A-94)", async () => {
  await using server = await start();
  await using olga = await openClient(server.http, {
    group: "maths",
    username: "olga",
    password: "pw",
  });
  using program = await openProgram();
  const created = await ask(server, "POST", "/group/maths/.whip", {
    body: program.offer,
    headers: SDP,
  });
  assert.equal(created.status, 201);
  const user = await hear(olga, {
    type: "user",
    kind: "add",
    username: "whip",
  });
  const dest = String(user["id"]);

  olga.say({ type: "chat", dest, value: "hello" });
  await hear(olga, {
    type: "usermessage",
    kind: "error",
    value: "this user doesn't chat",
  });
  olga.say({ type: "useraction", kind: "op", dest });
  await hear(olga, {
    type: "usermessage",
    kind: "error",
    value: "this is not a real user",
  });
  olga.say({ type: "useraction", kind: "identify", dest });
  await hear(olga, { type: "usermessage", kind: "userinfo" });
  olga.say({ type: "useraction", kind: "kick", dest });
  await hear(olga, { type: "user", kind: "delete", id: dest });
  const location = created.headers.get("Location") ?? "";
  assert.equal((await ask(server, "DELETE", location)).status, 404);
});
