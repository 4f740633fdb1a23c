import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { instantAt } from "../../lib/time.ts";
import { PacketCache } from "./packet_cache.ts";
import { MAX_RED_PAYLOAD_BYTES, RedEncoder } from "./red.ts";
import { RedPayloads } from "./red_payloads.ts";
import { RepairBudget } from "./repair_budget.ts";
import {
  LONG_RTP_HEADER_SIZE,
  RtpView,
  writeRtpHeader,
  writeTransportSequence,
} from "./rtp_packet.ts";
import { unwrapRtx, wrapRtx } from "./rtx.ts";

const NOW = instantAt(0);

function rtp(timestamp: number, payload: readonly number[]): Uint8Array {
  const packet = new Uint8Array(12 + payload.length);
  writeRtpHeader(packet, 111, true, 1, timestamp, 5);
  packet.set(payload, 12);
  return packet;
}

/** A cache of sound: by number, timestamp and payload. */
function cacheOf(packets: [number, number, number[]][]): PacketCache {
  const cache = new PacketCache(32);
  for (const [extended, timestamp, payload] of packets) {
    const view = new RtpView();
    const packet = rtp(timestamp >>> 0, payload);
    assert.ok(view.parse(packet));
    cache.store(extended, view, packet, NOW, false);
  }
  return cache;
}

/** With redundancy, for number 102; empty if that cannot be had. */
function encodeRed(cache: PacketCache, depth: number): number[] {
  const out = new Uint8Array(MAX_RED_PAYLOAD_BYTES + 1);
  const size = new RedEncoder().encode(cache, 102, 111, depth, out, 1);
  return [...out.subarray(1, 1 + size)];
}

test("RedEncoder repeats the packets before (RFC 2198 §3)", () => {
  const cache = cacheOf([
    [100, -960, [1]],
    [101, 0, [2, 3]],
    [102, 960, [4, 5, 6]],
  ]);
  const encode = (depth: number) => encodeRed(cache, depth);
  assert.deepEqual(encode(0), [111, 4, 5, 6]);
  // F, the type; 14 bits of offset and 10 of length: 960 << 10 | 2.
  assert.deepEqual(encode(1), [0xef, 0x0f, 0x00, 0x02, 111, 2, 3, 4, 5, 6]);
  assert.deepEqual(encode(2), [
    ...[0xef, 0x1e, 0x00, 0x01],
    ...[0xef, 0x0f, 0x00, 0x02],
    ...[111, 1, 2, 3, 4, 5, 6],
  ]);
});

test("RedEncoder leaves out what is missing, too old or too long", () => {
  const encode = (packets: [number, number, number[]][]) =>
    encodeRed(cacheOf(packets), 2);
  assert.deepEqual(encode([[102, 0, [9]]]), [111, 9]);
  assert.deepEqual(encode([[101, 0, [8]], [102, 16_384, [9]]]), [111, 9]);
  assert.deepEqual(encode([[101, 0, []], [102, 960, [9]]]), [111, 9]);
  const long = new Array<number>(1_024).fill(1);
  assert.deepEqual(encode([[101, 0, long], [102, 960, [9]]]), [111, 9]);
  const half = new Array<number>(700).fill(1);
  assert.deepEqual(encode([[101, 0, half], [102, 960, half]]), []);
  assert.deepEqual(encode([[101, 0, [8]]]), [], "not in the cache");
});

test("RedPayloads makes each payload of a batch once for all viewers alike", () => {
  const cache = cacheOf([[100, 0, [1]], [101, 960, [2]], [102, 1_920, [3]]]);
  const payloads = new RedPayloads();
  const read = (extended: number, payloadType: number, depth: number) => {
    const found = payloads.find(cache, extended, payloadType, depth);
    const at = payloads.offset(found);
    return [...payloads.memory.subarray(at, at + payloads.size(found))];
  };
  const toOne = [read(101, 111, 1), read(102, 111, 1), read(102, 111, 2)];
  assert.deepEqual(toOne[1], [0xef, 0x0f, 0x00, 0x01, 111, 2, 3]);
  for (let viewer = 0; viewer < 10; viewer++) {
    const toAnother = [101, 102].map((extended) => read(extended, 111, 1));
    assert.deepEqual([...toAnother, read(102, 111, 2)], toOne);
  }
  assert.equal(payloads.made, 3);

  assert.equal(read(102, 96, 1).at(-3), 96, "under the viewer's own number");
  assert.equal(payloads.find(cache, 103, 111, 1), -1, "not in the cache");
  payloads.clear();
  cache.clear();
  assert.equal(payloads.find(cache, 102, 111, 1), -1, "no more");
});

test("unwrapRtx() undoes wrapRtx(), and passes over padding", () => {
  const packet = new Uint8Array(LONG_RTP_HEADER_SIZE + 5);
  writeRtpHeader(packet, 97, true, 7, 9_000, 6);
  writeTransportSequence(packet, 3, 0x1234);
  packet.set([1, 2, 3], LONG_RTP_HEADER_SIZE + 2);
  wrapRtx(65_535, packet, LONG_RTP_HEADER_SIZE + 2);
  const view = new RtpView();
  assert.ok(view.parse(packet));
  const at = view.findExtension(3);
  assert.deepEqual([...packet.subarray(at, at + view.elementSize)], [
    0x12,
    0x34,
  ]);
  assert.ok(unwrapRtx(view, packet, 5, 96));
  assert.deepEqual(
    [view.sequenceNumber, view.ssrc, view.payloadType, view.payloadSize],
    [65_535, 5, 96, 3],
  );
  assert.equal(packet[view.payloadOffset], 1);

  for (const size of [0, 1]) {
    assert.ok(view.parse(packet.subarray(0, LONG_RTP_HEADER_SIZE + size)));
    assert.equal(unwrapRtx(view, packet, 5, 96), false);
    assert.equal(view.sequenceNumber, 7);
  }
});

test("unwrapRtx() takes whatever packets there are", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 60 }), (bytes) => {
      bytes[0] = 0x80 | bytes[0]! & 0x3f;
      const view = new RtpView();
      if (!view.parse(bytes) || !unwrapRtx(view, bytes, 1, 2)) return;
      assert.ok(view.payloadOffset + view.payloadSize <= bytes.length);
      assert.ok(view.payloadSize >= 0);
    }),
    { numRuns: 3_000 },
  );
});

test("RepairBudget sends nothing again within a round trip, and then twice", () => {
  const budget = new RepairBudget();
  const take = (extended: number, ms: number) =>
    budget.take(extended, 1_000, Infinity, 50, instantAt(ms));
  assert.equal(take(7, 0), 1);
  assert.equal(take(7, 49), 0);
  assert.equal(take(8, 49), 1);
  assert.equal(take(7, 50), 2, "the first was lost");
});

test("RepairBudget repairs once where there is no room for twice", () => {
  const budget = new RepairBudget();
  const take = () => budget.take(7, 1_000, 1e6, 0, NOW);
  const taken = Array.from({ length: 17 }, take);
  assert.deepEqual(taken, [1, ...new Array(15).fill(2), 0]);
  const other = new RepairBudget();
  other.take(1, 29_500, 1e6, 0, NOW);
  assert.equal(other.take(1, 1_000, 1e6, 0, NOW), 1);
});

test("RepairBudget leaves most of the path to what is new", () => {
  const budget = new RepairBudget();
  let extended = 0;
  /** How many packets of 1,000 bytes may go at 1 Mbit/s at a time. */
  const count = (ms: number) => {
    let taken = 0;
    while (budget.take(extended++, 1_000, 1e6, 0, instantAt(ms)) > 0) taken++;
    return taken;
  };
  assert.equal(count(0), 31, "a quarter of a second at once");
  assert.equal(count(0), 0);
  assert.equal(count(160), 10, "then half of what the path carries");
  assert.equal(count(100_000), 31);
});
