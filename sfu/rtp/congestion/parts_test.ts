import assert from "node:assert/strict";
import { test } from "node:test";
import { instantAt } from "../../../lib/time.ts";
import { ArrivalRate } from "./arrival_rate.ts";
import { DelayBasedRate } from "./delay_based_rate.ts";
import { LossBasedLimit } from "./loss_based_limit.ts";
import { OveruseDetector } from "./overuse_detector.ts";
import { PacketGroups } from "./packet_groups.ts";
import { SentPackets } from "./sent_packets.ts";
import { StandingQueue } from "./standing_queue.ts";

test("PacketGroups compares groups of packets that were sent together", () => {
  const groups = new PacketGroups();
  assert.equal(groups.add(0, 100), false);
  assert.equal(groups.add(4, 104), false, "of the same group");
  assert.equal(groups.add(33, 140), false, "nothing to compare with yet");
  assert.equal(groups.add(34, 145), false);
  assert.equal(groups.add(66, 170), true);
  // Last to last: 30 ms between sendings, 41 between arrivals.
  assert.equal(groups.arrivalDeltaMs, 41);
  assert.equal(groups.variationMs, 11);
  groups.clear();
  assert.equal(groups.add(100, 200), false);
  assert.equal(groups.add(133, 233), false);
});

test("PacketGroups takes what the network let go at once for one group", () => {
  const groups = new PacketGroups();
  groups.add(0, 100);
  groups.add(33, 133);
  assert.equal(
    groups.add(66, 135),
    false,
    "33 ms later sent, 2 ms later there",
  );
  assert.equal(groups.add(99, 199), true);
  assert.equal(groups.variationMs, 35 - 66);
});

test("OveruseDetector tells growing, draining and steady queues apart", () => {
  const usageAfter = (variations: number[]) => {
    const detector = new OveruseDetector();
    for (const ms of variations) detector.update(ms, 20 + ms);
    return detector.usage;
  };
  const steady = new Array<number>(40).fill(0);
  assert.equal(usageAfter(steady), "normal");
  assert.equal(usageAfter([...steady, ...new Array(15).fill(3)]), "over");
  assert.equal(usageAfter([...steady, ...new Array(15).fill(-3)]), "under");
  const jitter = Array.from({ length: 60 }, (_, i) => i % 2 === 0 ? 8 : -8);
  assert.equal(usageAfter(jitter), "normal");
});

test("OveruseDetector finds the slope of a line", () => {
  const detector = new OveruseDetector();
  // From the first on each group is 2 ms later: smoothed, the delay nears a line
  // of 2 ms per 22 ms; times 60 groups, times the gain of 4.
  for (let i = 0; i < 200; i++) detector.update(2, 22);
  assert.ok(Math.abs(detector.trend - 2 / 22 * 60 * 4) < 0.01);
});

test("OveruseDetector's threshold follows the trend, more slowly up than down", () => {
  const detector = new OveruseDetector();
  for (let i = 0; i < 20; i++) detector.update(0, 20);
  // Each time a part of 20 ms · 0.039 of the distance to 0 is gone.
  assert.ok(
    Math.abs(detector.threshold - 6) < 0.001,
    "the least that there is",
  );
});

test("ArrivalRate counts whole parts of the last half second", () => {
  const rate = new ArrivalRate();
  for (let ms = 0; ms < 500; ms += 10) rate.add(1_000, 1_000 + ms);
  assert.equal(rate.settled, false);
  assert.equal(rate.bitrateBps, 45 * 1_000 * 8 / 0.45, "so far");
  rate.add(1_000, 1_500);
  assert.equal(rate.settled, true);
  assert.equal(rate.bitrateBps, 50 * 1_000 * 8 * 2);
  rate.add(1_000, 1_749);
  // From 1,200 ms on to 1,700 ms: the last 300 ms of the first, and one.
  assert.equal(rate.bitrateBps, 31 * 1_000 * 8 * 2);
  rate.add(1_000, 9_000);
  assert.equal(rate.bitrateBps, 0);
});

test("DelayBasedRate goes down to what arrives, and up 8 % a second", () => {
  const rate = new DelayBasedRate(1e6, 5e4, 2e7);
  rate.update("normal", 1e6, 50, instantAt(0));
  assert.equal(rate.update("over", 8e5, 50, instantAt(100)), true);
  assert.equal(rate.rateBps, 0.85 * 8e5);
  rate.update("under", 8e5, 50, instantAt(200));
  rate.update("normal", 8e5, 50, instantAt(300));
  assert.equal(rate.rateBps, 0.85 * 8e5, "waits for the queue to drain");
  // Near a known limit: a packet of 9,600 bits for each 150 ms.
  rate.update("normal", 6.8e5, 50, instantAt(1_300));
  assert.equal(Math.round(rate.rateBps), Math.round(6.8e5 + 9_600 / 0.15));

  const free = new DelayBasedRate(1e6, 5e4, 2e7);
  free.update("normal", 1e6, 50, instantAt(0));
  free.update("normal", 1e6, 50, instantAt(1_000));
  const once = free.rateBps;
  free.update("normal", 1e6, 50, instantAt(2_000));
  assert.ok(Math.abs(free.rateBps / once - 1.08) < 1e-9);
});

test("DelayBasedRate does not grow beyond what is shown to be good", () => {
  const rate = new DelayBasedRate(1e6, 5e4, 2e7);
  for (let ms = 0; ms < 60_000; ms += 100) {
    rate.update("normal", 4e5, 50, instantAt(ms));
  }
  assert.equal(rate.rateBps, 1e6, "but what it is, it stays");
  rate.proven(3e6);
  assert.equal(rate.rateBps, 3e6);
});

test("LossBasedLimit follows the draft below 2 %, above 10 % and between", () => {
  const conclude = (lost: number) => {
    const limit = new LossBasedLimit(1e6, 5e4, 2e7);
    limit.update(1e6, 1e6, instantAt(0));
    for (let i = 0; i < 100; i++) limit.note(i >= lost, instantAt(500));
    limit.update(1e6, 1e6 * (1 - lost / 100), instantAt(1_000));
    return Math.round(limit.limitBps);
  };
  assert.equal(conclude(1), 1.05e6);
  assert.equal(conclude(2), 1e6);
  assert.equal(conclude(10), 1e6);
  assert.equal(conclude(20), 0.9e6);
  assert.equal(conclude(50), 0.5e6, "no more than arrives");
});

test("LossBasedLimit learns which loss is the path's own", () => {
  const limit = new LossBasedLimit(4e6, 5e4, 4e6);
  let lowest = Infinity;
  for (let second = 0; second < 12; second++) {
    for (let i = 0; i < 100; i++) {
      limit.note(i % 5 !== 0, instantAt(second * 1_000));
    }
    limit.update(
      limit.limitBps,
      limit.limitBps * 0.8,
      instantAt(second * 1_000),
    );
    lowest = Math.min(lowest, limit.limitBps);
  }
  assert.ok(lowest > 2.5e6, `${lowest}`);
  assert.ok(Math.abs(limit.ownLoss - 0.2) < 0.01);
  assert.equal(limit.limitBps, 4e6);
  // A queue that overflows on top of it is told from it.
  for (let i = 0; i < 100; i++) limit.note(i % 2 === 0, instantAt(19_000));
  limit.update(4e6, 2e6, instantAt(20_000));
  assert.ok(limit.limitBps < 3.4e6);
});

test("SentPackets remembers up to 1,024 packets that nothing is known of", () => {
  const sent = new SentPackets();
  for (let i = 0; i < 2_000; i++) {
    assert.equal(sent.add(i & 0xfff, i, 3 * i, instantAt(i)), i);
    if (i === 700) sent.forget(sent.find(650));
    for (const known of [i, i - 99, i - 1_023]) {
      const slot = known < 0 ? -1 : sent.find(known);
      const isKnown = known >= 0 && (known !== 650 || i < 700);
      assert.equal(slot >= 0, isKnown, `${known} at ${i}`);
      if (slot < 0) continue;
      assert.deepEqual(
        [sent.sizeBytes(slot), sent.probe(slot), sent.flush(slot)],
        [known & 0xfff, known, 3 * known],
      );
      assert.equal(sent.writtenAt(slot), instantAt(known));
    }
    assert.equal(sent.find((i - 1_024) & 0xffff), -1);
  }
});

test("SentPackets finds what it was told, once, around the wrap", () => {
  const sent = new SentPackets();
  for (let i = 0; i < 65_530; i++) sent.add(1, 0, 0, instantAt(0));
  const numbers = Array.from(
    { length: 10 },
    (_, i) => sent.add(100 + i, i, 7 * i, instantAt(i)),
  );
  assert.deepEqual(numbers.slice(5, 7), [65_535, 0]);
  numbers.forEach((number, index) => {
    const slot = sent.find(number);
    assert.equal(sent.sizeBytes(slot), 100 + index);
    assert.equal(sent.writtenAt(slot), index);
    assert.equal(sent.flush(slot), 7 * index);
    assert.equal(sent.probe(slot), index);
    sent.forget(slot);
    assert.equal(sent.find(number), -1);
  });
  assert.equal(sent.find(4), -1, "not sent yet");
  assert.equal(sent.find(30_000), -1, "forgotten");
});

test("StandingQueue tells a queue from delays that come and go", () => {
  const queue = new StandingQueue();
  let nowMs = 0;
  const queueAfter = (...delaysMs: number[]) => {
    for (const delayMs of delaysMs) queue.update(delayMs, nowMs += 33);
    return queue.queueMs;
  };
  assert.equal(queueAfter(150, 150, 150, 150), 0, "too few to say");
  assert.equal(queueAfter(150), 0);
  assert.equal(queueAfter(200, 250, 151, 300, 220), 1);
  assert.equal(queueAfter(200, 210, 220, 230, 240), 50);
  // A path that has become longer: after some seconds that is how long it is.
  for (let i = 0; i < 400; i++) queueAfter(240);
  assert.equal(queue.queueMs, 0);
});
