/**
 * Limits of a running server: named in its configuration, counted, and told to
 * administrators.
 *
 * @module
 */
import assert from "node:assert/strict";

import { idleOffer } from "../conformance/media.ts";
import { waitForValue } from "../support/wait_for.ts";
import { administer, startAdministered } from "./admin_client.ts";
import { join, openClient } from "./join.ts";

const GROUPS = {
  maths: {
    "users": {
      "ann": { "password": "right", "permissions": "present" },
      "bob": { "password": "right", "permissions": "present" },
    },
  },
};

Deno.test("Who gives too many wrong passwords has to pause, and nobody else (J-17)", async () => {
  await using server = await startAdministered(GROUPS, {
    "limits": { "failedLogins": 2 },
  });
  const enter = async (username: string, password: string) => {
    const answer = await join(server.http, {
      group: "maths",
      username,
      password,
    });
    return answer["value"] ?? answer["kind"];
  };
  assert.equal(await enter("ann", "wrong"), "not authorised");
  assert.equal(await enter("ann", "wrong"), "not authorised");
  assert.equal(
    await enter("ann", "right"),
    "too many failed attempts: wait a minute, then try again",
  );
  assert.equal(await enter("bob", "right"), "join");

  const ask = (as: string) =>
    administer(server.http, "GET", ".groups/", { as });
  assert.equal((await ask("eve:wrong")).status, 401);
  assert.equal((await ask("eve:wrong")).status, 401);
  const refused = await ask("eve:wrong");
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("Retry-After"), "60");
  assert.equal((await ask("root:pw")).status, 200);
});

Deno.test("Limits have names and counters that administrators see, and take effect at once (J-17)", async () => {
  await using server = await startAdministered(GROUPS, {
    "limits": { "messageBurst": 10, "messagesPerSecond": 1 },
  });
  const read = async () =>
    (await administer(server.http, "GET", ".limits")).json as {
      limits: Record<string, number>;
      refused: Record<string, number>;
    };
  const before = await read();
  assert.equal(before.limits["messageBurst"], 10);
  assert.equal(before.limits["queuedBytes"], 4 << 20);
  assert.equal(before.limits["messageBytes"], 1 << 20);
  assert.deepEqual(before.refused, {});
  const anonymous = await administer(server.http, "GET", ".limits", {
    as: null,
  });
  assert.equal(anonymous.status, 401);

  await using ann = await openClient(server.http, {
    group: "maths",
    username: "ann",
    password: "right",
  });
  for (let n = 0; n < 20; n += 1) ann.say({ type: "pong" });
  // What it sent on may end the connection before it has read why.
  await ann.closed;
  assert.equal(ann.messages.at(-1)!["value"], "too many messages");
  assert.equal((await read()).refused["messagesPerSecond"], 1);
});

Deno.test("Flows, tracks and lengths of messages are bounded as the configuration says (J-17)", async () => {
  await using server = await startAdministered(GROUPS, {
    "limits": {
      "flowsPerClient": 1,
      "tracksPerFlow": 2,
      "messageBytes": 9_000,
    },
  });
  await using ann = await openClient(server.http, {
    group: "maths",
    username: "ann",
    password: "right",
  });
  const offer = (id: string, more = "") => {
    const { sdp, ...rest } = idleOffer(id);
    ann.say({ ...rest, sdp: `${String(sdp).trimEnd()}\r\n${more}` });
  };
  const hear = (error: string) =>
    waitForValue(
      error,
      () => ann.messages.find((message) => message["error"] === error),
    );
  offer("cam-0", "m=audio 0 RTP/AVP 0\r\n".repeat(2));
  await hear("too-many-tracks");
  offer("cam-1");
  offer("cam-2");
  await hear("too-many-flows");
  ann.say({ type: "chat", value: "x".repeat(9_000) });
  await ann.closed;
  const limits = (await administer(server.http, "GET", ".limits")).json as {
    refused: Record<string, number>;
  };
  assert.deepEqual(limits.refused, {
    tracksPerFlow: 1,
    flowsPerClient: 1,
    messageBytes: 1,
  });
});

Deno.test("Programs from one address are bounded as the configuration says (J-17)", async () => {
  const guest = {
    "password": { "type": "wildcard" },
    "permissions": "present",
  };
  await using server = await startAdministered({
    studio: { "wildcard-user": guest },
  }, { "limits": { "programsPerAddress": 1, "tracksPerFlow": 1 } });
  const publish = async (sdp: string) => {
    const response = await fetch(`${server.http}/group/studio/.whip`, {
      method: "POST",
      headers: { "Content-Type": "application/sdp" },
      body: sdp,
    });
    return { status: response.status, text: await response.text() };
  };
  const { sdp } = idleOffer("unused") as { sdp: string };
  const tooMany = await publish(
    `${sdp.trimEnd()}\r\nm=audio 0 RTP/AVP 0\r\n`,
  );
  assert.equal(tooMany.status, 400, "tracks");
  assert.equal((await publish(sdp)).status, 201);
  const second = await publish(sdp);
  assert.equal(second.status, 429, second.text);
  const { json } = await administer(server.http, "GET", ".limits");
  assert.deepEqual((json as { refused: unknown }).refused, {
    tracksPerFlow: 1,
    programsPerAddress: 1,
  });
});
