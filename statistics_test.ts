import assert from "node:assert/strict";

import type { ClientId, FlowId, GroupName } from "./protocol/ids.ts";
import type { PublisherKey, SubscriberKey } from "./protocol/media_plane.ts";
import type { CensusGroup } from "./signalling/census.ts";
import { Measurements } from "./statistics.ts";

const CAM = "cam" as FlowId;
const GROUPS: readonly CensusGroup[] = [{
  name: "maths" as GroupName,
  clients: [
    {
      id: "a" as ClientId,
      up: [{ id: CAM, publisher: 1 as PublisherKey }],
      down: [],
    },
    {
      id: "b" as ClientId,
      up: [],
      down: [{ id: CAM, subscriber: 1 as SubscriberKey }],
    },
  ],
}];

const UP = {
  bitrateBps: 1000.4,
  loss: 0.25,
  jitterMs: 1.5,
  repairs: { asked: 9, repaired: 7, keyframeRequests: 1 },
};
const DOWN = {
  bitrateBps: 900,
  maxBitrateBps: 5000.2,
  loss: 0,
  rttMs: 12.5,
  repairs: { asked: 3, repaired: 2, keyframeRequests: 0 },
  pathBps: 1e6 + 0.3,
  pathLoss: 0.01,
  layers: { rid: "h", spatial: 1, maxSpatial: 2, temporal: 0, maxTemporal: 2 },
  pauses: 1,
};

Deno.test("Measurements puts together what several threads measure, in Galène's form (B.6)", async () => {
  const measurements = new Measurements();
  const told = await measurements.measure(GROUPS, () => {
    measurements.take({
      kind: "measured",
      publishers: new Map([[1 as PublisherKey, [UP]]]),
      subscribers: new Map(),
    });
    measurements.take({
      kind: "measured",
      publishers: new Map(),
      subscribers: new Map([[1 as SubscriberKey, [DOWN]]]),
    });
  });
  assert.deepEqual(JSON.parse(JSON.stringify(told)), [{
    name: "maths",
    clients: [
      {
        id: "a",
        up: [{
          id: "cam",
          tracks: [{
            bitrate: 1000,
            loss: 0.25,
            jitter: 1.5,
            asked: 9,
            repaired: 7,
            keyframeRequests: 1,
          }],
        }],
      },
      {
        id: "b",
        down: [{
          id: "cam",
          maxBitrate: 1e6,
          pathLoss: 0.01,
          tracks: [{
            sid: 1,
            maxSid: 2,
            tid: 0,
            maxTid: 2,
            rid: "h",
            bitrate: 900,
            maxBitrate: 5000,
            loss: 0,
            rtt: 12.5,
            asked: 3,
            repaired: 2,
            keyframeRequests: 0,
            pauses: 1,
          }],
        }],
      },
    ],
  }]);
});

Deno.test("Measurements does not wait for ever for a thread that says nothing", async () => {
  const told = await new Measurements().measure(GROUPS, () => {});

  assert.deepEqual(JSON.parse(JSON.stringify(told))[0].clients[0], {
    id: "a",
    up: [{ id: "cam", tracks: [] }],
  });
});

Deno.test("Measurements asks nothing where nothing flows, and leaves other events alone", async () => {
  const measurements = new Measurements();
  const event = {
    kind: "publisher-failed",
    publisher: 1 as PublisherKey,
  } as const;
  assert.equal(measurements.take(event), false);
  const told = await measurements.measure([], () => assert.fail("asked"));
  assert.deepEqual(told, []);
});

Deno.test("Measurements tells a client of its own flows, and measures once for many", async () => {
  const measurements = new Measurements();
  let asked = 0;
  const question = (nowMs: number) => ({
    groups: () => GROUPS,
    ask: () => {
      asked += 1;
      measurements.take({
        kind: "measured",
        publishers: new Map([[1 as PublisherKey, [UP]]]),
        subscribers: new Map([[1 as SubscriberKey, [DOWN]]]),
      });
    },
    nowMs,
  });
  const [ann, ben] = GROUPS[0]!.clients;
  const told = await Promise.all([
    measurements.measureClient(ann!, question(0)),
    measurements.measureClient(ben!, question(10)),
  ]);

  assert.equal(asked, 1);
  assert.deepEqual(told.map(({ up, down }) => [up?.length, down?.length]), [
    [1, undefined],
    [undefined, 1],
  ]);
  assert.equal(told[1]?.down?.[0]?.tracks[0]?.rid, "h");
  await measurements.measureClient(ann!, question(2_000));
  assert.equal(asked, 2);
});
