import assert from "node:assert/strict";
import fc from "fast-check";
import type { PublisherKey } from "../../protocol/media_plane.ts";
import {
  createRingMemory,
  RelayedKind,
  RingReader,
  RingWriter,
} from "./packet_ring.ts";

const KEY = 7 as PublisherKey;
const { rtp, rtcp } = RelayedKind;

/** A ring, and what its reader has got: each packet's key, kind and bytes. */
function openRing(bytes: number) {
  const memory = createRingMemory(bytes);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  const got: [number, number, ...number[]][] = [];
  return {
    writer,
    got,
    read: () =>
      reader.drain((key, kind, packet, size) =>
        got.push([key, kind, ...packet.subarray(0, size)])
      ),
    reader,
  };
}

Deno.test("RingWriter shows packets when it is flushed, with whose and what they are", () => {
  const { writer, read, got } = openRing(256);
  writer.write(KEY, rtp, new Uint8Array([9, 1, 2, 3, 9]), 1, 3);
  read();
  assert.deepEqual(got, []);
  writer.write(8 as PublisherKey, rtcp, new Uint8Array([4]), 0, 1);
  writer.flush();
  read();
  assert.deepEqual(got, [[7, rtp, 1, 2, 3], [8, rtcp, 4]]);
});

Deno.test("RingWriter drops what finds no room, and goes on when there is some", () => {
  const { writer, read, got } = openRing(64);
  const packet = new Uint8Array(20);
  for (let n = 0; n < 3; n++) writer.write(KEY, rtp, packet, 0, 20);
  assert.equal(writer.dropped, 1, "two of 32 bytes fit");
  writer.flush();
  read();
  assert.equal(got.length, 2);
  writer.write(KEY, rtp, packet, 0, 20);
  writer.write(KEY, rtp, new Uint8Array(3_000), 0, 3_000);
  assert.equal(writer.dropped, 2, "and nothing that is too long");
  writer.flush();
  read();
  assert.equal(got.length, 3);
});

Deno.test("A ring gives what was written, in order, whatever the sizes and pauses", () => {
  const step = fc.oneof(
    fc.integer({ min: 0, max: 90 }).map((size) => ({ size })),
    fc.constant("read" as const),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const { writer, read, got } = openRing(256);
    const sent: number[] = [];
    let n = 0;
    const empty = () => {
      writer.flush();
      read();
    };
    for (const step of steps) {
      if (step === "read") {
        empty();
        continue;
      }
      const before = writer.dropped;
      const packet = new Uint8Array(step.size + 1).fill(++n & 0xff);
      writer.write(KEY, rtp, packet, 0, packet.length);
      if (writer.dropped === before) sent.push(n & 0xff, packet.length);
    }
    empty();
    assert.deepEqual(
      got.flatMap(([, , first = -1, ...rest]) => [first, rest.length + 1]),
      sent,
    );
  }));
});

Deno.test("RingReader waits until something is there", async () => {
  const { writer, reader, read, got } = openRing(256);
  const ready = reader.ready().then(read);
  writer.write(KEY, rtp, new Uint8Array([1]), 0, 1);
  writer.flush();
  await ready;
  assert.deepEqual(got, [[7, rtp, 1]]);
  writer.write(KEY, rtp, new Uint8Array([2]), 0, 1);
  writer.flush();
  await reader.ready().then(read);
  assert.equal(got.length, 2, "it was there before");
});

Deno.test("RingReader can be woken where nothing comes any more", async () => {
  const { reader, read, got } = openRing(256);
  const ready = reader.ready();
  reader.wake();
  await ready;
  read();
  assert.deepEqual(got, []);
});
