import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Vp8Descriptor } from "../vp8.ts";
import { PictureNumbers } from "./picture_numbers.ts";

/** A packet of VP8 with a picture id of 15 bits, or 7, and TL0PICIDX. */
function packet(id: number, base: number, bits: 7 | 15 = 15): Uint8Array {
  const number = bits === 15 ? [id >> 8 & 0x7f | 0x80, id & 0xff] : [id & 0x7f];
  return Uint8Array.of(0x90, 0xe0, ...number, base & 0xff, 0x20, 1);
}

/** What a viewer reads after a packet is forwarded. */
function forward(
  numbers: PictureNumbers,
  bytes: Uint8Array,
  dropped = 0,
): [number, number] {
  const picture = new Vp8Descriptor();
  // Not at the start of the buffer, as in a packet.
  const buffer = Uint8Array.of(1, 2, 3, ...bytes);
  assert.ok(picture.parse(buffer, 3, bytes.length));
  numbers.note(picture, dropped);
  const copy = bytes.slice();
  if (numbers.differs(dropped)) numbers.rewrite(copy, 0, picture, dropped);
  assert.ok(picture.parse(copy, 0, copy.length));
  return [picture.pictureId, picture.temporalBaseIndex];
}

test("PictureNumbers leaves the first source's as they are", () => {
  const numbers = new PictureNumbers();
  assert.deepEqual(forward(numbers, packet(32_767, 255)), [32_767, 255]);
  assert.deepEqual(forward(numbers, packet(0, 0)), [0, 0]);
  assert.equal(numbers.differs(0), false);
});

test("PictureNumbers closes the gaps of pictures that are left out", () => {
  const numbers = new PictureNumbers();
  assert.deepEqual(forward(numbers, packet(100, 7)), [100, 7]);
  assert.deepEqual(forward(numbers, packet(103, 8), 2), [101, 8]);
});

test("PictureNumbers goes on where another source begins", () => {
  const numbers = new PictureNumbers();
  forward(numbers, packet(32_766, 254));
  forward(numbers, packet(32_767, 255));
  numbers.switchSource();
  assert.deepEqual(forward(numbers, packet(5_000, 17)), [0, 0]);
  assert.deepEqual(forward(numbers, packet(5_001, 17)), [1, 0]);
  assert.deepEqual(forward(numbers, packet(5_004, 18), 2), [2, 1]);
  numbers.switchSource();
  assert.deepEqual(forward(numbers, packet(9, 200, 7)), [3, 2]);
});

test("PictureNumbers never repeats a number nor leaves one out, whatever the sources", () => {
  const source = fc.record({
    id: fc.nat(0x7fff),
    base: fc.nat(255),
    pictures: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(source, { minLength: 1 }), (sources) => {
      const numbers = new PictureNumbers();
      let last: [number, number] | undefined;
      for (const { id, base, pictures } of sources) {
        numbers.switchSource();
        for (let picture = 0; picture < pictures; picture++) {
          const found = forward(numbers, packet(id + picture, base + picture));
          if (last !== undefined) {
            assert.equal(found[0], (last[0] + 1) & 0x7fff);
            assert.equal(found[1], (last[1] + 1) & 0xff);
          }
          last = found;
        }
      }
    }),
  );
});
