import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_CLIENT_LIMITS } from "../protocol/client_limits.ts";
import type { FlowId, SessionId } from "../protocol/ids.ts";
import { TICK_INTERVAL_MS } from "./effects.ts";
import { PATIENCE_MS, PUSH_DELAY_MS } from "./flow_table.ts";
import { MAKE_BEFORE_BREAK_MS } from "./slot.ts";
import { SECOND_ANSWER_MS } from "./subscription.ts";
import { unclaimed } from "./test_client.ts";
import { TestServer, type Wire } from "./test_server.ts";

const BOTH = [{ kind: "audio" }, { kind: "video" }];
const EVERYTHING = { "": ["audio", "video"] };

/** A server with a publisher, `a1`, and viewers that want everything. */
function call(viewers = ["b1"]) {
  const server = new TestServer();
  const a1 = server.enter("a1");
  const others = viewers.map((id) => {
    const session = server.enter(id);
    server.say(session, { type: "request", request: EVERYTHING });
    return session;
  });
  server.hear(a1);
  for (const session of others) server.hear(session);
  const [b1 = a1, c1 = a1] = others;
  return { server, a1, b1, c1 };
}

/** Offers a flow; the plane's key for it is `publisher`. */
function offer(
  server: TestServer,
  session: SessionId,
  publisher: number,
  more: Wire,
): void {
  server.say(session, { type: "offer", sdp: "offer", ...more });
  answered(server, publisher, 1);
}

function answered(
  server: TestServer,
  publisher: number,
  negotiation: number,
): void {
  const kind = "publisher-answered";
  server.media({ kind, publisher, negotiation, sdp: `answer ${negotiation}` });
}

function tracks(
  server: TestServer,
  publisher: number,
  list: readonly object[] = BOTH,
  complete = true,
): void {
  server.media({ kind: "publisher-tracks", publisher, tracks: list, complete });
}

/** The plane has made an offer for a viewer. */
function offered(
  server: TestServer,
  subscriber: number,
  negotiation = 1,
): void {
  const sdp = `offer ${subscriber}#${negotiation}`;
  server.media({
    kind: "subscriber-offered",
    subscriber,
    negotiation,
    sdp,
    hasTracks: true,
  });
}

/** A viewer answers, and the plane takes it. */
function accept(
  server: TestServer,
  viewer: SessionId,
  id: string,
  subscriber: number,
  negotiation = 1,
): void {
  const sdp = `answer ${subscriber}#${negotiation}`;
  server.say(viewer, { type: "answer", id, sdp });
  const kind = "subscriber-answer-applied";
  server.media({ kind, subscriber, negotiation });
}

/** A flow of `a1`'s that one viewer has, with the keys 1 and 1. */
function shown() {
  const all = call();
  offer(all.server, all.a1, 1, { id: "S1", label: "camera" });
  tracks(all.server, 1);
  offered(all.server, 1);
  accept(all.server, all.b1, "S1", 1);
  all.server.media({ kind: "subscriber-live", subscriber: 1 });
  all.server.hear(all.a1);
  all.server.hear(all.b1);
  all.server.commands();
  return all;
}

const close = (id: string) => ({ type: "close", id });

test("FlowTable publishes, shows and unpublishes (K-3)", () => {
  const { server, a1, b1 } = call();

  server.say(a1, {
    type: "offer",
    id: "S1",
    label: "camera",
    source: "a1",
    username: "a1",
    kind: "",
    replace: null,
    sdp: "offer",
  });
  assert.deepEqual(server.commands(), [{
    kind: "open-publisher",
    publisher: 1,
    group: "g",
    codecs: ["vp8", "opus"],
    negotiation: 1,
    sdp: "offer",
  }]);
  answered(server, 1, 1);
  assert.deepEqual(server.hear(a1), [
    { type: "answer", id: "S1", sdp: "answer 1" },
  ]);
  tracks(server, 1);
  assert.deepEqual(server.commands(), [{
    kind: "open-subscriber",
    subscriber: 1,
    publisher: 1,
    viewer: 2,
    shows: "camera",
    negotiation: 1,
    wanted: { audio: true, video: "high" },
  }]);
  offered(server, 1);
  assert.deepEqual(server.hear(b1), [{
    type: "offer",
    id: "S1",
    label: "camera",
    source: "a1",
    username: "a1",
    sdp: "offer 1#1",
  }]);
  accept(server, b1, "S1", 1);
  assert.deepEqual(server.commands(), [{
    kind: "answer-subscriber",
    subscriber: 1,
    negotiation: 1,
    sdp: "answer 1#1",
  }]);
  server.say(a1, { type: "close", id: "S1" });
  assert.deepEqual(server.hear(b1), [close("S1")]);
  assert.deepEqual(server.commands(), [
    { kind: "close-subscriber", subscriber: 1 },
    { kind: "close-publisher", publisher: 1 },
  ]);
});

test("FlowTable takes flows from who may no longer publish (K-4, A-58)", () => {
  const { server, a1, b1 } = shown();
  const op = server.enter("o", "op");
  server.hear(a1);
  server.hear(b1);

  server.say(op, { type: "useraction", kind: "unpresent", dest: "a1" });

  const heard = server.hear(a1);
  assert.deepEqual(heard.map(({ type, kind }) => [type, kind]), [
    ["joined", "change"],
    ["abort", undefined],
    ["usermessage", "error"],
    ["user", "change"],
  ]);
  assert.deepEqual(heard[0]?.permissions, ["message"]);
  assert.equal(heard[2]?.value, "permission denied");
  assert.deepEqual(server.hear(b1)[0], close("S1"));
});

test("FlowTable pushes 200 ms after the first track, or when all are there", () => {
  const { server, a1, b1 } = call();
  offer(server, a1, 1, { id: "S1" });
  server.commands();

  tracks(server, 1, [{ kind: "audio" }], false);
  server.pass(PUSH_DELAY_MS - 1);
  assert.deepEqual(server.commands(), []);
  server.pass(1);

  assert.equal(server.commands()[0]?.kind, "open-subscriber");
  assert.deepEqual(server.hear(b1), [], "nothing before there is an offer");
});

test("FlowTable refuses an id that is taken; nobody else notices (A-41, A-59, J-4)", () => {
  const { server, a1, b1 } = shown();
  const elsewhere = server.greet("h1");
  server.join(elsewhere, { group: "h" });

  for (const other of [b1, elsewhere]) {
    server.hear(other);
    server.say(other, { type: "offer", id: "S1", sdp: "offer" });

    const [abort, error] = server.hear(other);
    assert.deepEqual(abort, { type: "abort", id: "S1" });
    assert.equal(error?.error, "flow-id-taken");
    assert.deepEqual(server.commands(), []);
    assert.deepEqual(server.hear(a1), []);
  }
});

test("FlowTable renegotiates a flow of one's own, and answers the latest offer", () => {
  const { server, a1 } = shown();

  server.say(a1, { type: "offer", id: "S1", sdp: "second" });
  server.say(a1, { type: "offer", id: "S1", sdp: "third" });
  assert.deepEqual(
    server.commands().map((command) =>
      "negotiation" in command && command.negotiation
    ),
    [2, 3],
  );
  answered(server, 1, 2);
  assert.deepEqual(server.hear(a1), []);
  answered(server, 1, 3);

  assert.deepEqual(server.hear(a1), [
    { type: "answer", id: "S1", sdp: "answer 3" },
  ]);
});

test("FlowTable goes on with a flow whose renegotiation is refused", () => {
  const { server, a1, b1 } = shown();

  server.say(a1, { type: "offer", id: "S1", sdp: "bad" });
  server.media({
    kind: "publisher-refused",
    publisher: 1,
    negotiation: 2,
    reason: "no fingerprint",
  });

  assert.deepEqual(server.hear(a1).map(({ type, value }) => value ?? type), [
    "abort",
    "no fingerprint",
  ]);
  assert.deepEqual(server.hear(b1), []);
  assert.deepEqual(server.router.counts.flows, 1);
});

test("FlowTable limits how many flows one client has", () => {
  const { server, a1 } = call();
  for (let i = 0; i < DEFAULT_CLIENT_LIMITS.flowsPerClient; i++) {
    server.say(a1, { type: "offer", id: `S${i}`, sdp: "offer" });
  }
  assert.deepEqual(server.hear(a1), []);

  server.say(a1, { type: "offer", id: "more", sdp: "offer" });

  assert.equal(server.hear(a1)[1]?.error, "too-many-flows");
});

test("FlowTable limits how many tracks a flow has, first and later (J-17)", () => {
  const { server, a1 } = call();
  const sections = (count: number) => `v=0\n${"m=audio\n".repeat(count)}`;
  const { tracksPerFlow } = DEFAULT_CLIENT_LIMITS;

  server.say(a1, { type: "offer", id: "S1", sdp: sections(tracksPerFlow + 1) });

  const [abort, error] = server.hear(a1);
  assert.deepEqual([abort?.type, abort?.id], ["abort", "S1"]);
  assert.equal(error?.error, "too-many-tracks");
  assert.equal(server.router.counts.flows, 0);

  server.say(a1, { type: "offer", id: "S1", sdp: sections(tracksPerFlow) });
  assert.deepEqual(server.hear(a1), []);
  server.say(a1, { type: "offer", id: "S1", sdp: sections(tracksPerFlow + 1) });
  assert.equal(server.hear(a1)[1]?.error, "too-many-tracks");
  assert.equal(server.router.counts.flows, 1, "what it had goes on");
  assert.equal(server.router.counts.refused.tracksPerFlow, 2);
});

test("FlowTable holds flows back from one who answers nothing, and nobody else (J-17)", () => {
  const server = new TestServer();
  const a1 = server.enter("a1");
  server.limits = { ...DEFAULT_CLIENT_LIMITS, unansweredOffers: 2 };
  const b1 = server.enter("b1");
  server.say(b1, { type: "request", request: EVERYTHING });
  for (let i = 1; i <= 4; i++) {
    offer(server, a1, i, { id: `S${i}`, label: "camera" });
    tracks(server, i);
  }
  server.pass(PUSH_DELAY_MS);
  assert.equal(server.router.counts.subscriptions, 2);
  assert.equal(server.router.counts.refused.unansweredOffers, 2);

  offered(server, 1);
  accept(server, b1, "S1", 1);
  server.pass(TICK_INTERVAL_MS);
  assert.equal(server.router.counts.subscriptions, 3, "it has answered one");

  server.say(a1, { type: "close", id: "S2" });
  server.pass(TICK_INTERVAL_MS);
  assert.equal(server.router.counts.subscriptions, 3, "one is gone");

  server.say(b1, { type: "request", request: {} });
  server.pass(TICK_INTERVAL_MS);
  assert.equal(server.router.counts.subscriptions, 0, "it wants nothing");
});

test("FlowTable replaces without a gap and without a close (A-43, A-45, J-9)", () => {
  const { server, a1, b1 } = shown();

  offer(server, a1, 2, { id: "S2", label: "camera", replace: "S1" });
  server.pass(PUSH_DELAY_MS * 3);
  assert.deepEqual(server.hear(b1), [], "tracks are slow to come");
  tracks(server, 2);
  offered(server, 2);
  const [heard, ...rest] = server.hear(b1);
  assert.deepEqual([heard?.type, heard?.id, heard?.replace], [
    "offer",
    "S2",
    "S1",
  ]);
  assert.deepEqual(rest, []);
  accept(server, b1, "S2", 2);
  server.commands();

  server.media({ kind: "subscriber-live", subscriber: 2 });

  assert.deepEqual(server.commands(), [
    { kind: "close-subscriber", subscriber: 1 },
    { kind: "close-publisher", publisher: 1 },
  ]);
  assert.deepEqual(server.hear(b1), []);
});

test("FlowTable leaves the old flow alone if the new one is refused", () => {
  const { server, a1, b1 } = shown();

  server.say(a1, { type: "offer", id: "S2", replace: "S1", sdp: "bad" });
  server.media({
    kind: "publisher-refused",
    publisher: 2,
    negotiation: 1,
    reason: "no fingerprint",
  });
  assert.deepEqual(server.hear(a1)[0], { type: "abort", id: "S2" });
  server.say(a1, { type: "offer", id: "S1", sdp: "again" });

  assert.equal(server.commands().at(-1)?.kind, "renegotiate-publisher");
  assert.deepEqual(server.hear(b1), []);
});

test("FlowTable lets an owner do nothing with what it has replaced", () => {
  const { server, a1, b1 } = shown();
  offer(server, a1, 2, { id: "S2", replace: "S1" });
  server.hear(a1);
  server.commands();

  server.say(a1, { type: "close", id: "S1" });
  assert.deepEqual(server.commands(), []);
  server.say(a1, { type: "offer", id: "S1", sdp: "again" });
  offer(server, a1, 3, { id: "S3", replace: "S1" });

  const heard = server.hear(a1);
  assert.equal(heard[1]?.error, "flow-id-taken");
  assert.deepEqual(heard[2]?.type, "answer", "S3 just opens");
  assert.deepEqual(server.hear(b1), []);
});

test("FlowTable carries a replacement over several flows", () => {
  const { server, a1, b1 } = shown();
  offer(server, a1, 2, { id: "S2", replace: "S1" });
  offer(server, a1, 3, { id: "S3", replace: "S2" });
  tracks(server, 3);
  offered(server, 2);

  const heard = server.hear(b1);
  assert.deepEqual(heard.map(({ id, replace }) => [id, replace]), [
    ["S3", "S1"],
  ]);
});

test("FlowTable carries over what was pushed and not yet offered", () => {
  const { server, a1, b1 } = shown();
  offer(server, a1, 2, { id: "S2", replace: "S1" });
  tracks(server, 2);
  offer(server, a1, 3, { id: "S3", replace: "S2" });
  tracks(server, 3);
  offered(server, 2);
  assert.deepEqual(server.hear(b1), [], "S2 is closed again");
  offered(server, 3);

  assert.deepEqual(server.hear(b1).map(({ id, replace }) => [id, replace]), [
    ["S3", "S1"],
  ]);
});

test("FlowTable lets a flow claim what a refused one was to replace", () => {
  const { server, a1, b1 } = shown();
  server.say(a1, { type: "offer", id: "S2", replace: "S1", sdp: "bad" });
  server.say(a1, { type: "offer", id: "S3", replace: "S2", sdp: "good" });
  server.media({
    kind: "publisher-refused",
    publisher: 2,
    negotiation: 1,
    reason: "bad",
  });
  answered(server, 3, 1);
  tracks(server, 3);
  offered(server, 2);

  assert.deepEqual(server.hear(b1).map(({ id, replace }) => [id, replace]), [
    ["S3", "S1"],
  ]);
});

test("FlowTable just opens what replaces nothing, or another's flow", () => {
  const { server, a1, b1, c1 } = call(["b1", "c1"]);
  offer(server, a1, 1, { id: "S1" });
  tracks(server, 1);
  offered(server, 1);
  server.hear(b1);

  offer(server, b1, 2, { id: "S2", replace: "S1" });
  offer(server, b1, 3, { id: "S3", replace: "gone" });
  tracks(server, 2);
  offered(server, 3);

  assert.deepEqual(server.hear(a1).map(({ type }) => type), ["answer"]);
  assert.deepEqual(server.hear(b1).map(({ type }) => type), [
    "answer",
    "answer",
  ]);
  assert.deepEqual(server.hear(c1).map(({ id, replace }) => [id, replace]), [
    ["S2", undefined],
  ]);
});

test("FlowTable closes the old flow for viewers if the new one ends or stays empty", () => {
  const ends: ((server: TestServer, a1: SessionId) => void)[] = [
    (server, a1) => server.say(a1, close("S2")),
    (server, a1) => server.give({ kind: "disconnected", session: a1 }),
    (server, a1) => {
      for (let i = 0; i < 2; i++) {
        server.pass(PATIENCE_MS / 2);
        server.say(a1, { type: "ping" });
      }
    },
  ];
  for (const end of ends) {
    const { server, a1, b1 } = shown();
    offer(server, a1, 2, { id: "S2", replace: "S1" });

    end(server, a1);

    const [heard] = server.hear(b1).filter(({ type }) => type !== "ping");
    assert.deepEqual(heard, close("S1"));
    assert.ok(
      server.commands().some((command) =>
        command.kind === "close-publisher" && command.publisher === 1 as never
      ),
    );
  }
});

test("FlowTable closes the old flow if nothing of the new one is wanted (A-46)", () => {
  const { server, a1, b1 } = shown();
  server.say(b1, { type: "request", request: { camera: ["video"] } });
  offered(server, 1, 2);
  accept(server, b1, "S1", 1, 2);
  server.hear(b1);

  offer(server, a1, 2, { id: "S2", label: "screenshare", replace: "S1" });
  tracks(server, 2);

  assert.deepEqual(server.hear(b1), [close("S1")]);
});

test("FlowTable keeps what one asked of a flow for what replaces it, until the next request (A-46)", () => {
  const { server, a1, b1 } = shown();
  server.say(b1, { type: "requestStream", id: "S1", request: ["video-low"] });
  server.commands();

  offer(server, a1, 2, { id: "S2", replace: "S1" });
  tracks(server, 2);
  const opened = server.commands().at(-1);
  assert.ok(opened?.kind === "open-subscriber");
  assert.deepEqual(opened.wanted, { audio: false, video: "low" });
  offered(server, 2);
  accept(server, b1, "S2", 2);
  server.commands();
  server.say(b1, { type: "request", request: EVERYTHING });

  const [larger, changed] = server.commands();
  assert.equal(larger?.kind === "want-layers" && larger.video, "high");
  assert.deepEqual(changed?.kind === "offer-subscriber" && changed.wanted, {
    audio: true,
    video: "high",
  });
});

test("FlowTable tells who asked for it which encodings somebody watches, and nobody else", () => {
  const { server, a1, b1 } = call();
  const rids = ["l"];
  const told = (publisher: number) => {
    server.media({ kind: "publisher-layers", publisher, rids });
    return server.hear(a1);
  };
  offer(server, a1, 1, { id: "S1" });
  offer(server, a1, 2, { id: "S2", layers: true });
  server.hear(a1);
  assert.deepEqual(told(1), []);
  assert.deepEqual(told(2), [{ type: "layers", id: "S2", rids }]);
  offer(server, a1, 3, { id: "S3", layers: true, replace: "S2" });
  server.hear(a1);
  server.hear(b1);
  assert.deepEqual(told(3), [{ type: "layers", id: "S3", rids }]);
  assert.deepEqual(server.hear(b1), []);
});

test("FlowTable chooses another picture of the same track without an offer (B-40)", () => {
  const { server, b1 } = shown();
  const ask = (request: string[] | null) => {
    server.say(b1, { type: "requestStream", id: "S1", request });
    return server.commands();
  };
  const subscriber = 1;
  assert.deepEqual(ask(["audio", "video-low"]), [
    { kind: "want-layers", subscriber, video: "low" },
  ]);
  assert.deepEqual(ask(["audio", "video-low"]), []);
  assert.deepEqual(ask(null), [
    { kind: "want-layers", subscriber, video: "high" },
  ]);
  assert.deepEqual(server.hear(b1), []);
});

test("FlowTable keeps the old subscription for 10 s at most", () => {
  const { server, a1, b1 } = shown();
  offer(server, a1, 2, { id: "S2", replace: "S1" });
  tracks(server, 2);
  offered(server, 2);
  server.hear(b1);
  server.commands();

  server.pass(MAKE_BEFORE_BREAK_MS - 1);
  assert.deepEqual(server.commands(), []);
  server.pass(1);

  assert.equal(server.commands()[0]?.kind, "close-subscriber");
  assert.deepEqual(server.hear(b1), []);
});

test("FlowTable shows a flow anew if it does not come in the old one's place in time", () => {
  const { server, a1, b1 } = shown();
  offer(server, a1, 2, { id: "S2", replace: "S1" });
  tracks(server, 2);
  server.commands();

  server.pass(MAKE_BEFORE_BREAK_MS);

  assert.deepEqual(server.hear(b1), [close("S1")]);
  assert.deepEqual(server.commands().map(({ kind }) => kind), [
    "close-subscriber",
    "close-subscriber",
    "open-subscriber",
    "close-publisher",
  ]);
});

test("FlowTable keeps what is shown though it has no tracks, while the new flow comes", () => {
  const { server, a1, b1 } = shown();
  server.say(b1, { type: "renegotiate", id: "S1" });
  offer(server, a1, 2, { id: "S2", replace: "S1" });
  tracks(server, 2);
  server.media({
    kind: "subscriber-offered",
    subscriber: 1,
    negotiation: 2,
    sdp: "",
    hasTracks: false,
  });
  assert.deepEqual(server.hear(b1), []);
  offered(server, 2);

  assert.deepEqual(server.hear(b1).map(({ id, replace }) => [id, replace]), [
    ["S2", "S1"],
  ]);
});

test("FlowTable ignores answers and aborts for what it has replaced", () => {
  const { server, a1, b1 } = shown();
  offer(server, a1, 2, { id: "S2", replace: "S1" });
  tracks(server, 2);
  offered(server, 2);
  server.hear(b1);
  server.commands();

  server.say(b1, { type: "answer", id: "S1", sdp: "late" });
  assert.deepEqual(server.hear(b1), []);
  server.say(b1, { type: "abort", id: "S1" });

  assert.deepEqual(server.hear(b1), [close("S1")]);
  assert.deepEqual(server.commands(), []);
});

test("FlowTable merges needs into one offer after the answer (A-47)", () => {
  const { server, b1, a1 } = call();
  offer(server, a1, 1, { id: "S1" });
  tracks(server, 1);
  offered(server, 1);
  server.commands();

  server.say(b1, { type: "renegotiate", id: "S1" });
  server.say(b1, { type: "request", request: { "": ["audio"] } });
  server.media({ kind: "subscriber-failed", subscriber: 1 });
  assert.deepEqual(server.commands(), []);
  accept(server, b1, "S1", 1);

  assert.deepEqual(server.commands().slice(1), [{
    kind: "offer-subscriber",
    subscriber: 1,
    negotiation: 2,
    wanted: { audio: true, video: "none" },
    restartIce: true,
  }]);
});

test("FlowTable drops what repeats or comes without an offer; unknown ids are closed (A-48)", () => {
  const { server, b1 } = shown();

  server.say(b1, { type: "answer", id: "S1", sdp: "again" });
  assert.deepEqual(server.hear(b1), []);
  server.say(b1, { type: "answer", id: "S9", sdp: "unknown" });

  assert.deepEqual(server.hear(b1), [close("S9")]);
  assert.deepEqual(server.commands(), []);
});

test("FlowTable closes a flow whose answers cannot be used (A-48)", () => {
  const { server, a1, b1 } = call();
  offer(server, a1, 1, { id: "S1" });
  tracks(server, 1);
  offered(server, 1);
  server.hear(b1);

  server.say(b1, { type: "answer", id: "S1", sdp: "nonsense" });
  server.media({
    kind: "subscriber-answer-refused",
    subscriber: 1,
    negotiation: 1,
    reason: "no mids",
  });
  assert.deepEqual(server.hear(b1), [], "it may have been a late one");
  server.pass(SECOND_ANSWER_MS);

  const [closed, ping, error] = server.hear(b1);
  assert.deepEqual([closed, ping], [close("S1"), { type: "ping" }]);
  assert.equal(error?.kind, "error");
});

test("FlowTable does not offer a flow again before the client has heard of its end", () => {
  const { server, a1, b1 } = call();
  offer(server, a1, 1, { id: "S1" });
  tracks(server, 1);
  offered(server, 1);
  server.hear(b1);
  server.commands();

  server.say(b1, { type: "request", request: {} });
  assert.deepEqual(server.hear(b1), [close("S1"), { type: "ping" }]);
  server.say(b1, { type: "request", request: EVERYTHING });
  server.say(b1, { type: "answer", id: "S1", sdp: "late" });
  assert.deepEqual(server.hear(b1), []);
  assert.deepEqual(server.commands().map(({ kind }) => kind), [
    "close-subscriber",
  ]);
  server.say(b1, { type: "pong" });

  assert.deepEqual(server.commands().map(({ kind }) => kind), [
    "open-subscriber",
  ]);
});

test("FlowTable answers every abort with close, and offers again when asked (A-52)", () => {
  const { server, a1, b1 } = shown();

  server.say(b1, { type: "abort", id: "unknown" });
  server.say(b1, { type: "abort", id: "S1" });
  assert.deepEqual(server.hear(b1), [close("unknown"), close("S1")]);
  assert.deepEqual(server.commands().map(({ kind }) => kind), [
    "close-subscriber",
  ]);
  assert.deepEqual(server.hear(a1), []);
  server.say(b1, { type: "request", request: EVERYTHING });

  assert.equal(server.commands()[0]?.kind, "open-subscriber");
});

test("FlowTable does not offer again at once what is aborted at once", () => {
  const { server, a1, b1 } = call();
  offer(server, a1, 1, { id: "S1" });
  tracks(server, 1);
  offered(server, 1);
  server.hear(b1);
  server.commands();

  server.say(b1, { type: "abort", id: "S1" });
  assert.deepEqual(server.hear(b1), [close("S1"), { type: "ping" }]);
  server.say(b1, { type: "pong" });
  assert.deepEqual(server.commands().map(({ kind }) => kind), [
    "close-subscriber",
  ]);
  tracks(server, 1, [{ kind: "audio" }]);

  assert.deepEqual(server.commands().map(({ kind }) => kind), [
    "open-subscriber",
  ], "it comes back when it changes");
});

test("FlowTable tells media which flows share the way to a viewer, and what they show", () => {
  const { server, a1, b1 } = call();
  const c1 = server.enter("c1");
  server.say(c1, { type: "request", request: EVERYTHING });
  offer(server, a1, 1, { id: "S1", label: "camera" });
  offer(server, a1, 2, { id: "S2", label: "screenshare" });
  tracks(server, 1);
  tracks(server, 2);

  const opened = server.commands().flatMap((command) =>
    command.kind === "open-subscriber"
      ? [[command.publisher, command.viewer, command.shows]]
      : []
  );
  assert.deepEqual(opened, [
    [1, b1, "camera"],
    [1, c1, "camera"],
    [2, b1, "screen"],
    [2, c1, "screen"],
  ]);
});

test("FlowTable offers only what is requested (A-55)", () => {
  const server = new TestServer();
  const a1 = server.enter("a1");
  const b1 = server.enter("b1");
  offer(server, a1, 1, { id: "S1", label: "camera" });
  tracks(server, 1);
  server.commands();

  assert.deepEqual(server.commands(), [], "nothing was requested");
  server.say(b1, { type: "request", request: { screenshare: ["video"] } });
  assert.deepEqual(server.commands(), []);
  server.say(b1, { type: "request", request: { camera: ["audio"] } });

  const [opened] = server.commands();
  assert.deepEqual(opened?.kind === "open-subscriber" && opened.wanted, {
    audio: true,
    video: "none",
  });
});

test("FlowTable closes one flow on demand, and ignores unknown ids (A-57, J-10)", () => {
  const { server, b1 } = shown();

  server.say(b1, { type: "requestStream", id: "unknown", request: ["audio"] });
  assert.deepEqual(server.hear(b1), []);
  server.say(b1, { type: "requestStream", id: "S1", request: [] });

  assert.deepEqual(server.hear(b1), [close("S1")]);
});

test("FlowTable asks once for an ICE restart, and closes what does not come back (A-54)", () => {
  const { server, a1, b1 } = shown();

  server.media({ kind: "publisher-failed", publisher: 1 });
  server.media({ kind: "publisher-failed", publisher: 1 });
  assert.deepEqual(server.hear(a1), [{ type: "renegotiate", id: "S1" }]);
  server.say(a1, { type: "offer", id: "S1", sdp: "restart" });
  answered(server, 1, 2);
  server.pass(PATIENCE_MS);
  assert.deepEqual(
    server.hear(b1).filter(({ type }) => type === "close"),
    [],
  );
  server.hear(a1);
  server.media({ kind: "publisher-failed", publisher: 1 });
  server.say(a1, { type: "ping" });
  server.say(b1, { type: "ping" });
  server.pass(PATIENCE_MS);

  const types = server.hear(a1).map(({ type }) => type);
  assert.ok(types.includes("renegotiate") && types.includes("abort"));
  assert.ok(server.hear(b1).some(({ type }) => type === "close"));
});

test("FlowTable offers again, with ICE restart, what a viewer has lost (A-54)", () => {
  const { server } = shown();

  server.media({ kind: "subscriber-failed", subscriber: 1 });

  const [again] = server.commands();
  assert.equal(again?.kind === "offer-subscriber" && again.restartIce, true);
});

test("FlowTable drops candidates, whatever they are for (A-49, A-50)", () => {
  const { server, a1, b1 } = shown();
  const candidate = { candidate: "candidate:1", sdpMid: "0" };

  server.say(a1, { type: "ice", id: "S1", candidate });
  server.say(b1, { type: "ice", id: "unknown", candidate });

  assert.deepEqual([...server.hear(a1), ...server.hear(b1)], []);
  assert.deepEqual(server.commands(), []);
});

test("FlowTable closes what replaces nothing for who may not publish (A-40)", () => {
  const { server, a1, b1 } = call();
  const op = server.enter("o", "op");
  offer(server, a1, 1, { id: "S1" });
  server.say(op, { type: "useraction", kind: "unpresent", dest: "a1" });
  server.hear(a1);

  server.say(a1, { type: "offer", id: "S2", replace: "S1", sdp: "offer" });

  assert.deepEqual(server.hear(a1).map(({ type, value }) => value ?? type), [
    "abort",
    "not authorised",
  ]);
  assert.deepEqual(server.hearRest(b1), []);
});

test("FlowTable adds and removes tracks on the same peer, and closes what is left empty", () => {
  const { server, b1 } = shown();

  tracks(server, 1, [{ kind: "audio" }]);
  const [fewer] = server.commands();
  assert.deepEqual(fewer?.kind === "offer-subscriber" && fewer.wanted, {
    audio: true,
    video: "none",
  });
  offered(server, 1, 2);
  accept(server, b1, "S1", 1, 2);
  server.hear(b1);
  tracks(server, 1, []);

  assert.deepEqual(server.hear(b1), [close("S1")]);
});

test("FlowTable sends no offer for which there are no tracks any more", () => {
  const { server, a1, b1 } = call();
  offer(server, a1, 1, { id: "S1" });
  tracks(server, 1);
  server.commands();

  server.media({
    kind: "subscriber-offered",
    subscriber: 1,
    negotiation: 1,
    sdp: "",
    hasTracks: false,
  });

  assert.deepEqual(server.hear(b1), []);
  assert.deepEqual(server.commands().map(({ kind }) => kind), [
    "close-subscriber",
  ]);
});

test("FlowTable tells who leaves that its flows are closed, and others too (A-12, A-27)", () => {
  const { server, a1, b1 } = shown();

  server.say(b1, { type: "join", kind: "leave", group: "g" });
  assert.deepEqual(server.hear(b1).map(({ type }) => type), [
    "close",
    "joined",
  ]);
  server.join(b1);
  server.say(b1, { type: "request", request: EVERYTHING });
  offered(server, 2);
  server.hear(b1);
  server.say(a1, { type: "foo" });

  assert.deepEqual(
    server.hear(b1).filter(({ type }) => type !== "ping")
      .map(({ type, kind }) => kind ?? type),
    ["close", "delete"],
  );
});

test("FlowTable ignores events of what is closed", () => {
  const { server, a1, b1 } = shown();
  server.say(a1, { type: "close", id: "S1" });
  server.hear(b1);
  server.commands();

  answered(server, 1, 2);
  tracks(server, 1);
  offered(server, 1, 2);
  server.media({ kind: "publisher-failed", publisher: 1 });
  server.media({ kind: "subscriber-failed", subscriber: 1 });

  assert.deepEqual([...server.hear(a1), ...server.hear(b1)], []);
  assert.deepEqual(server.commands(), []);
});

test("FlowTable gives a player its one flow, and not what replaces it", () => {
  const { server, a1, b1 } = call();
  const request = new Map([["", { audio: true, video: "high" } as const]]);
  const only = "S2" as FlowId;
  const message = unclaimed({ type: "request" as const, request, only });
  server.give({ kind: "message", session: b1, message });
  offer(server, a1, 1, { id: "S1", label: "camera" });
  offer(server, a1, 2, { id: "S2", label: "screenshare" });
  tracks(server, 1);
  assert.deepEqual(server.router.flowsIn("g").map(({ id }) => id), ["S1"]);
  tracks(server, 2);
  assert.deepEqual(
    server.router.flowsIn("g").map(({ id, label, username }) =>
      [id, label, username].join()
    ),
    ["S1,camera,a1", "S2,screenshare,a1"],
  );
  offered(server, 1);
  accept(server, b1, "S2", 1);
  server.media({ kind: "subscriber-live", subscriber: 1 });
  assert.deepEqual(
    server.hear(b1).map(({ type, id }) => [type, id]),
    [["offer", "S2"]],
  );
  assert.equal(server.router.counts.subscriptions, 1);

  offer(server, a1, 3, { id: "S3", label: "screenshare", replace: "S2" });
  tracks(server, 3);
  assert.deepEqual(server.hear(b1), [close("S2")]);
  assert.equal(server.router.counts.subscriptions, 0);
});
