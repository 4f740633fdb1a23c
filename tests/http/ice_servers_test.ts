/**
 * ICE servers of a running server: what members, and programs that speak WHIP,
 * are told of `ice-servers.json`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

import { TestServer } from "../support/server.ts";
import { waitFor } from "../support/wait_for.ts";
import { openClient } from "./join.ts";

const GROUPS = {
  maths: {
    "wildcard-user": {
      "password": { "type": "wildcard" },
      "permissions": "present",
    },
  },
};
const WHO = { group: "maths", username: "ann", password: "" };
const SECRET = "shared-with-the-turn-server";
const TURN = {
  urls: ["turn:turn.example.org:3478", "turn:turn.example.org?transport=tcp"],
  username: "nereid",
  credential: SECRET,
  credentialType: "hmac-sha1",
};

interface Configuration {
  readonly iceServers: readonly {
    readonly urls: readonly string[];
    readonly username?: string;
    readonly credential?: string;
    readonly credentialType: string;
  }[];
  readonly iceTransportPolicy?: string;
}

Deno.test("B-60 B-61 B-62 B-64 D-31 ICE servers come from a file, with passwords that end, and relay-only is told", async () => {
  await using server = await TestServer.start({
    groups: GROUPS,
    iceServers: [TURN],
    flags: ["-relay-only"],
  });
  await using ann = await openClient(server.http, WHO);
  const told = ann.answer["rtcConfiguration"] as Configuration;
  assert.equal(told.iceTransportPolicy, "relay");
  const { username = "", credential, ...rest } = told.iceServers[0]!;
  assert.deepEqual(rest, { urls: TURN.urls, credentialType: "password" });
  const [expiry, name] = username.split(":");
  const leftSeconds = Number(expiry) - Date.now() / 1_000;
  assert.ok(leftSeconds > 86_000 && leftSeconds <= 86_400, `${leftSeconds}`);
  assert.equal(name, "nereid");
  assert.equal(
    credential,
    createHmac("sha1", SECRET).update(username).digest("base64"),
  );
  const { headers } = await fetch(`${server.http}/group/maths/.whip`, {
    method: "OPTIONS",
  });
  const links = headers.get("Link") ?? "";
  assert.ok(links.includes(`<${TURN.urls[1]}>; rel="ice-server"`), links);
  assert.ok(links.includes(`username="${username}"`), links);

  // A file that cannot be used changes nothing; a good one is told at once.
  const file = `${server.folder}/data/ice-servers.json`;
  await Deno.writeTextFile(file, `[{"urls": ["stun:x"], "key": "${SECRET}"}]`);
  await waitFor(
    "the log to name the field",
    () => server.log(),
    (log) => /line 1, field "0.key": there is no such field/.test(log),
  );
  await Deno.writeTextFile(file, '[{"urls": ["stun:stun.example.org"]}]');
  const change = await waitFor(
    "members to be told",
    () => ann.messages.find(({ kind }) => kind === "change"),
    (message) => message !== undefined,
  );
  assert.deepEqual(change?.["rtcConfiguration"], {
    iceServers: [{
      urls: ["stun:stun.example.org"],
      credentialType: "password",
    }],
    iceTransportPolicy: "relay",
  });
  assert.ok(!server.log().includes(SECRET));
  assert.ok(!server.log().includes(credential!));
});
