import assert from "node:assert/strict";

import { type App, createApp } from "./app.ts";
import type { TokenKeeper } from "./auth/token_keeper.ts";
import { createSystemClock } from "./clock.ts";
import { decodeClientMessage } from "./protocol/client_message.ts";
import type { GroupName, Username } from "./protocol/ids.ts";
import type { ServerMessage } from "./protocol/server_message.ts";
import { Router } from "./signalling/router.ts";
import { createTestLog } from "./tests/support/test_log.ts";
import { waitForValue } from "./tests/support/wait_for.ts";

/** An app without media that lets everybody in as an operator. */
function openApp(tokens: TokenKeeper) {
  const log = createTestLog();
  const app = createApp({
    router: new Router({ rtcConfiguration: {}, randomId: () => "id" }),
    authenticator: {
      check: (group) =>
        Promise.resolve({
          kind: "accepted",
          username: "olga" as Username,
          permissions: ["op", "token"],
          description: {
            name: group as GroupName,
            public: false,
            maxHistoryAgeMs: 1_000,
            autolock: false,
            autokick: false,
            canChangePassword: false,
          },
        }),
    },
    tokens,
    openMedia: () => ({ handle() {}, close: () => Promise.resolve() }),
    clock: createSystemClock(),
    log,
  });
  return { app, log };
}

/** A client in the group `g`; `answer` waits for a user message of a kind. */
function openClient(app: App) {
  const messages: ServerMessage[] = [];
  const handle = app.open({
    address: "192.0.2.1:5",
    send: (message) => messages.push(message),
    disconnect() {},
  });
  const say = (message: unknown) =>
    handle.receive(decodeClientMessage(JSON.stringify(message)));
  say({ type: "handshake", version: ["2"], id: "o" });
  say({ type: "join", kind: "join", group: "g", username: "olga" });
  const answer = (kind: string) =>
    waitForValue(
      kind,
      () =>
        messages.find((message) =>
          message.type === "usermessage" && message.kind === kind
        ),
    );
  return { say, answer };
}

Deno.test("App answers token actions with what those who keep tokens say (A-79)", async () => {
  const asked: unknown[] = [];
  const { app } = openApp({
    act(group, act) {
      asked.push([group, act]);
      return Promise.resolve({ kind: "tokens", tokens: [{ token: "t" }] });
    },
  });
  const client = openClient(app);
  client.say({ type: "groupaction", kind: "listtokens" });

  const answer = await client.answer("tokenlist");
  assert.deepEqual("value" in answer && answer.value, [{ token: "t" }]);
  assert.deepEqual(asked, [["g", { kind: "list" }]]);
  await app.close("");
});

Deno.test("App tells who asked, and the log, when the disk fails (A-77)", async () => {
  const { app, log } = openApp({
    act: () => Promise.reject(new Error("disk full")),
  });
  const client = openClient(app);
  client.say({
    type: "groupaction",
    kind: "maketoken",
    value: { group: "g", expires: 1000, permissions: [] },
  });

  const answer = await client.answer("token");
  assert.deepEqual(
    "error" in answer && [answer.error, answer.value],
    ["error", "internal server error"],
  );
  assert.deepEqual(log.lines.map(({ level, text }) => [level, text]), [
    ["error", "cannot act on tokens"],
  ]);
  await app.close("");
});
