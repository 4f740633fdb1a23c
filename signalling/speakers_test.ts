import assert from "node:assert/strict";
import { test } from "node:test";
import { TICK_INTERVAL_MS } from "./effects.ts";
import { MAX_SPEAKERS, SPEAKERS_INTERVAL_MS } from "./speakers.ts";
import { TestServer } from "./test_server.ts";

const EVERYTHING = { "": ["audio", "video"] };

/** A group with people who publish, and one who hears who speaks. */
function meeting(publishers: number) {
  const server = new TestServer();
  for (let n = 1; n <= publishers; n++) {
    const session = server.enter(`p${n}`);
    server.say(session, { type: "offer", id: `S${n}`, sdp: "offer" });
    const answered = { publisher: n, negotiation: 1, sdp: "answer" };
    server.media({ kind: "publisher-answered", ...answered });
    server.media({
      kind: "publisher-tracks",
      publisher: n,
      tracks: [{ kind: "audio", codec: "opus" }],
      complete: true,
    });
  }
  const listener = server.connect();
  server.say(listener, {
    type: "handshake",
    version: ["2"],
    id: "listener",
    extensions: ["speaking", "something-else"],
  });
  server.join(listener, { username: "l", password: "" });
  server.hear(listener);
  const speak = (publisher: number, speaking = true) =>
    server.media({ kind: "publisher-speaking", publisher, speaking });
  const heard = () =>
    server.hear(listener).filter(({ type }) => type === "speaking")
      .map(({ flows = [] }) => flows);
  return { server, listener, speak, heard };
}

test("Speakers are told to those who asked, when they request and when it changes", () => {
  const { server, listener, speak, heard } = meeting(2);
  const other = server.enter("other");
  for (const session of [listener, other]) {
    server.say(session, { type: "request", request: EVERYTHING });
  }
  assert.deepEqual(heard(), [[]]);

  speak(2);
  server.pass(TICK_INTERVAL_MS);
  assert.deepEqual(heard(), [["S2"]]);
  speak(1);
  server.pass(SPEAKERS_INTERVAL_MS);
  assert.deepEqual(heard(), [["S2", "S1"]]);
  server.pass(1_000);
  assert.deepEqual(heard(), []);
  speak(2, false);
  server.pass(SPEAKERS_INTERVAL_MS);
  assert.deepEqual(heard(), [["S1"]]);

  const types = server.hear(other).map(({ type }) => type);
  assert.equal(types.includes("speaking"), false);
  const late = server.say(listener, { type: "request", request: EVERYTHING });
  assert.equal(late, undefined);
  assert.deepEqual(heard(), [["S1"]]);
});

test("Speakers that flicker are told at most so often", () => {
  const { server, speak, heard } = meeting(2);
  speak(1);
  server.pass(TICK_INTERVAL_MS);
  heard();
  for (let n = 0; n < 20; n++) {
    speak(2, n % 2 === 0);
    server.pass(TICK_INTERVAL_MS);
  }
  const most = 20 * TICK_INTERVAL_MS / SPEAKERS_INTERVAL_MS;
  assert.ok(heard().length <= most);
});

test("Speakers end with their flow and its connection, and are not too many", () => {
  const { server, speak, heard } = meeting(MAX_SPEAKERS + 2);
  for (let n = 1; n <= MAX_SPEAKERS + 2; n++) speak(n);
  server.pass(TICK_INTERVAL_MS);
  assert.equal((heard()[0] as string[]).length, MAX_SPEAKERS);

  for (let n = 3; n <= MAX_SPEAKERS + 2; n++) speak(n, false);
  server.media({ kind: "publisher-failed", publisher: 1 });
  server.pass(SPEAKERS_INTERVAL_MS);
  assert.deepEqual(heard(), [["S2"]]);
});
