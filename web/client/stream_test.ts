import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeMediaStream, settle } from "./fake_environment.ts";
import { FakeTrack } from "./fake_peer.ts";
import {
  Diary,
  join,
  offerCamera,
  publishCamera,
  receiveCamera,
  watchCamera,
} from "./test_support.ts";

test("Stream offers itself when it has a track (A-40)", async () => {
  const joined = await join();
  const { stream } = await offerCamera(joined);

  assert.match(stream.id, /^[0-9a-f]{32}$/);
  assert.match(stream.localId, /^[a-z][0-9a-f]{32}$/);
  assert.equal(joined.connection.findByLocalId(stream.localId), stream);
  assert.deepEqual(joined.environment.socket.take(), [{
    type: "offer",
    id: stream.id,
    label: "camera",
    layers: true,
    sdp: "offer 1",
    source: joined.connection.id,
    username: "alice",
  }]);
});

test("Stream sends its candidates after its offer, and no end of them (A-49)", async () => {
  const joined = await join();
  const stream = joined.connection.newUpStream();
  const [peer] = joined.environment.peers;
  const release = peer?.gate("createOffer");
  peer?.addTransceiver(new FakeTrack("video").asTrack());
  peer?.gather("early");
  await settle();
  assert.deepEqual(joined.take(), []);

  release?.();
  await settle();
  peer?.gather("late");
  peer?.gather("");
  peer?.gather(null);

  const sent = joined.take();
  assert.deepEqual(sent.map(({ type }) => type), ["offer", "ice", "ice"]);
  assert.deepEqual(sent[1], {
    type: "ice",
    id: stream.id,
    candidate: { candidate: "early", sdpMid: "0" },
  });
});

test("Stream keeps the server's candidates until there is a description (A-42)", async () => {
  const joined = await join();
  const { stream, peer } = await offerCamera(joined);
  const candidate = { candidate: "c1", sdpMid: "0", sdpMLineIndex: 0 };
  await joined.say({ type: "ice", id: stream.id, candidate });
  assert.deepEqual(peer.candidates, []);

  await joined.say({ type: "answer", id: stream.id, sdp: "answer" });
  assert.deepEqual(peer.candidates, [{ candidate: "c1", after: 1 }]);

  // Candidates of an ICE restart belong to the answer that is to come.
  await stream.negotiate(true);
  await joined.say({
    type: "ice",
    id: stream.id,
    candidate: { ...candidate, candidate: "c2" },
  });
  await joined.say({ type: "answer", id: stream.id, sdp: "answer" });
  assert.deepEqual(peer.candidates[1], { candidate: "c2", after: 2 });
});

test("Stream.negotiate() merges what is asked while an offer is unanswered (A-47)", async () => {
  const joined = await join();
  const { stream, peer } = await offerCamera(joined);
  joined.take();
  await stream.negotiate();
  await stream.negotiate(true);
  await stream.negotiate();
  assert.deepEqual(joined.take(), []);

  await joined.say({ type: "answer", id: stream.id, sdp: "answer" });
  assert.deepEqual(joined.take().map(({ sdp }) => sdp), ["offer 2"]);
  assert.equal(peer.restarts, 1);

  await joined.say({ type: "answer", id: stream.id, sdp: "answer" });
  assert.deepEqual(joined.take(), []);
});

test("Stream.negotiate() makes one offer of wishes that come while it is made", async () => {
  const joined = await join();
  const stream = joined.connection.newUpStream();
  const [peer] = joined.environment.peers;
  const release = peer?.gate("createOffer");
  const both = [stream.negotiate(), stream.negotiate()];
  release?.();
  await Promise.all(both);

  assert.deepEqual(joined.take().map(({ sdp }) => sdp), ["offer 1"]);
});

test("Stream ignores answers that no offer waits for", async () => {
  const joined = await join();
  const { stream, peer } = await offerCamera(joined);
  const release = peer.gate("setRemoteDescription");
  await joined.say({ type: "answer", id: stream.id, sdp: "first" });
  await joined.say({ type: "answer", id: stream.id, sdp: "while applying" });
  release();
  await settle();
  await joined.say({ type: "answer", id: stream.id, sdp: "twice" });
  await joined.say({ type: "answer", id: "nobody's", sdp: "lost" });

  assert.deepEqual(peer.remotes, ["first"]);
  assert.equal(stream.closed, false);
});

test("Stream closes with an error if the answer is nonsense", async () => {
  const joined = await join();
  const diary = new Diary();
  const { stream, peer } = await offerCamera(joined);
  diary.follow(stream, "camera");
  joined.take();
  await joined.say({ type: "answer", id: stream.id, sdp: "nonsense" });

  assert.deepEqual(diary.entries, ["camera failed", "camera closed"]);
  assert.deepEqual(joined.take(), [{ type: "close", id: stream.id }]);
  assert.equal(peer.closed, true);
});

test("Stream.close() tells the server, but only of what it knows of", async () => {
  const joined = await join();
  const { stream } = await publishCamera(joined);
  joined.take();
  stream.close();
  stream.close();
  assert.deepEqual(joined.take(), [{ type: "close", id: stream.id }]);
  assert.deepEqual(joined.connection.up, {});

  joined.connection.newUpStream().close();
  assert.deepEqual(joined.take(), []);
});

test("Stream sends nothing that was under way when it was closed", async () => {
  const joined = await join();
  const up = joined.connection.newUpStream();
  const [peer] = joined.environment.peers;
  const releaseOffer = peer?.gate("createOffer");
  peer?.addTransceiver(new FakeTrack("video").asTrack());
  await settle();
  up.close();
  assert(peer);
  peer.closed = false; // so that only the library can hold the offer back
  releaseOffer?.();
  await settle();
  assert.deepEqual(joined.take(), []);

  joined.connection.ondownstream = () => {
    joined.environment.peers.at(-1)?.gate("createAnswer");
  };
  const { stream: down, peer: from } = await receiveCamera(joined, "f1");
  const releaseAnswer = from.gate("createAnswer");
  await joined.say({ type: "close", id: "f1" });
  releaseAnswer();
  await settle();
  assert.equal(down.closed, true);
  assert.deepEqual(joined.take(), []);
});

test("Stream ends when the server aborts it, and says so (A-53, A-58)", async () => {
  const joined = await join();
  const diary = new Diary();
  const { stream } = await publishCamera(joined);
  diary.follow(stream, "camera");
  joined.take();
  await joined.say({ type: "abort", id: stream.id });
  await joined.say({ type: "abort", id: stream.id });

  assert.deepEqual(diary.entries, ["camera aborted", "camera closed"]);
  assert.deepEqual(joined.take(), [{ type: "close", id: stream.id }]);
});

test("Stream restarts ICE when its connection fails, and when asked to (A-54)", async () => {
  const joined = await join();
  const { stream, peer } = await publishCamera(joined);
  joined.take();
  peer.transport("failed");
  await settle();
  assert.deepEqual(joined.take().map(({ type, id }) => [type, id]), [
    ["offer", stream.id],
  ]);
  assert.equal(peer.restarts, 1);

  await joined.say({ type: "answer", id: stream.id, sdp: "answer" });
  await joined.say({ type: "renegotiate", id: stream.id });
  assert.equal(peer.restarts, 2);
});

test("Stream asks for a new offer when a connection from the server fails (A-54)", async () => {
  const joined = await join();
  const { peer } = await watchCamera(joined, "f1");
  joined.take();
  peer.transport("failed");

  assert.deepEqual(joined.take(), [{ type: "renegotiate", id: "f1" }]);
});

test("Stream.restartIce() offers anew, or asks for an offer (A-54)", async () => {
  const joined = await join();
  const { stream, peer } = await publishCamera(joined);
  joined.take();
  stream.restartIce();
  await settle();
  assert.deepEqual(joined.take().map(({ type }) => type), ["offer"]);
  assert.equal(peer.restarts, 1);

  const { stream: theirs } = await watchCamera(joined, "f1");
  joined.take();
  theirs.restartIce();
  assert.deepEqual(joined.take(), [{ type: "renegotiate", id: "f1" }]);
});

test("Stream tells its status and when it is live, once", async () => {
  const joined = await join();
  const statuses: string[] = [];
  const diary = new Diary();
  const { stream, peer } = await offerCamera(joined);
  diary.follow(stream, "up");
  stream.onstatus = (status) => statuses.push(status);
  await joined.say({ type: "answer", id: stream.id, sdp: "answer" });
  assert.deepEqual(diary.entries, []);
  peer.transport("connected");
  peer.transport("disconnected");
  peer.transport("connected");

  assert.deepEqual(statuses, ["connected", "disconnected", "connected"]);
  assert.deepEqual(diary.entries, ["up live"]);
});

test("Stream from the server is announced before it is answered (A-45)", async () => {
  const joined = await join();
  const order: string[] = [];
  joined.connection.ondownstream = (stream) => {
    order.push(`stream ${stream.label} of ${stream.username}`);
    stream.onnegotiationcompleted = () => order.push("answered");
  };
  const { stream, peer } = await receiveCamera(joined, "f1");

  assert.deepEqual(order, ["stream camera of bob", "answered"]);
  assert.deepEqual(joined.take(), [
    { type: "answer", id: "f1", sdp: "answer to offer of f1" },
  ]);
  assert.equal(stream.source, "bob");

  peer.gather("c1");
  assert.deepEqual(joined.take(), [
    { type: "ice", id: "f1", candidate: { candidate: "c1", sdpMid: "0" } },
  ]);
});

test("Stream.ondowntrack is called with a MediaStream that has the track", async () => {
  const joined = await join();
  const { stream, peer } = await receiveCamera(joined, "f1");
  const got: [string, number][] = [];
  stream.ondowntrack = (track, _transceiver, media) =>
    got.push([track.kind, media.getTracks().length]);
  peer.track("audio");
  peer.track("video");

  assert.deepEqual(got, [["audio", 1], ["video", 2]]);
  assert.equal(stream.stream?.getTracks().length, 2);
});

test("Stream answers offers one after another, in their order", async () => {
  const joined = await join();
  joined.connection.ondownstream = (stream) => {
    stream.onerror = (error) => {
      throw error;
    };
  };
  const { peer } = await receiveCamera(joined, "f1");
  joined.take();
  const release = peer.gate("createAnswer");
  for (const sdp of ["second", "third"]) {
    await joined.say({ type: "offer", id: "f1", label: "camera", sdp });
  }
  const candidate = { candidate: "c3" };
  await joined.say({ type: "ice", id: "f1", candidate });
  assert.deepEqual(peer.candidates, []);
  release();
  await settle();

  assert.deepEqual(
    joined.take().map(({ sdp }) => sdp),
    ["answer to second", "answer to third"],
  );
  assert.deepEqual(peer.candidates, [{ candidate: "c3", after: 3 }]);
});

test("Stream that cannot be answered is aborted", async () => {
  const joined = await join();
  const diary = new Diary();
  joined.connection.ondownstream = (stream) => diary.follow(stream, "camera");
  await joined.say({ type: "offer", id: "f1", sdp: "nonsense" });

  assert.deepEqual(diary.entries, ["camera failed", "camera closed"]);
  assert.deepEqual(joined.take(), [{ type: "abort", id: "f1" }]);
  assert.deepEqual(joined.connection.down, {});
});

test("Stream with the id of one of ours is refused (G.9)", async () => {
  const joined = await join();
  const { stream } = await publishCamera(joined);
  joined.take();
  await joined.say({ type: "offer", id: stream.id, sdp: "offer" });

  assert.deepEqual(joined.take(), [{ type: "abort", id: stream.id }]);
  assert.equal(stream.closed, false);
});

test("Stream.request() and abort() speak of one stream (A-52, A-57)", async () => {
  const joined = await join();
  const { stream } = await watchCamera(joined, "f1");
  joined.take();
  stream.request(["audio"]);
  stream.request(null);
  stream.abort();
  assert.deepEqual(joined.take(), [
    { type: "requestStream", id: "f1", request: ["audio"] },
    { type: "requestStream", id: "f1", request: null },
    { type: "abort", id: "f1" },
  ]);
  assert.equal(stream.closed, false);

  const up = joined.connection.newUpStream();
  assert.throws(() => up.request([]), TypeError);
  assert.throws(() => up.abort(), TypeError);
  await assert.rejects(stream.setStream(fakeMediaStream([])), TypeError);
});

test("Stream.setStream() swaps tracks without an offer, and adds or drops kinds with one", async () => {
  const joined = await join();
  const stream = joined.connection.newUpStream();
  const [peer] = joined.environment.peers;
  const [sound, picture, other] = [
    new FakeTrack("audio").asTrack(),
    new FakeTrack("video").asTrack(),
    new FakeTrack("video", "another").asTrack(),
  ];
  await stream.setStream(fakeMediaStream([sound, picture]));
  await settle();
  await joined.say({ type: "answer", id: stream.id, sdp: "answer" });
  await joined.say({ type: "answer", id: stream.id, sdp: "answer" });
  joined.take();
  assert.deepEqual(peer?.senders.map(({ track }) => track), [sound, picture]);

  await stream.setStream(fakeMediaStream([other, sound]));
  await settle();
  assert.deepEqual(peer?.senders.map(({ track }) => track), [sound, other]);
  assert.deepEqual(joined.take(), []);

  await stream.setStream(fakeMediaStream([sound]));
  await settle();
  assert.deepEqual(peer?.senders.map(({ track }) => track), [sound, null]);
  assert.deepEqual(joined.take().map(({ type }) => type), ["offer"]);
});

test("Stream.setStatsInterval() yields rates and energy between two samples", async () => {
  const joined = await join();
  const { stream, peer } = await watchCamera(joined, "f1");
  const report = (timestamp: number, bytesReceived: number, energy: number) =>
    new Map([["in", {
      type: "inbound-rtp",
      timestamp,
      bytesReceived,
      trackIdentifier: "t1",
      totalAudioEnergy: energy,
      totalSamplesDuration: timestamp / 1_000,
    }]]) as unknown as RTCStatsReport;
  const seen: unknown[] = [];
  stream.onstats = (stats) => seen.push(stats);
  stream.setStatsInterval(500);
  peer.stats = report(1_000, 1_000, 1);
  await joined.environment.pass(500);
  peer.stats = report(1_500, 2_000, 1.25);
  await joined.environment.pass(500);
  stream.setStatsInterval(0);
  await joined.environment.pass(5_000);

  assert.deepEqual(seen, [{ t1: {} }, {
    t1: { rate: 16_000, audioEnergy: 0.5 },
  }]);
});
