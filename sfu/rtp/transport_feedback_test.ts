import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { instantAt } from "../../lib/time.ts";
import { readRtcp } from "./rtcp_reader.ts";
import { RtcpWriter } from "./rtcp_writer.ts";
import {
  ArrivalLog,
  MAX_STATUSES,
  readTransportFeedback,
} from "./transport_feedback.ts";

type Status = [sequenceNumber: number, received: boolean, arrivalTicks: number];

/** What a message says; `undefined` if it is refused. */
function read(bytes: Uint8Array): Status[] | undefined {
  const found: Status[] = [];
  let ended = 0;
  const sound = readTransportFeedback(bytes, 0, bytes.length, {
    packetStatus: (...status) => found.push(status),
    transportFeedback: () => ended++,
  });
  assert.equal(ended, sound ? 1 : 0);
  if (!sound) {
    assert.deepEqual(found, [], "nothing is visited before a refusal");
  }
  return sound ? found : undefined;
}

function write(log: ArrivalLog): Uint8Array {
  const out = new Uint8Array(1_400);
  return out.slice(0, log.write(out, 0));
}

test("ArrivalLog writes the message that the draft describes", () => {
  const log = new ArrivalLog();
  assert.equal(log.pending, false);
  log.receive(10, instantAt(64 * 3 + 1));
  log.receive(11, instantAt(64 * 3 + 3.25));
  log.receive(13, instantAt(64 * 3 + 2.25)); // Overtook the one before.
  log.receive(14, instantAt(64 * 3 + 202.25));
  assert.deepEqual([...write(log)], [
    ...[0, 10], // The first number,
    ...[0, 5], // how many,
    ...[0, 0, 3], // the reference in units of 64 ms,
    0, // and the number of the message.
    // Two bits each: small, small, missing, large, large.
    ...[0b1101_0100, 0b1010_0000],
    4,
    9,
    ...[0xff, 0xfc],
    ...[0x03, 0x20],
  ]);
  assert.equal(log.pending, false);
  assert.deepEqual([...write(log)], []);
});

test("ArrivalLog writes runs of one status in two bytes", () => {
  const log = new ArrivalLog();
  for (let i = 0; i < 100; i++) log.receive(i, instantAt(64_000 + i));
  const bytes = write(log);
  assert.deepEqual([...bytes.subarray(8, 10)], [0x20, 100]);
  assert.equal(bytes.length, 8 + 2 + 100 + 2);
});

test("readTransportFeedback() reads chunks of one bit and times of two bytes", () => {
  const bytes = Uint8Array.from([
    ...[0xff, 0xff], // Wraps after the first.
    ...[0, 16],
    ...[0xff, 0xff, 0xff], // The last unit before the clock wraps.
    9,
    ...[0b1010_0000, 0b0000_0001], // The first and the last of 14.
    ...[0b0100_0000, 2], // A run of two with long times.
    8,
    4,
    ...[0x01, 0x00],
    ...[0xff, 0xff],
    ...[0, 0],
  ]);
  const found = read(bytes)!;
  assert.equal(found.length, 16);
  const received = found.filter(([, received]) => received);
  const first = 0xffffff * 256 + 8;
  assert.deepEqual(received, [
    [0xffff, true, first],
    [12, true, first + 4],
    [13, true, (first + 260) % 2 ** 32],
    [14, true, (first + 259) % 2 ** 32],
  ]);
});

test("readTransportFeedback() refuses what claims more than it has", () => {
  const fields = (
    count: number,
  ) => [0, 0, count >> 8, count & 0xff, 0, 0, 0, 0];
  assert.equal(read(Uint8Array.from(fields(1).slice(0, 7))), undefined);
  assert.equal(read(Uint8Array.from(fields(1))), undefined, "no chunk");
  assert.equal(read(Uint8Array.from([...fields(2), 0x20, 2, 5])), undefined);
  assert.equal(read(Uint8Array.from([...fields(1), 0, 0, 0, 0])), undefined);
  const many = MAX_STATUSES + 1;
  const run = [many >> 8, many & 0xff];
  assert.equal(read(Uint8Array.from([...fields(many), ...run])), undefined);
});

test("ArrivalLog and readTransportFeedback() understand one another", () => {
  const arrival = fc.record({
    skip: fc.oneof(
      fc.constant(0),
      fc.nat({ max: 3 }),
      fc.nat({ max: 300 }),
    ),
    waitTicks: fc.oneof(
      fc.nat({ max: 40 }),
      fc.nat({ max: 30_000 }),
      fc.nat({ max: 300_000 }),
    ),
  });
  fc.assert(
    fc.property(
      fc.nat({ max: 0xffff }),
      fc.array(arrival, { minLength: 1, maxLength: 400 }),
      (first, arrivals) => {
        const log = new ArrivalLog();
        const expected = new Map<number, number>();
        let number = first;
        let ticks = 1_000_000;
        for (const { skip, waitTicks } of arrivals) {
          number += skip + 1;
          ticks += waitTicks;
          log.receive(number & 0xffff, instantAt(ticks / 4));
          expected.set(number, ticks);
          // What is too old is forgotten, as nobody can use it.
          for (const known of expected.keys()) {
            if (known < number - 1_500) expected.delete(known);
          }
        }
        const found = new Map<number, number>();
        while (log.pending) {
          const bytes = write(log);
          assert.ok(bytes.length <= 1_300 && bytes.length % 4 === 0);
          for (const [low, received, arrivalTicks] of read(bytes)!) {
            if (received) found.set(low, arrivalTicks);
          }
        }
        for (const [known, ticks] of expected) {
          assert.equal(found.get(known & 0xffff), ticks);
        }
      },
    ),
  );
});

test("ArrivalLog tells again of what came late", () => {
  const log = new ArrivalLog();
  log.receive(1, instantAt(100));
  log.receive(3, instantAt(101));
  assert.deepEqual(read(write(log))!.map(([, received]) => received), [
    true,
    false,
    true,
  ]);
  log.receive(2, instantAt(150));
  assert.deepEqual(read(write(log))!.map(([number]) => number), [2, 3]);
  log.receive((3 - 1_000) & 0xffff, instantAt(151));
  assert.equal(log.pending, false, "too late");
});

test("readTransportFeedback() takes whatever bytes there are", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const found = read(bytes);
      assert.ok((found?.length ?? 0) <= MAX_STATUSES);
    }),
    { numRuns: 3_000 },
  );
  // Among other feedback, with sound bytes changed here and there.
  const log = new ArrivalLog();
  for (let i = 0; i < 60; i++) {
    if (i % 7 !== 2) {
      log.receive(65_500 + i & 0xffff, instantAt(70_000 + i * 9));
    }
  }
  const writer = new RtcpWriter(new Uint8Array(1_400));
  writer.receiverReport(1, []);
  assert.ok(writer.transportFeedback(1, 2, log));
  const sound = writer.packet().slice();
  let statuses = 0;
  assert.ok(readRtcp(sound, { packetStatus: () => statuses++ }));
  assert.equal(statuses, 60);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: sound.length - 1 }), fc.nat(255)), {
        maxLength: 8,
      }),
      fc.nat({ max: sound.length }),
      (changes, size) => {
        const bytes = sound.slice(0, size);
        for (const [at, value] of changes) {
          if (at < size) bytes[at] = value;
        }
        let visits = 0;
        readRtcp(bytes, { packetStatus: () => visits++ });
        assert.ok(visits <= MAX_STATUSES * 4);
      },
    ),
    { numRuns: 3_000 },
  );
});
