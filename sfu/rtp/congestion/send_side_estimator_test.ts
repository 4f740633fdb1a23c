import assert from "node:assert/strict";
import { test } from "node:test";
import { busyMachine } from "../../../tests/support/busy_machine.ts";
import { LinkModel, PERFECT_LINK } from "../../../tests/support/link_model.ts";
import { SimulatedFlow } from "../../../tests/support/simulated_flow.ts";
import {
  seededRandom,
  VirtualTime,
} from "../../../tests/support/virtual_time.ts";
import { SendClock } from "./send_clock.ts";
import { SendSideEstimator } from "./send_side_estimator.ts";

const SEEDS = [1, 2, 3, 4, 5];

/** Flows over one link, in virtual time. */
class Call {
  readonly time = new VirtualTime();
  readonly link: LinkModel;
  readonly flows: SimulatedFlow[];

  /** @param busyMs how long each viewer's machine does other things, at most */
  constructor(
    conditions: Partial<LinkModel["conditions"]>,
    seed: number,
    { flows = 1, busyMs = 0 } = {},
  ) {
    const random = seededRandom(seed);
    const readAtMs = busyMachine(busyMs * 2, busyMs, seededRandom(seed + 1));
    const all = { ...PERFECT_LINK, delayMs: 30, ...conditions };
    this.link = new LinkModel(all, random);
    this.flows = Array.from({ length: flows }, () =>
      new SimulatedFlow({
        time: this.time,
        link: this.link,
        random,
        backLoss: conditions.loss ?? 0,
        ...busyMs > 0 ? { readAtMs } : {},
      }));
  }

  get estimateBps(): number {
    return this.flows[0]!.estimator.estimateBps;
  }

  /** Lets time pass, and returns what arrived of each flow meanwhile, in bit/s. */
  pass(seconds: number): number[] {
    const before = this.flows.map(({ deliveredBytes }) => deliveredBytes);
    this.time.runUntil(this.time.now + seconds * 1_000);
    return this.flows.map(({ deliveredBytes }, index) =>
      (deliveredBytes - before[index]!) * 8 / seconds
    );
  }

  /** Lets time pass, and returns the highest estimate at the end of a second. */
  highestBps(seconds: number): number {
    let highest = 0;
    for (let second = 0; second < seconds; second++) {
      this.pass(1);
      highest = Math.max(highest, this.estimateBps);
    }
    return highest;
  }

  change(conditions: Partial<LinkModel["conditions"]>): void {
    this.link.conditions = { ...this.link.conditions, ...conditions };
  }
}

function between(value: number, least: number, most: number): void {
  assert.ok(value >= least && value <= most, `${value} in ${least}…${most}`);
}

for (const seed of SEEDS) {
  test(`the estimate finds what a path carries (seed ${seed})`, () => {
    const call = new Call({ rateBps: 4e6 }, seed);
    call.pass(5);
    between(call.pass(20)[0]!, 3.2e6, 4e6);
    assert.ok(call.link.lostPackets < 10, "and its queue does not overflow");
  });

  test(`4 → 0.5 → 4 Mbit/s: 2 s down, 10 s up (seed ${seed})`, () => {
    const call = new Call({ rateBps: 4e6 }, seed);
    call.pass(15);
    call.change({ rateBps: 0.5e6 });
    call.pass(2);
    between(call.estimateBps, 0.3e6, 0.55e6);
    between(call.pass(13)[0]!, 0.4e6, 0.5e6);
    call.change({ rateBps: 4e6 });
    between(call.highestBps(10), 3.2e6, 5e6);
    between(call.pass(10)[0]!, 3e6, 4e6);
  });

  test(`a busy viewer finds a step up in 10 s (seed ${seed})`, () => {
    const call = new Call({ rateBps: 4e6 }, seed, { busyMs: 10 });
    call.pass(15);
    call.change({ rateBps: 0.5e6 });
    call.pass(15);
    call.change({ rateBps: 4e6 });
    between(call.highestBps(10), 3.2e6, 5e6);
  });

  for (const loss of [0.01, 0.05, 0.1]) {
    test(`chance loss of ${loss} leaves the estimate up (seed ${seed})`, () => {
      const call = new Call({ rateBps: 4e6, loss }, seed);
      call.pass(10);
      between(call.pass(30)[0]!, loss < 0.1 ? 3e6 : 2e6, 4e6);
    });
  }

  test(`flows on one path share it, none starves (seed ${seed})`, () => {
    const call = new Call({ rateBps: 6e6 }, seed, { flows: 3 });
    call.pass(20);
    const rates = call.pass(40);
    const sum = rates.reduce((all, rate) => all + rate, 0);
    between(sum, 4.8e6, 6e6);
    for (const rate of rates) between(rate, sum / 3 * 0.3, sum / 3 * 1.9);
  });

  test(`jitter and reordering are no congestion (seed ${seed})`, () => {
    const call = new Call({
      rateBps: 4e6,
      delayMs: 150,
      jitterMs: 40,
      reordered: 0.01,
    }, seed);
    call.pass(10);
    between(call.pass(20)[0]!, 2.2e6, 4e6);
  });

  test(`a path with next to no queue is not overrun (seed ${seed})`, () => {
    const call = new Call({ rateBps: 2e6, queueMs: 30 }, seed);
    call.pass(10);
    const { sentPackets, lostPackets } = call.link;
    between(call.pass(20)[0]!, 1.4e6, 2e6);
    const sent = call.link.sentPackets - sentPackets;
    between((call.link.lostPackets - lostPackets) / sent, 0, 0.08);
  });
}

test("an estimator without feedback asks for no probes", () => {
  const { now } = new VirtualTime();
  const estimator = new SendSideEstimator(new SendClock());
  const peer = estimator.addPeer(now);
  for (let i = 0; i < 100; i++) peer.send(1_000, now);
  assert.equal(estimator.started, false);
  assert.equal(estimator.pollProbe(10, 1e6, now), 0);
});
