import assert from "node:assert/strict";
import { test } from "node:test";
import { TestServer } from "./test_server.ts";

/** Somebody who publishes, and somebody who sees that and says how large. */
function meeting(extensions: readonly string[] = ["tiles"]) {
  const server = new TestServer();
  const publisher = server.enter("p");
  const viewer = server.connect();
  const handshake = { type: "handshake", version: ["2"], id: "v", extensions };
  server.say(viewer, handshake);
  server.join(viewer, { username: "v", password: "" });
  server.say(viewer, { type: "request", request: { "": ["video"] } });
  let lastKey = 0;
  /** The flow is published, and the viewer offered it. */
  const show = (offer: object) => {
    const publisherKey = ++lastKey;
    server.say(publisher, { type: "offer", sdp: "offer", ...offer });
    server.media({
      kind: "publisher-answered",
      publisher: publisherKey,
      negotiation: 1,
      sdp: "answer",
    });
    server.media({
      kind: "publisher-tracks",
      publisher: publisherKey,
      tracks: [{ kind: "video", codec: "vp8" }],
      complete: true,
    });
    const opened = server.commands().find(({ kind }) =>
      kind === "open-subscriber"
    );
    server.media({
      kind: "subscriber-offered",
      subscriber: publisherKey,
      negotiation: 1,
      sdp: "offer",
      hasTracks: true,
    });
    server.hear(viewer);
    return opened;
  };
  const tell = (id: string, pixels: number) => {
    server.say(viewer, { type: "tile", id, pixels });
    return server.commands();
  };
  return { server, viewer, show, tell };
}

test("Router tells media how large a flow is shown, once, and of no flow that one does not have", () => {
  const { server, viewer, show, tell } = meeting();
  const opened = show({ id: "S1" });
  assert.ok(opened?.kind === "open-subscriber");
  assert.equal(opened.tilePixels, undefined);

  assert.deepEqual(tell("S1", 900), [
    { kind: "weigh-subscriber", subscriber: 1, tilePixels: 900 },
  ]);
  assert.deepEqual(tell("S1", 900), []);
  assert.deepEqual(tell("S2", 900), []);
  assert.deepEqual(server.hear(viewer), []);
});

test("Router keeps for what replaces a flow how large that was shown", () => {
  const { show, tell } = meeting();
  show({ id: "S1" });
  tell("S1", 900);

  const opened = show({ id: "S2", replace: "S1" });
  assert.ok(opened?.kind === "open-subscriber");
  assert.equal(opened.tilePixels, 900);
  assert.deepEqual(tell("S2", 400), [
    { kind: "weigh-subscriber", subscriber: 2, tilePixels: 400 },
  ]);
});

test("Router takes sizes of tiles as Galène would from who did not say so (A-4)", () => {
  const { server, viewer, show, tell } = meeting([]);
  show({ id: "S1" });

  assert.deepEqual(
    tell("S1", 900).filter(({ kind }) => kind === "weigh-subscriber"),
    [],
  );
  assert.equal(server.hear(viewer).at(-1)?.["close"], 1002);
});
