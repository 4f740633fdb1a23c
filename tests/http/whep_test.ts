/**
 * Playing by WHEP at a running server, over HTTP and real media.
 *
 * @module
 */
import assert from "node:assert/strict";

import { TestServer } from "../support/server.ts";
import { readSsrcs } from "../support/test_sdp.ts";
import { waitFor, waitForValue } from "../support/wait_for.ts";
import { type JoinedClient, openClient } from "./join.ts";
import {
  ask,
  type Asking,
  FRAGMENT,
  hear,
  openPlayer,
  openProgram,
  SDP,
  sendSound,
} from "./program.ts";

const ANYBODY = (permissions: string) => ({
  "wildcard-user": { "password": { "type": "wildcard" }, permissions },
});
const OLGA = { "olga": { "password": "pw", "permissions": "op" } };
const GROUPS = {
  maths: { "users": OLGA, ...ANYBODY("present") },
  watched: { "users": OLGA, ...ANYBODY("observe") },
  closed: { "users": OLGA },
  small: { "max-clients": 2, ...ANYBODY("present") },
  moved: {
    "redirect": "https://other.example/group/x/",
    ...ANYBODY("present"),
  },
};
const TOKEN = {
  token: "studio",
  group: "closed",
  username: "studio",
  permissions: ["present"],
  expires: "2099-01-01T00:00:00Z",
};

async function start(): Promise<TestServer> {
  const server = await TestServer.start({ groups: GROUPS });
  await Deno.mkdir(`${server.folder}/data/var`, { recursive: true });
  const text = `${JSON.stringify(TOKEN)}\n`;
  await Deno.writeTextFile(`${server.folder}/data/var/tokens.jsonl`, text);
  return server;
}

/** A program that publishes sound in a group by WHIP. To be closed. */
async function openPublisher(server: TestServer, group: string, more: Asking) {
  const program = await openProgram();
  const created = await ask(server, "POST", `/group/${group}/.whip`, {
    body: program.offer,
    headers: SDP,
    ...more,
  });
  assert.equal(created.status, 201, created.text);
  await program.publish(created.text);
  const location = created.headers.get("Location") ?? "";
  return {
    ...program,
    /** Ends the flow. */
    end: () => ask(server, "DELETE", location, more),
  };
}

function post(
  server: TestServer,
  group: string,
  offer: string,
  more: Asking = {},
  query = "",
) {
  const path = `/group/${group}/.whep${query}`;
  return ask(server, "POST", path, { body: offer, headers: SDP, ...more });
}

/** The answer of a group in which a flow has just begun, or is about to. */
const play = (
  server: TestServer,
  group: string,
  offer: string,
  more: Asking = {},
) =>
  waitFor(
    "a flow to play",
    () => post(server, group, offer, more),
    ({ status }) => status !== 409,
  );

const findUser = (client: JoinedClient, username: string, kind = "add") =>
  hear(client, { type: "user", kind, username });

Deno.test("A player plays a flow by WHEP, restarts ICE and ends its session", async () => {
  await using server = await start();
  await using olga = await openClient(server.http, {
    group: "closed",
    username: "olga",
    password: "pw",
  });
  const token = "studio";
  using publisher = await openPublisher(server, "closed", { token });
  using player = await openPlayer();
  const created = await play(server, "closed", player.offer, { token });
  assert.equal(created.status, 201, created.text);
  assert.equal(created.headers.get("Content-Type"), "application/sdp");
  const location = created.headers.get("Location") ?? "";
  assert.match(location, /^\/group\/closed\/\.whep\/[\w-]{22}$/);
  const etag = created.headers.get("ETag") ?? "";
  assert.match(etag, /^"[\w-]+"$/);
  assert.match(created.text, /^a=setup:passive\r$/m);
  assert.match(created.text, /^a=candidate:/m);
  assert.match(created.text, /^a=end-of-candidates/m);
  assert.match(created.text, /^m=audio 9 UDP\/TLS\/RTP\/SAVPF 109\r$/m);
  // There is no picture to play.
  assert.match(created.text, /^m=video 0 /m);

  await player.connect(created.text);
  const [ssrc] = readSsrcs(created.text);
  let next = 5;
  await waitForValue("sound", () => {
    sendSound(publisher.peer, next++, 1);
    return player.packets.length >= 5 ? true : undefined;
  });
  for (const view of player.packets) {
    assert.deepEqual([view.payloadType, view.ssrc], [109, ssrc]);
  }

  const patch = (
    body: string,
    headers: Readonly<Record<string, string>> = {},
  ) =>
    ask(server, "PATCH", location, {
      body,
      token,
      headers: { ...FRAGMENT, ...headers },
    });
  const { iceUfrag, icePwd } = player.peer.local;
  const same = `a=ice-ufrag:${iceUfrag}\r\na=ice-pwd:${icePwd}\r\n`;
  assert.equal((await patch(same)).status, 204);
  assert.equal((await patch(same, { "If-Match": etag })).status, 204);
  assert.equal((await patch(same, { "If-Match": '"other"' })).status, 412);
  assert.equal((await patch("a=mid:0\r\n")).status, 400);
  assert.equal((await patch(same, SDP)).status, 415);
  const fresh = "a=ice-ufrag:HWmk\r\na=ice-pwd:6kyIjoI1lVhYJUeo1EyUq0Ei\r\n";
  assert.equal((await patch(fresh)).status, 428);
  const restarted = await patch(fresh, { "If-Match": "*" });
  assert.equal(restarted.status, 200, restarted.text);
  assert.equal(restarted.headers.get("Content-Type"), FRAGMENT["Content-Type"]);
  assert.notEqual(restarted.headers.get("ETag"), etag);
  const [oldUfrag, newUfrag] = [created, restarted].map(({ text }) =>
    /^a=ice-ufrag:(.*)\r$/m.exec(text)?.[1]
  );
  assert.ok(newUfrag);
  assert.notEqual(newUfrag, oldUfrag);
  assert.match(restarted.text, /^a=candidate:/m);
  assert.equal((await patch(same, { "If-Match": etag })).status, 412);

  const stranger = await ask(server, "DELETE", location);
  assert.equal(stranger.status, 403);
  const ended = await ask(server, "DELETE", location, { token });
  assert.deepEqual([ended.status, ended.text], [200, ""]);
  await findUser(olga, "studio", "delete");
  assert.equal((await ask(server, "DELETE", location, { token })).status, 404);
});

Deno.test("A WHEP session ends with its flow, and when its player is sent away", async () => {
  await using server = await start();
  await using olga = await openClient(server.http, {
    group: "maths",
    username: "olga",
    password: "pw",
  });
  using publisher = await openPublisher(server, "maths", {});
  using player = await openPlayer();
  const first = await play(server, "maths", player.offer);
  assert.equal(first.status, 201, first.text);
  const user = await findUser(olga, "whep");
  const dest = String(user["id"]);
  olga.say({ type: "chat", dest, value: "hello" });
  const value = "this user doesn't chat";
  await hear(olga, { type: "usermessage", kind: "error", value });
  olga.say({ type: "useraction", kind: "kick", dest });
  await hear(olga, { type: "user", kind: "delete", id: dest });
  const isGone = async (location: string) => {
    const { status } = await ask(server, "DELETE", location);
    return status === 404 ? true : undefined;
  };
  assert.ok(await isGone(first.headers.get("Location")!));

  const second = await play(server, "maths", player.offer);
  const other = await waitForValue(
    "the second player",
    () =>
      olga.messages.find((message) =>
        message["type"] === "user" && message["username"] === "whep" &&
        message["id"] !== dest
      ),
  );
  assert.equal((await publisher.end()).status, 200);
  await hear(olga, { type: "user", kind: "delete", id: other["id"] });
  assert.ok(await isGone(second.headers.get("Location")!));
  const nothing = await post(server, "maths", player.offer);
  assert.deepEqual([nothing.status, nothing.headers.get("Retry-After")], [
    409,
    "5",
  ]);
});

Deno.test("WHEP says who may not, and why", async () => {
  await using server = await start();
  using player = await openPlayer();
  const { offer } = player;

  const anonymous = await post(server, "closed", offer);
  assert.equal(anonymous.status, 401);
  assert.equal(anonymous.headers.get("WWW-Authenticate"), "Bearer");
  const wrong = await post(server, "closed", offer, { token: "wrong" });
  assert.equal(wrong.status, 401);
  assert.equal((await post(server, "none", offer)).status, 404);
  // Who may only watch may watch, as soon as there is something.
  assert.equal((await post(server, "watched", offer)).status, 409);
  const moved = await post(server, "moved", offer);
  assert.deepEqual([moved.status, moved.headers.get("Location")], [
    307,
    "https://other.example/group/x/.whep",
  ]);
  const wrongType = await post(server, "maths", offer, {
    headers: { "Content-Type": "text/plain" },
  });
  assert.deepEqual([wrongType.status, wrongType.headers.get("Accept")], [
    415,
    "application/sdp",
  ]);
  for (
    const bad of [
      "nonsense",
      "v=0\r\n",
      offer.replaceAll("a=recvonly", "a=sendonly"),
    ]
  ) {
    const { status, text } = await post(server, "maths", bad);
    assert.equal(status, 400);
    assert.match(text, /^Cannot use offer: /);
  }
  assert.equal((await post(server, "maths", "x".repeat(2 << 20))).status, 413);

  using publisher = await openPublisher(server, "small", {});
  const other = offer.replaceAll(/^a=rtpmap:.*$/gm, "a=rtpmap:109 L16/8000");
  const unable = await play(server, "small", other);
  assert.equal(unable.status, 406, unable.text);
  assert.equal((await post(server, "small", offer, {}, "?user=x")).status, 409);
  const fitting = "?user=whip&label=";
  assert.equal((await post(server, "small", offer, {}, fitting)).status, 201);
  const full = await post(server, "small", offer);
  assert.deepEqual([full.status, full.text], [503, "too many users\n"]);
  assert.equal((await publisher.end()).status, 200);

  const endpoint = "/group/maths/.whep";
  const headers = { "Origin": server.http };
  const options = await ask(server, "OPTIONS", endpoint, { headers });
  assert.equal(options.status, 200);
  const allowed = options.headers.get("Access-Control-Allow-Methods");
  assert.equal(allowed, "OPTIONS, POST");
  assert.equal(options.headers.get("Accept-Post"), "application/sdp");
  assert.equal(options.headers.get("Access-Control-Allow-Origin"), server.http);
  assert.match(options.headers.get("Vary") ?? "", /Origin/);
  const exposed = (await ask(server, "POST", endpoint, { headers })).headers
    .get("Access-Control-Expose-Headers");
  assert.equal(exposed, "Location, Content-Type, Link, ETag");
  assert.equal((await ask(server, "GET", endpoint)).status, 204);
  const put = await ask(server, "PUT", endpoint);
  assert.deepEqual([put.status, put.headers.get("Allow")], [
    405,
    "OPTIONS, POST",
  ]);
  const unknown = await ask(server, "DELETE", `${endpoint}/unknown`);
  assert.equal(unknown.status, 404);
});
