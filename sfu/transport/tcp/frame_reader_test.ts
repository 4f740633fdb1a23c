import assert from "node:assert/strict";
import fc from "fast-check";

import { FrameQueue } from "./frame_queue.ts";
import { FrameReader, MAX_FRAME_BYTES } from "./frame_reader.ts";

/** Gives the bytes in pieces of these sizes; the rest at once. */
function read(bytes: Uint8Array, sizes: readonly number[] = []) {
  const reader = new FrameReader();
  const frames: Uint8Array[] = [];
  const rest = [...sizes];
  for (let at = 0; at < bytes.length;) {
    const { room } = reader;
    assert.ok(room.length > 0, "there is room as long as it goes on");
    const size = Math.min(
      rest.shift() ?? Infinity,
      room.length,
      bytes.length - at,
    );
    room.set(bytes.subarray(at, at + size));
    at += size;
    const isFine = reader.take(
      size,
      (buffer, offset, bytes) =>
        frames.push(buffer.slice(offset, offset + bytes)),
    );
    if (!isFine) return { frames, isFine };
  }
  return { frames, isFine: true };
}

/** The same as a queue frames it. */
function frame(...payloads: readonly Uint8Array[]): Uint8Array {
  const queue = new FrameQueue(1 << 20);
  for (const one of payloads) assert.ok(queue.push(one, 0, one.length));
  return queue.head;
}

const aPayload = fc.uint8Array({ minLength: 1, maxLength: MAX_FRAME_BYTES });
const someSizes = fc.array(fc.integer({ min: 1, max: 5_000 }));

Deno.test("FrameReader finds frames again, however they were cut up (RFC 4571)", () => {
  fc.assert(
    fc.property(fc.array(aPayload), someSizes, (payloads, sizes) => {
      assert.deepEqual(read(frame(...payloads), sizes), {
        frames: payloads,
        isFine: true,
      });
    }),
  );
});

Deno.test("FrameReader takes whatever comes, and hands on nothing too long (RFC 4571)", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 20_000 }),
      someSizes,
      (bytes, sizes) => {
        const { frames } = read(bytes, sizes);
        const total = frames.reduce((sum, { length }) => sum + length, 0);
        assert.ok(total <= bytes.length);
        for (const { length } of frames) {
          assert.ok(length > 0 && length <= MAX_FRAME_BYTES);
        }
      },
    ),
  );
});

Deno.test("FrameReader passes over empty frames, and refuses those that are too long", () => {
  const one = Uint8Array.of(7);
  assert.deepEqual(read(Uint8Array.of(0, 0, 0, 0, 0, 1, 7, 0, 0)), {
    frames: [one],
    isFine: true,
  });
  const tooLong = frame(one, new Uint8Array(MAX_FRAME_BYTES + 1));
  assert.deepEqual(read(tooLong), { frames: [one], isFine: false });
});

Deno.test("FrameQueue sends what it was given, in order, and refuses what does not fit", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({
        payload: fc.uint8Array({ minLength: 1, maxLength: 90 }),
        sent: fc.integer({ min: 0, max: 100 }),
      })),
      (steps) => {
        const queue = new FrameQueue(100);
        const taken: Uint8Array[] = [];
        const sent: number[] = [];
        const send = (most: number) => {
          const head = queue.head.slice(0, most);
          sent.push(...head);
          queue.drop(head.length);
        };
        for (const { payload, sent: most } of steps) {
          const fits = queue.count + 2 + payload.length <= 100;
          assert.equal(queue.push(payload, 0, payload.length), fits);
          if (fits) taken.push(payload);
          send(most);
        }
        while (queue.count > 0) send(Infinity);
        assert.deepEqual(read(Uint8Array.from(sent)).frames, taken);
      },
    ),
  );
});
