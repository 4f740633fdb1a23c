import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { instantAt } from "../../lib/time.ts";
import {
  MAX_CACHED_BYTES,
  PacketCache,
  wantedCapacity,
} from "./packet_cache.ts";
import { RtpView, writeRtpHeader } from "./rtp_packet.ts";

const view = new RtpView();

function packet(extended: number, payload = [extended & 0xff]): Uint8Array {
  const bytes = new Uint8Array(12 + payload.length);
  writeRtpHeader(
    bytes,
    96,
    extended % 2 === 0,
    extended & 0xffff,
    extended * 10,
    1,
  );
  bytes.set(payload, 12);
  return bytes;
}

function store(
  cache: PacketCache,
  extended: number,
  keyframe = false,
): boolean {
  const bytes = packet(extended);
  assert.ok(view.parse(bytes));
  return cache.store(extended, view, bytes, instantAt(extended), keyframe);
}

test("PacketCache.find() gives back what was stored", () => {
  const cache = new PacketCache(8);
  assert.ok(store(cache, 65536, true));
  const slot = cache.find(65536);
  assert.ok(slot >= 0);
  assert.equal(cache.extended(slot), 65536);
  assert.equal(cache.timestamp(slot), 655360);
  assert.equal(cache.marker(slot), true);
  assert.equal(cache.startsKeyframe(slot), true);
  assert.equal(cache.arrival(slot), 65536);
  assert.equal(cache.payloadSize(slot), 1);
  assert.deepEqual([...cache.payload(slot)], [0]);
  assert.equal(cache.find(65537), -1);
  assert.equal(cache.find(65535), -1);
  assert.equal(cache.find(-1), -1);
});

test("PacketCache.store() leaves header extensions and padding out of payloads", () => {
  const cache = new PacketCache(8);
  const bytes = Uint8Array.from([
    ...[0xb0, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1],
    ...[0xbe, 0xde, 0, 1, 0x10, 1, 0, 0],
    ...[42, 43, 0, 2],
  ]);
  assert.ok(view.parse(bytes));
  assert.ok(cache.store(1, view, bytes, instantAt(0), false));
  assert.deepEqual([...cache.payload(cache.find(1))], [42, 43]);
});

test("PacketCache.store() takes 1,500 bytes and refuses more", () => {
  const cache = new PacketCache(8);
  for (const [size, fits] of [[1500, true], [1501, false]] as const) {
    const bytes = packet(1, new Array(size - 12).fill(7));
    assert.ok(view.parse(bytes));
    assert.equal(cache.store(1, view, bytes, instantAt(0), false), fits);
  }
  assert.equal(cache.payloadSize(cache.find(1)), MAX_CACHED_BYTES - 12);
});

test("PacketCache.store() refuses what is older than its window", () => {
  const cache = new PacketCache(8);
  store(cache, 100);
  assert.equal(store(cache, 92), false);
  assert.equal(store(cache, 93), true);
  assert.ok(cache.find(93) >= 0);
});

test("PacketCache.find() does not take a packet of a cycle ago for a lost one", () => {
  const cache = new PacketCache(8);
  store(cache, 65536 + 3);
  store(cache, 2 * 65536 + 2);
  store(cache, 2 * 65536 + 4); // …+3 is lost.
  assert.equal(cache.find(2 * 65536 + 3), -1);
  assert.equal(cache.find(65536 + 3), -1);
});

test("PacketCache holds exactly the latest packets, at every step", () => {
  const steps = fc.array(fc.integer({ min: -10, max: 12 }), { maxLength: 80 });
  fc.assert(fc.property(steps, fc.constantFrom(4, 8, 16), (all, capacity) => {
    const cache = new PacketCache(capacity);
    const model = new Set<number>();
    let newest = 65536;
    for (const step of all) {
      const extended = newest + step;
      if (store(cache, extended)) model.add(extended);
      if (model.has(extended)) newest = Math.max(newest, extended);
      for (let n = newest - 40; n < newest + 20; n++) {
        const held = model.has(n) && n > cache.newest - capacity;
        assert.equal(cache.find(n) >= 0, held);
        if (held) {
          assert.deepEqual([...cache.payload(cache.find(n))], [n & 0xff]);
        }
      }
    }
  }));
});

test("PacketCache.resize() keeps the latest packets that fit", () => {
  const cache = new PacketCache(8);
  for (let n = 100; n < 108; n++) store(cache, n, n === 101);
  cache.resize(32);
  assert.equal(cache.capacity, 32);
  for (let n = 100; n < 108; n++) {
    assert.deepEqual([...cache.payload(cache.find(n))], [n]);
    assert.equal(cache.timestamp(cache.find(n)), n * 10);
  }
  assert.equal(cache.keyframe, 101);
  cache.resize(4);
  assert.equal(cache.find(103), -1);
  assert.deepEqual([...cache.payload(cache.find(104))], [104]);
  assert.equal(cache.keyframe, -1);
  store(cache, 108);
  assert.equal(cache.find(104), -1);
});

test("PacketCache.replayStart() starts a viewer with the latest keyframe", () => {
  const cache = new PacketCache(128);
  assert.equal(cache.replayStart(instantAt(0)), -1, "nothing cached");
  store(cache, 1000, true);
  store(cache, 1005, true);
  store(cache, 1003, true); // Late.
  store(cache, 1010);
  assert.equal(cache.replayStart(instantAt(1010)), 1005);
  assert.equal(cache.replayStart(instantAt(5000)), -1, "too long ago");
  store(cache, 1101);
  assert.equal(cache.keyframe, 1005);
  assert.equal(
    cache.replayStart(instantAt(1101)),
    -1,
    "too many packets since",
  );
});

test("PacketCache.clear() forgets everything", () => {
  const cache = new PacketCache(8);
  store(cache, 1000, true);
  cache.clear();
  assert.equal(cache.newest, -1);
  assert.equal(cache.find(1000), -1);
  assert.equal(cache.keyframe, -1);
  assert.ok(store(cache, 5));
});

test("new PacketCache() refuses a capacity that is no power of two", () => {
  for (const capacity of [0, -8, 3, 2048, 1.5]) {
    assert.throws(() => new PacketCache(capacity), RangeError);
  }
});

test("wantedCapacity() follows round trips within its bounds", () => {
  assert.equal(wantedCapacity("video", 300, 20), 128);
  assert.equal(wantedCapacity("audio", 50, 20), 32);
  assert.equal(wantedCapacity("video", 300, 200), 256);
  assert.equal(wantedCapacity("video", 5000, 900), 1024);
});
