import assert from "node:assert/strict";
import { test } from "node:test";
import { instantAt, wallTimeAt } from "../lib/time.ts";
import type {
  ClientId,
  FlowId,
  GroupName,
  SessionId,
  Username,
} from "../protocol/ids.ts";
import type {
  MediaCommand,
  Negotiation,
  PublisherKey,
  SubscriberKey,
  ViewerKey,
} from "../protocol/media_plane.ts";
import type { Flow } from "./flow.ts";
import type { Selection } from "./selection.ts";
import { SECOND_ANSWER_MS, Subscription } from "./subscription.ts";
import { Turn } from "./turn.ts";

const FLOW: Flow = {
  id: "S1" as FlowId,
  owner: { session: 1 as SessionId, client: "a1" as ClientId },
  username: "alice" as Username,
  group: "g" as GroupName,
  label: "",
  publisher: 1 as PublisherKey,
  tellsLayers: false,
  negotiation: 1 as Negotiation,
  state: { kind: "pushed" },
  tracks: [],
  subscriptions: new Set(),
  speaking: false,
  lostAt: undefined,
};

const BOTH: Selection = {
  wanted: { audio: true, video: "high" },
  audioTracks: 1,
  videoTracks: 1,
};

const AUDIO: Selection = {
  wanted: { audio: true, video: "none" },
  audioTracks: 1,
  videoTracks: 0,
};

/** A subscription, and what it tells the media plane. */
function open() {
  const commands: MediaCommand[] = [];
  let nowMs = 0;
  /** Does something at the present time, and notes the commands. */
  function act<T>(action: (turn: Turn) => T): T {
    const instant = instantAt(nowMs);
    const turn = new Turn({ instant, wall: wallTimeAt(0) });
    const result = action(turn);
    for (const effect of turn.effects) {
      if (effect.kind === "media") commands.push(effect.command);
    }
    return result;
  }
  const key = 1 as SubscriberKey;
  const viewer = 1 as ViewerKey;
  const ends = { viewer, flow: FLOW, tilePixels: undefined };
  const one = act((turn) => new Subscription(key, ends, BOTH, turn));
  return {
    one,
    act,
    take: () => commands.splice(0),
    pass: (ms: number) => {
      nowMs += ms;
      return one.pollDeadline(instantAt(nowMs));
    },
  };
}

/** The same, with its first offer at the viewer. */
function offered() {
  const all = open();
  all.act((turn) => all.one.handleOffered(1 as Negotiation, true, turn));
  all.take();
  return all;
}

/** The same, with nothing outstanding. */
function stable() {
  const all = offered();
  all.act((turn) => all.one.handleAnswer("first", turn));
  all.act((turn) => all.one.handleApplied(1 as Negotiation, turn));
  all.take();
  return all;
}

test("Subscription makes no offer if nothing changed", () => {
  const { one, act, take } = stable();

  act((turn) => one.need(BOTH, false, turn));

  assert.deepEqual(take(), []);
});

test("Subscription makes one offer for all that is needed while one is outstanding", () => {
  const { one, act, take } = offered();

  act((turn) => one.needRestart(turn));
  act((turn) => one.need(AUDIO, false, turn));
  act((turn) => one.handleAnswer("first", turn));
  assert.deepEqual(take().map(({ kind }) => kind), ["answer-subscriber"]);
  act((turn) => one.handleApplied(1 as Negotiation, turn));

  assert.deepEqual(take(), [{
    kind: "offer-subscriber",
    subscriber: 1,
    negotiation: 2,
    wanted: AUDIO.wanted,
    restartIce: true,
  }]);
});

test("Subscription offers again if tracks came and went while an offer was made", () => {
  const { one, act, take } = open();
  take();

  act((turn) => one.need(AUDIO, false, turn));
  act((turn) => one.need(BOTH, false, turn));
  act((turn) => one.need(BOTH, false, turn));
  const result = act((turn) =>
    one.handleOffered(1 as Negotiation, false, turn)
  );

  assert.equal(result, "ignore", "the next one is under way");
  assert.deepEqual(take().map(({ kind }) => kind), ["offer-subscriber"]);
});

test("Subscription is over if there is nothing to offer", () => {
  const { one, act } = open();

  assert.equal(
    act((turn) => one.handleOffered(1 as Negotiation, false, turn)),
    "empty",
  );
});

test("Subscription ignores an offer of an earlier negotiation", () => {
  const { one, act } = stable();
  act((turn) => one.needRestart(turn));

  assert.equal(
    act((turn) => one.handleOffered(1 as Negotiation, true, turn)),
    "ignore",
  );
});

test("Subscription drops answers when it waits for none", () => {
  const { one, act, take } = stable();

  act((turn) => one.handleAnswer("second", turn));

  assert.deepEqual(take(), []);
  assert.equal(one.isUnanswered, false);
});

test("Subscription drops an answer that was applied before", () => {
  const { one, act, take, pass } = stable();
  act((turn) => one.needRestart(turn));
  act((turn) => one.handleOffered(2 as Negotiation, true, turn));
  take();

  act((turn) => one.handleAnswer("first", turn));
  assert.deepEqual(take(), []);
  assert.equal(pass(SECOND_ANSWER_MS - 1), undefined);
  act((turn) => one.handleAnswer("second", turn));

  assert.deepEqual(take().map(({ kind }) => kind), ["answer-subscriber"]);
});

test("Subscription gives up if only repetitions come", () => {
  const { one, act, pass } = stable();
  act((turn) => one.needRestart(turn));
  act((turn) => one.handleOffered(2 as Negotiation, true, turn));

  act((turn) => one.handleAnswer("first", turn));

  assert.equal(pass(SECOND_ANSWER_MS), "repeated");
});

test("Subscription waits for another answer after one that cannot be used", () => {
  const { one, act, take, pass } = offered();

  act((turn) => one.handleAnswer("late", turn));
  take();
  const isOver = act((turn) =>
    one.handleRefused(1 as Negotiation, "why", turn)
  );
  assert.equal(isOver, false);
  act((turn) => one.handleAnswer("late", turn));
  assert.deepEqual(take(), [], "the same again is not tried again");
  act((turn) => one.handleAnswer("right", turn));
  assert.deepEqual(take().map(({ kind }) => kind), ["answer-subscriber"]);
  act((turn) => one.handleApplied(1 as Negotiation, turn));

  assert.equal(pass(SECOND_ANSWER_MS), undefined);
});

test("Subscription gives up at the second answer that cannot be used, or in time", () => {
  const twice = offered();
  for (const sdp of ["bad", "worse"]) {
    twice.act((turn) => twice.one.handleAnswer(sdp, turn));
    const isOver = twice.act((turn) =>
      twice.one.handleRefused(1 as Negotiation, "why", turn)
    );
    assert.equal(isOver, sdp === "worse");
  }
  const once = offered();
  once.act((turn) => once.one.handleAnswer("bad", turn));
  once.act((turn) => once.one.handleRefused(1 as Negotiation, "why", turn));

  assert.equal(once.pass(SECOND_ANSWER_MS), "refused");
});

test("Subscription tries the answer that came while another was looked at", () => {
  const { one, act, take } = offered();

  act((turn) => one.handleAnswer("late", turn));
  act((turn) => one.handleAnswer("right", turn));
  take();
  act((turn) => one.handleRefused(1 as Negotiation, "why", turn));

  const [next] = take();
  assert.equal(next?.kind === "answer-subscriber" && next.sdp, "right");
});
