import assert from "node:assert/strict";
import { test } from "node:test";
import { TestServer } from "./test_server.ts";

/** Somebody who publishes, and somebody who sees that. */
function meeting() {
  const server = new TestServer();
  const publisher = server.enter("p");
  server.say(publisher, { type: "offer", id: "S", sdp: "offer" });
  const key = { publisher: 1, negotiation: 1 };
  server.media({ kind: "publisher-answered", ...key, sdp: "answer" });
  server.media({
    kind: "publisher-tracks",
    publisher: 1,
    tracks: [{ kind: "audio", codec: "opus" }],
    complete: true,
  });
  const viewer = server.connect();
  const extensions = ["statistics", "something-else"];
  server.say(viewer, {
    type: "handshake",
    version: ["2"],
    id: "v",
    extensions,
  });
  const [greeting] = server.hear(viewer);
  server.join(viewer, { username: "v", password: "" });
  server.say(viewer, { type: "request", request: { "": ["audio"] } });
  return { server, publisher, viewer, greeting };
}

test("Router has a client that understands it told of its flows, and of no others", () => {
  const { server, viewer, greeting } = meeting();
  assert.deepEqual(greeting?.["extensions"], ["statistics"]);
  server.say(viewer, { type: "statistics" });
  assert.deepEqual(server.told.at(-1)?.client, { id: "v", up: [], down: [] });

  server.media({
    kind: "subscriber-offered",
    subscriber: 1,
    negotiation: 1,
    sdp: "offer",
    hasTracks: true,
  });
  server.say(viewer, { type: "statistics" });
  assert.deepEqual(server.told.at(-1), {
    kind: "tell-statistics",
    to: viewer,
    client: { id: "v", up: [], down: [{ id: "S", subscriber: 1 }] },
  });
});

test("Router takes a question for statistics as Galène would from who did not say so (A-4)", () => {
  const { server, publisher } = meeting();
  server.hear(publisher);
  server.say(publisher, { type: "statistics" });

  assert.equal(server.told.length, 0);
  assert.equal(server.hear(publisher).at(-1)?.["close"], 1002);
});
