import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlowId } from "../../protocol/ids.ts";
import { judgeByServer } from "./connection_quality.ts";
import { linesOfServer, linesOfTrack, ratesOf } from "./flow_lines.ts";

const id = "cam" as FlowId;

test("what the server sees of a flow is told as sums, and what is nothing is not", () => {
  assert.deepEqual(
    linesOfServer({
      id,
      maxBitrate: 3_200_000,
      pathLoss: 0.02,
      tracks: [
        { bitrate: 40_000, loss: 0, rtt: 30, asked: 3, repaired: 3 },
        {
          bitrate: 900_000,
          loss: 0.1,
          rtt: 41.6,
          asked: 7,
          repaired: 6,
          keyframeRequests: 2,
          pauses: 1,
          sid: 0,
          maxSid: 1,
          tid: 2,
          maxTid: 2,
        },
      ],
    }),
    [
      "Room for 3200 kbit/s",
      "2.0 % lost",
      "Round trip 42 ms",
      "Size 1 of 2, rate 3 of 3",
      "Lost packets repaired: 9 of 10",
      "Fresh pictures asked for: 2",
      "Left out for lack of room: 1",
    ],
  );
  assert.deepEqual(linesOfServer({ id, tracks: [] }), []);
});

test("what the browser sees of a track is told, with its freezes", () => {
  assert.deepEqual(
    linesOfTrack({ rate: 64_400, loss: 0, freezes: 2, frozenSeconds: 1.26 }),
    ["64 kbit/s", "0.0 % lost", "Freezes: 2 (1.3 s)"],
  );
  assert.deepEqual(linesOfTrack({ freezes: 0 }), []);
});

test("what one sends is told as Galène does, pictures first, each size for itself (G-52)", () => {
  assert.equal(
    ratesOf([
      { kind: "audio", rate: 40_000 },
      { kind: "video", rate: 800_000, rates: [700_000, 100_000] },
    ]),
    "700 + 100 + 40 kbit/s",
  );
  assert.equal(ratesOf([{ kind: "video" }]), "");
});

test("a flow is as poor as its worst track or its way at the server", () => {
  const track = { bitrate: 1, loss: 0 };
  assert.equal(judgeByServer({ id, tracks: [track] }), "good");
  assert.equal(judgeByServer({ id, pathLoss: 0.06, tracks: [track] }), "poor");
  assert.equal(
    judgeByServer({ id, tracks: [track, { ...track, rtt: 450 }] }),
    "poor",
  );
});
