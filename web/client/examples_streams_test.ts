/**
 * How to publish and show sound and pictures with the library. Each example is
 * a function of a connection that has joined.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeMediaStream, settle } from "./fake_environment.ts";
import { FakeTrack } from "./fake_peer.ts";
import type { ServerConnection, Stream } from "./mod.ts";
import { join, receiveCamera } from "./test_support.ts";

const camera = () => fakeMediaStream([new FakeTrack("video").asTrack()]);

test("Example: show what others send (A-45, A-55)", async () => {
  const joined = await join();
  const page = new Map<string, MediaStream>();

  function showAll(connection: ServerConnection) {
    connection.request({ "": ["audio", "video"], screenshare: ["video"] });
    connection.ondownstream = (stream) => {
      // `localId` stays the same when the stream is replaced by another.
      stream.ondowntrack = (_track, _transceiver, media) =>
        page.set(stream.localId, media);
      stream.onclose = (replaced) => {
        if (!replaced) page.delete(stream.localId);
      };
    };
  }

  showAll(joined.connection);
  assert.deepEqual(joined.take(), [{
    type: "request",
    request: { "": ["audio", "video"], screenshare: ["video"] },
  }]);
  const { stream, peer } = await receiveCamera(joined, "f1");
  peer.track("video");
  assert.deepEqual([...page.keys()], [stream.localId]);
  await joined.say({ type: "close", id: "f1" });
  assert.equal(page.size, 0);
});

test("Example: ask for less of one stream, or nothing of it (A-52, A-57)", async () => {
  const joined = await join();

  function save(stream: Stream) {
    stream.request(["audio", "video-low"]);
  }

  const { stream } = await receiveCamera(joined, "f1");
  joined.take();
  save(stream);
  stream.abort();
  stream.request(null); // as the others again
  assert.deepEqual(joined.take(), [
    { type: "requestStream", id: "f1", request: ["audio", "video-low"] },
    { type: "abort", id: "f1" },
    { type: "requestStream", id: "f1", request: null },
  ]);
});

test("Example: publish a camera, and take another without a gap (A-40, A-43)", async () => {
  const joined = await join();
  const told: string[] = [];

  async function publish(connection: ServerConnection, media: MediaStream) {
    const stream = connection.newUpStream();
    stream.label = "camera";
    stream.onabort = () => told.push("may not present");
    await stream.setStream(media); // which offers it
    return stream;
  }

  async function replace(old: Stream, media: MediaStream) {
    const stream = old.sc.newUpStream(old.localId);
    stream.label = old.label;
    await stream.setStream(media);
    return stream;
  }

  const first = await publish(joined.connection, camera());
  await settle();
  await joined.say({ type: "answer", id: first.id, sdp: "answer" });
  const second = await replace(first, camera());
  await settle();
  const offers = joined.take();
  assert.deepEqual(
    offers.map(({ id, label, replace }) => [id, label, replace]),
    [
      [first.id, "camera", undefined],
      [second.id, "camera", first.id],
    ],
  );
  assert.equal(second.localId, first.localId);
  assert.equal(first.closed, false); // it goes on until the second works

  second.close();
  assert.deepEqual(joined.take().map(({ type }) => type).at(0), "close");
  assert.equal(first.closed, true);
  assert.deepEqual(told, []);
});

test("Example: look for another way to the server when the network has changed (A-54)", async () => {
  const joined = await join();

  function handleNetworkChange({ up, down }: ServerConnection) {
    for (const stream of Object.values({ ...up, ...down })) {
      stream.restartIce();
    }
  }

  await receiveCamera(joined, "f1");
  joined.take();
  handleNetworkChange(joined.connection);
  assert.deepEqual(joined.take(), [{ type: "renegotiate", id: "f1" }]);
});

test("Example: show who speaks", async () => {
  const joined = await join();
  const speaking: string[] = [];

  function watch(connection: ServerConnection) {
    connection.ondownstream = (stream) => {
      stream.onstats = (stats) => {
        const energies = Object.values(stats).map(({ audioEnergy = 0 }) =>
          audioEnergy
        );
        if (Math.max(...energies) > 0.01) speaking.push(stream.username);
      };
      stream.setStatsInterval(100);
    };
  }

  watch(joined.connection);
  const { peer } = await receiveCamera(joined, "f1");
  const sample = (timestamp: number, totalAudioEnergy: number) =>
    new Map([["1", {
      type: "inbound-rtp",
      trackIdentifier: "a",
      timestamp,
      bytesReceived: 0,
      totalAudioEnergy,
      totalSamplesDuration: timestamp / 1_000,
    }]]) as unknown as RTCStatsReport;
  peer.stats = sample(0, 0);
  await joined.environment.pass(100);
  peer.stats = sample(100, 0.5);
  await joined.environment.pass(100);
  assert.deepEqual(speaking, ["bob"]);
});
