/**
 * Invitations made, changed and listed by the members of a group, at a real
 * server.
 *
 * @module
 */
import assert from "node:assert/strict";

import { TestServer } from "../support/server.ts";
import { waitForValue } from "../support/wait_for.ts";
import { join, type JoinedClient, openClient } from "./join.ts";

const DAY_MS = 86_400_000;
const GROUP = {
  "users": { "olga": { "password": "pw", "permissions": "op" } },
};

type Answer = Readonly<Record<string, unknown>>;

/** Says a group action, and waits for the answer of that kind. */
async function ask(
  client: JoinedClient,
  kind: string,
  value: unknown,
): Promise<Answer> {
  const answer = kind === "listtokens" ? "tokenlist" : "token";
  const before = client.messages.length;
  client.say({ type: "groupaction", kind, value });
  return await waitForValue(
    `the answer to ${kind}`,
    () =>
      client.messages.slice(before).find((message) =>
        message["type"] === "usermessage" && message["kind"] === answer
      ),
  );
}

Deno.test("Operators invite over the WebSocket, for their own group (A-77, A-78, A-79, J-5)", async () => {
  await using server = await TestServer.start({
    groups: { maths: GROUP, music: GROUP },
  });
  const enter = (group: string) =>
    openClient(server.http, { group, username: "olga", password: "pw" });
  await using maths = await enter("maths");
  await using music = await enter("music");

  const made = await ask(maths, "maketoken", {
    group: "maths",
    expires: DAY_MS,
    permissions: ["present", "message"],
  });
  const token = made["value"] as Answer;
  assert.deepEqual([token["group"], token["permissions"], token["issuedBy"]], [
    "maths",
    ["present", "message"],
    "olga",
  ]);
  const secret = String(token["token"]);
  const guest = { username: "gil", token: secret };
  const joined = await join(server.http, { group: "maths", ...guest });
  assert.equal(joined["kind"], "join");
  assert.deepEqual(joined["permissions"], ["present", "message"]);
  const astray = await join(server.http, { group: "music", ...guest });
  assert.equal(astray["kind"], "fail");

  const end = { token: secret, expires: -1000 };
  const elsewhere = await ask(music, "edittoken", end);
  assert.deepEqual([elsewhere["error"], elsewhere["value"]], [
    "error",
    "no such token",
  ]);
  assert.deepEqual((await ask(music, "listtokens", null))["value"], []);
  const stillGood = await join(server.http, { group: "maths", ...guest });
  assert.equal(stillGood["kind"], "join");

  const edited = await ask(maths, "edittoken", end);
  const listed = await ask(maths, "listtokens", null);
  assert.deepEqual(listed["value"], [edited["value"]]);
  const late = await join(server.http, { group: "maths", ...guest });
  assert.deepEqual([late["kind"], late["value"]], ["fail", "not authorised"]);
});
