import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeEnvironment, settle } from "./fake_environment.ts";
import { StatsSampler } from "./stats_sampler.ts";
import type { StreamStats } from "./types.ts";

/** Some bytes of one track, at a time in milliseconds. */
function report(timestamp: number): RTCStatsReport {
  return new Map([["in", {
    type: "inbound-rtp",
    timestamp,
    bytesReceived: timestamp,
    trackIdentifier: "t1",
  }]]) as unknown as RTCStatsReport;
}

/** A peer whose every answer is given by the test, or never. */
function sample() {
  const environment = new FakeEnvironment();
  const questions: PromiseWithResolvers<RTCStatsReport>[] = [];
  const seen: StreamStats[] = [];
  const sampler = new StatsSampler(
    {
      getStats() {
        const question = Promise.withResolvers<RTCStatsReport>();
        questions.push(question);
        return question.promise;
      },
    },
    environment,
    (stats) => seen.push(stats),
  );
  sampler.setInterval(500);
  return { environment, questions, seen, sampler };
}

test("StatsSampler goes on when a question is never answered, or refused", async () => {
  const { environment, questions, seen, sampler } = sample();
  await environment.pass(500);
  await environment.pass(500);
  questions[1]?.reject(new Error("closed"));
  await environment.pass(500);
  questions[2]?.resolve(report(1_500));
  await settle();

  assert.equal(questions.length, 3);
  assert.deepEqual(seen, [{ t1: {} }]);
  sampler.setInterval(0);
  assert.equal(environment.timers, 0);
});

test("StatsSampler takes no answer that a later one has overtaken, nor one after its end", async () => {
  const { environment, questions, seen, sampler } = sample();
  await environment.pass(1_500);
  questions[1]?.resolve(report(1_000));
  await settle();
  questions[0]?.resolve(report(500));
  await settle();
  assert.equal(seen.length, 1);

  sampler.setInterval(0);
  questions[2]?.resolve(report(1_500));
  await settle();
  assert.equal(seen.length, 1);
});

test("StatsSampler adds up a picture that goes out in several sizes, and keeps them apart", async () => {
  const { environment, questions, seen, sampler } = sample();
  const sizes = (timestamp: number) =>
    new Map<string, unknown>([
      ["source", { type: "media-source", trackIdentifier: "t1" }],
      ...[["h", 1280, 1_000], ["l", 640, 100]].map(([rid, width, bytes]) =>
        [`out-${rid}`, {
          type: "outbound-rtp",
          kind: "video",
          mediaSourceId: "source",
          timestamp,
          frameWidth: width,
          bytesSent: Number(bytes) * timestamp / 1_000,
        }] as const
      ),
    ]) as unknown as RTCStatsReport;
  await environment.pass(500);
  questions[0]?.resolve(sizes(0));
  await settle();
  await environment.pass(500);
  questions[1]?.resolve(sizes(1_000));
  await settle();

  assert.deepEqual(seen.at(-1), {
    t1: {
      kind: "video",
      width: 1280,
      rate: 8_800,
      rates: [8_000, 800],
    },
  });
  sampler.setInterval(0);
});
