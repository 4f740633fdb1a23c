/**
 * Flows of one viewer, which share an estimate, over one link in virtual time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkModel, PERFECT_LINK } from "../../../tests/support/link_model.ts";
import { SimulatedFlow } from "../../../tests/support/simulated_flow.ts";
import {
  seededRandom,
  VirtualTime,
} from "../../../tests/support/virtual_time.ts";
import { SendClock } from "./send_clock.ts";
import { SendSideEstimator } from "./send_side_estimator.ts";

const SEEDS = [1, 2, 3, 4, 5];

/** One viewer of several flows, of which each gets the same share. */
class Viewer {
  readonly time = new VirtualTime();
  readonly estimator = new SendSideEstimator(new SendClock());
  readonly link: LinkModel;
  readonly flows: SimulatedFlow[] = [];
  readonly #random: () => number;
  #opened = 0;

  constructor(conditions: Partial<LinkModel["conditions"]>, seed: number) {
    this.#random = seededRandom(seed);
    const all = { ...PERFECT_LINK, delayMs: 30, ...conditions };
    this.link = new LinkModel(all, this.#random);
    this.time.every(10, () => {
      const bytes = this.estimator.pollProbe(10, 0, this.time.now);
      this.flows[0]?.sendPadding(bytes);
    });
  }

  open(clockAheadMs = 0): void {
    this.#opened++;
    this.flows.push(
      new SimulatedFlow({
        time: this.time,
        link: this.link,
        random: this.#random,
        estimator: this.estimator,
        share: () => 1 / this.#opened,
        clockAheadMs,
      }),
    );
  }

  /** Lets time pass, and returns what arrived meanwhile, in bit/s. */
  pass(seconds: number): number {
    const before = this.link.deliveredBytes;
    this.time.runUntil(this.time.now + seconds * 1_000);
    return (this.link.deliveredBytes - before) * 8 / seconds;
  }

  set rateBps(rateBps: number) {
    this.link.conditions = { ...this.link.conditions, rateBps };
  }
}

function between(value: number, least: number, most: number): void {
  assert.ok(value >= least && value <= most, `${value} in ${least}…${most}`);
}

for (const seed of SEEDS) {
  for (const flows of [2, 5, 9]) {
    for (const clocks of ["one clock", "clocks of their own"]) {
      test(`${flows} flows with ${clocks} know together what a path carries (seed ${seed})`, () => {
        const viewer = new Viewer({ rateBps: 4e6 }, seed);
        for (let i = 0; i < flows; i++) {
          viewer.open(clocks === "one clock" ? 0 : i * 7_777);
        }
        viewer.pass(10);
        between(viewer.pass(20), 3.2e6, 4e6);
        const { sentPackets, lostPackets } = viewer.link;
        between(lostPackets / sentPackets, 0, 0.01);
      });
    }
  }

  test(`five flows at 4 → 0.5 → 4 Mbit/s: 2 s down, 10 s up (seed ${seed})`, () => {
    const viewer = new Viewer({ rateBps: 4e6 }, seed);
    for (let i = 0; i < 5; i++) viewer.open();
    viewer.pass(15);
    viewer.rateBps = 0.5e6;
    viewer.pass(2);
    between(viewer.estimator.estimateBps, 0.25e6, 0.55e6);
    between(viewer.link.queueMs(viewer.time.now), 0, 200);
    between(viewer.pass(13), 0.38e6, 0.5e6);
    viewer.rateBps = 4e6;
    let highest = 0;
    for (let second = 0; second < 10; second++) {
      viewer.pass(1);
      highest = Math.max(highest, viewer.estimator.estimateBps);
    }
    between(highest, 3.2e6, 5e6);
    between(viewer.pass(10), 3e6, 4e6);
  });

  test(`a flow that is opened later begins with what is known (seed ${seed})`, () => {
    const viewer = new Viewer({ rateBps: 4e6 }, seed);
    viewer.open();
    viewer.pass(15);
    viewer.open(1e6);
    viewer.pass(1);
    between(viewer.flows[1]!.rateBps, 1.4e6, 2.2e6);
    between(viewer.pass(10), 3e6, 4e6);
  });
}
