import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./fake_environment.ts";
import { FakeTrack } from "./fake_peer.ts";
import {
  Diary,
  join,
  offerCamera,
  publishCamera,
  receiveCamera,
  watchCamera,
} from "./test_support.ts";

async function publishing() {
  const joined = await join();
  const diary = new Diary();
  const old = await publishCamera(joined);
  diary.follow(old.stream, "old");
  joined.take();
  return { ...joined, joined, diary, old, localId: old.stream.localId };
}

async function watching() {
  const joined = await join();
  const diary = new Diary();
  const old = await watchCamera(joined, "old");
  diary.follow(old.stream, "old");
  joined.take();
  return { ...joined, joined, diary, old, localId: old.stream.localId };
}

test("newUpStream() keeps the old stream going until the new one is connected", async () => {
  const { joined, environment, connection, diary, old, localId } =
    await publishing();
  const { stream, peer } = await offerCamera(joined, localId);
  diary.follow(stream, "new");
  const [offer] = joined.take();
  assert.equal(offer?.["replace"], old.stream.id);
  assert.notEqual(stream.id, old.stream.id);
  assert.equal(stream.localId, localId);
  assert.equal(connection.findByLocalId(localId), stream);

  await environment.pass(60_000); // however long the server takes to answer
  environment.socket.receive({ type: "pong" });
  await joined.say({ type: "answer", id: stream.id, sdp: "answer" });
  assert.equal(old.peer.closed, false);
  peer.transport("connected");
  await environment.pass(1_499);
  assert.equal(old.peer.closed, false);
  await environment.pass(1);

  assert.equal(old.peer.closed, true);
  assert.deepEqual(diary.entries, ["new live", "old replaced"]);
  assert.deepEqual(Object.keys(connection.up), [stream.id]);
  assert.deepEqual(joined.take().filter(({ type }) => type !== "ping"), []);
});

test("newUpStream() lets the old stream go 10 s after the answer at most", async () => {
  const { joined, environment, diary, localId } = await publishing();
  const { stream } = await offerCamera(joined, localId);
  await joined.say({ type: "answer", id: stream.id, sdp: "answer" });
  await environment.pass(9_999);
  assert.deepEqual(diary.entries, []);
  await environment.pass(1);

  assert.deepEqual(diary.entries, ["old replaced"]);
});

test("newUpStream() names the stream to replace in the first offer only", async () => {
  const { joined, localId } = await publishing();
  const { stream } = await offerCamera(joined, localId);
  await joined.say({ type: "answer", id: stream.id, sdp: "answer" });
  joined.take();
  await stream.negotiate();

  assert.equal(joined.take()[0]?.["replace"], undefined);
});

test("newUpStream() of an unknown or closed localId makes a new stream", async () => {
  const { joined, connection, old, localId } = await publishing();
  old.stream.close();
  joined.take();
  const { stream } = await offerCamera(joined, localId);

  assert.equal(joined.take()[0]?.["replace"], undefined);
  assert.equal(connection.findByLocalId(localId), stream);
});

test("A refused replacement leaves the old stream as it was", async () => {
  const { joined, environment, connection, diary, old, localId } =
    await publishing();
  const { stream, peer } = await offerCamera(joined, localId);
  diary.follow(stream, "new");
  joined.take();
  await joined.say({ type: "abort", id: stream.id });
  assert.deepEqual(joined.take().map(({ type, id }) => [type, id]), [
    ["close", stream.id],
    ["offer", old.stream.id], // to make sure that the server has it
  ]);
  await joined.say({ type: "answer", id: old.stream.id, sdp: "answer" });
  await environment.pass(20_000);

  assert.deepEqual(diary.entries, ["new aborted", "new replaced"]);
  assert.equal(peer.closed, true);
  assert.equal(old.peer.closed, false);
  assert.equal(connection.findByLocalId(localId), old.stream);
});

test("A stream that the server does not confirm after a refusal ends", async () => {
  const { joined, environment, diary, localId } = await publishing();
  const { stream } = await offerCamera(joined, localId);
  await joined.say({ type: "abort", id: stream.id });
  await environment.pass(9_999);
  assert.deepEqual(diary.entries, []);
  await environment.pass(1);

  assert.deepEqual(diary.entries, ["old closed"]);
});

test("A replacement that cannot make its offer leaves the old stream as it was", async () => {
  const { joined, environment, connection, diary, old, localId } =
    await publishing();
  const stream = connection.newUpStream(localId);
  diary.follow(stream, "new");
  const peer = environment.peers.at(-1);
  assert(peer);
  peer.createOffer = () => Promise.reject(new Error("no codecs"));
  await stream.negotiate();

  assert.deepEqual(diary.entries, ["new failed", "new replaced"]);
  assert.equal(connection.findByLocalId(localId), old.stream);
  assert.deepEqual(joined.take(), []);
});

test("A replaced stream makes no offers, unless its replacement is refused", async () => {
  const { joined, old, localId } = await publishing();
  const { stream } = await offerCamera(joined, localId);
  joined.take();
  old.peer.transport("failed");
  await old.stream.negotiate();
  await settle();
  assert.deepEqual(joined.take(), []);

  await joined.say({ type: "abort", id: stream.id });
  const offers = joined.take().filter(({ type }) => type === "offer");
  assert.deepEqual(offers.map(({ id, replace }) => [id, replace]), [
    [old.stream.id, undefined],
  ]);
  assert.equal(old.peer.restarts, 1);
});

test("An offer that is in the making is not sent once the stream is being replaced", async () => {
  const { joined, old, localId } = await publishing();
  const release = old.peer.gate("createOffer");
  const negotiated = old.stream.negotiate();
  const { stream } = await offerCamera(joined, localId);
  release();
  await negotiated;

  assert.deepEqual(joined.take().map(({ id }) => id), [stream.id]);
});

test("Closing the new stream during the overlap ends both", async () => {
  const { joined, environment, connection, diary, localId } =
    await publishing();
  const { stream } = await publishCamera(joined, localId);
  diary.follow(stream, "new");
  joined.take();
  stream.close();

  assert.deepEqual(diary.entries, ["new closed", "old replaced"]);
  assert.deepEqual(joined.take(), [{ type: "close", id: stream.id }]);
  assert.equal(connection.findByLocalId(localId), undefined);
  assert.equal(environment.peers.every(({ closed }) => closed), true);
});

test("Closing the new stream before its answer closes both at the server", async () => {
  const { joined, old, localId } = await publishing();
  const { stream } = await offerCamera(joined, localId);
  joined.take();
  stream.close();

  assert.deepEqual(joined.take(), [
    { type: "close", id: stream.id },
    { type: "close", id: old.stream.id },
  ]);
});

test("Closing the old stream during the overlap leaves the new one alone", async () => {
  const { joined, connection, diary, old, localId } = await publishing();
  const { stream } = await publishCamera(joined, localId);
  old.stream.close();

  assert.deepEqual(diary.entries, ["old replaced"]);
  assert.equal(stream.closed, false);
  assert.equal(connection.findByLocalId(localId), stream);
});

test("Losing permission during the overlap ends both", async () => {
  const { joined, connection, diary, localId } = await publishing();
  const { stream } = await publishCamera(joined, localId);
  diary.follow(stream, "new");
  await joined.say({ type: "abort", id: stream.id });

  assert.deepEqual(diary.entries, [
    "new aborted",
    "new closed",
    "old replaced",
  ]);
  assert.deepEqual(connection.up, {});
});

test("A chain of replacements keeps the first stream until the last works", async () => {
  const { joined, environment, connection, diary, old, localId } =
    await publishing();
  const second = await offerCamera(joined, localId);
  const third = await offerCamera(joined, localId);
  diary.follow(second.stream, "second");
  diary.follow(third.stream, "third");
  assert.deepEqual(joined.take().map(({ replace }) => replace), [
    old.stream.id,
    second.stream.id,
  ]);

  // The server may drop the second one without an answer.
  await joined.say({ type: "answer", id: third.stream.id, sdp: "answer" });
  assert.equal(old.peer.closed, false);
  third.peer.transport("connected");
  await environment.pass(1_500);

  assert.deepEqual(diary.entries, [
    "third live",
    "second replaced",
    "old replaced",
  ]);
  assert.deepEqual(Object.keys(connection.up), [third.stream.id]);
  assert.deepEqual(joined.take(), []);
});

test("A chain's middle that works retires only what came before it", async () => {
  const { joined, environment, diary, localId } = await publishing();
  const second = await publishCamera(joined, localId);
  diary.follow(second.stream, "second");
  const third = await offerCamera(joined, localId);
  diary.follow(third.stream, "third");
  await environment.pass(20_000);
  assert.deepEqual(diary.entries, ["old replaced"]);

  await joined.say({ type: "abort", id: third.stream.id });
  assert.equal(second.stream.closed, false);
  assert.deepEqual(diary.entries.slice(1), ["third aborted", "third replaced"]);
});

test("A stream that was never offered is not named as replaced", async () => {
  const { joined, connection, environment, old, localId } = await publishing();
  const second = connection.newUpStream(localId);
  const third = await publishCamera(joined, localId);
  assert.equal(joined.take()[0]?.["replace"], old.stream.id);
  await environment.pass(1_500);

  assert.equal(second.closed, true);
  assert.deepEqual(Object.keys(connection.up), [third.stream.id]);
  assert.deepEqual(joined.take(), []);
});

test("What the server never replaced is closed there when the last one works", async () => {
  const { joined, environment, diary, old, localId } = await publishing();
  const second = await offerCamera(joined, localId);
  const third = await offerCamera(joined, localId);
  diary.follow(third.stream, "third");
  // The second is refused; so the third, which names it, replaces nothing.
  await joined.say({ type: "abort", id: second.stream.id });
  joined.take();
  await joined.say({ type: "answer", id: third.stream.id, sdp: "answer" });
  third.peer.transport("connected");
  await environment.pass(1_500);

  assert.deepEqual(diary.entries, ["third live", "old replaced"]);
  assert.deepEqual(joined.take(), [{ type: "close", id: old.stream.id }]);
});

test("A replaced received stream plays on until the new one delivers", async () => {
  const { joined, environment, connection, diary, old, localId } =
    await watching();
  const announced: string[] = [];
  connection.ondownstream = (stream) => {
    announced.push(stream.localId);
    assert.equal(old.stream.closed, false);
    diary.follow(stream, "new");
  };
  const { stream, peer } = await receiveCamera(joined, "new", "old");
  assert.deepEqual(announced, [localId]);
  assert.equal(connection.findByLocalId(localId), stream);

  const sound = peer.track("audio");
  const picture = peer.track("video");
  peer.transport("connected");
  sound.unmute(); // which is not yet a picture
  await environment.pass(5_000);
  assert.deepEqual(diary.entries, []);
  picture.unmute();
  await environment.pass(999);
  assert.equal(old.peer.closed, false);
  await environment.pass(1);

  assert.deepEqual(diary.entries, ["new live", "old replaced"]);
  assert.equal(old.peer.closed, true);
  assert.deepEqual(Object.keys(connection.down), ["new"]);
  assert.deepEqual(joined.take().map(({ type }) => type), ["answer"]);
});

test("A replaced received stream ends after 10 s if the new one never delivers", async () => {
  const { joined, environment, diary } = await watching();
  await receiveCamera(joined, "new", "old");
  await environment.pass(9_999);
  assert.deepEqual(diary.entries, []);
  await environment.pass(1);

  assert.deepEqual(diary.entries, ["old replaced"]);
});

test("A stream of sound alone takes over with its first packet", async () => {
  const { joined, environment, diary } = await watching();
  const { peer } = await receiveCamera(joined, "new", "old");
  const sound = peer.track("audio");
  sound.unmute(); // before the connection is told to stand
  peer.transport("connected");
  await environment.pass(1_000);

  assert.deepEqual(diary.entries, ["old replaced"]);
});

test("The server's close of the old stream during the overlap is a replacement", async () => {
  const { joined, connection, diary, localId } = await watching();
  const { stream } = await receiveCamera(joined, "new", "old");
  await joined.say({ type: "close", id: "old" });

  assert.deepEqual(diary.entries, ["old replaced"]);
  assert.equal(connection.findByLocalId(localId), stream);
});

test("The server's close of the new stream during the overlap ends both", async () => {
  const { joined, environment, connection, diary } = await watching();
  const { stream } = await receiveCamera(joined, "new", "old");
  diary.follow(stream, "new");
  await joined.say({ type: "close", id: "new" });
  await joined.say({ type: "close", id: "old" });

  assert.deepEqual(diary.entries, ["new closed", "old replaced"]);
  assert.deepEqual(connection.down, {});
  assert.equal(environment.peers.every(({ closed }) => closed), true);
});

test("A chain of received replacements keeps the first until the last delivers", async () => {
  const { joined, environment, connection, diary, localId } = await watching();
  const second = await receiveCamera(joined, "second", "old");
  const third = await receiveCamera(joined, "third", "second");
  diary.follow(second.stream, "second");
  diary.follow(third.stream, "third");
  assert.equal(third.stream.localId, localId);
  await environment.pass(5_000);
  const picture = third.peer.track("video");
  third.peer.transport("connected");
  picture.unmute();
  await environment.pass(1_000);

  assert.deepEqual(diary.entries, [
    "third live",
    "second replaced",
    "old replaced",
  ]);
  assert.deepEqual(Object.keys(connection.down), ["third"]);
});

test("A replacement of what has been replaced already joins the end of the chain", async () => {
  const { joined, environment, connection, localId } = await watching();
  await receiveCamera(joined, "second", "old");
  const third = await watchCamera(joined, "third", "old");
  assert.equal(third.stream.localId, localId);
  await environment.pass(1_000);

  assert.deepEqual(Object.keys(connection.down), ["third"]);
});

test("A replacement of an unknown stream is a new one", async () => {
  const { joined, connection, diary, localId } = await watching();
  const { stream } = await watchCamera(joined, "new", "gone long ago");

  assert.notEqual(stream.localId, localId);
  assert.deepEqual(Object.keys(connection.down), ["old", "new"]);
  assert.deepEqual(diary.entries, []);
});

test("A lost connection ends the old and the new stream alike", async () => {
  const { joined, environment, diary } = await watching();
  const { stream } = await receiveCamera(joined, "new", "old");
  diary.follow(stream, "new");
  environment.socket.drop(1006, "");

  assert.deepEqual(diary.entries, ["old replaced", "new closed"]);
  assert.equal(environment.timers, 0);
});

test("A stream that replaces another needs a track of its own to be offered", async () => {
  const { joined, environment, diary, localId } = await publishing();
  const stream = joined.connection.newUpStream(localId);
  await environment.pass(1_000);
  assert.deepEqual(joined.take(), []);
  assert.deepEqual(diary.entries, []);

  environment.peers.at(-1)?.addTransceiver(new FakeTrack("video").asTrack());
  await settle();
  assert.equal(joined.take()[0]?.["id"], stream.id);
});
