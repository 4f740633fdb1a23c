import assert from "node:assert/strict";

import fc from "fast-check";

import { FrameScanner, MAX_FRAGMENTS } from "./frame_scanner.ts";

const MAX = 1_000;

interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly length: number;
}

/** The bytes of a masked frame, with its length in the shortest form. */
function toBytes({ opcode, isLast, length }: Frame): number[] {
  const first = (isLast ? 0x80 : 0) | opcode;
  const size = length < 126
    ? [0x80 | length]
    : [0x80 | 126, length >> 8, length & 0xff];
  return [first, ...size, 1, 2, 3, 4, ...Array<number>(length).fill(0x81)];
}

const frame = fc.record({
  opcode: fc.constantFrom(0, 1, 2, 9, 10),
  isLast: fc.boolean(),
  length: fc.integer({ min: 0, max: 700 }),
});

Deno.test("FrameScanner adds up fragments, however the bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }),
      (frames, cuts) => {
        let message = 0;
        let isTooLong = false;
        for (const { opcode, isLast, length } of frames) {
          if (opcode >= 8) continue;
          message += length;
          isTooLong ||= message > MAX;
          if (isLast) message = 0;
        }
        const bytes = new Uint8Array(frames.flatMap(toBytes));
        const scanner = new FrameScanner(MAX);
        let verdict = scanner.take(new Uint8Array());
        for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
          const length = cuts[cut % cuts.length] ?? 1;
          verdict = scanner.take(bytes.subarray(at, at + length));
          at += length;
        }
        assert.equal(verdict, isTooLong ? "too-long" : "fine");
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("FrameScanner refuses by the head of a frame, before its payload comes", () => {
  const heads = [
    [0x81, 0xff, 0, 0, 0, 0, 0, 0, 0x03, 0xe9, 0, 0, 0, 0], // 1,001
    [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
    [0x01, 0xfe, 0x03, 0xe9, 0, 0, 0, 0],
  ];
  for (const head of heads) {
    const scanner = new FrameScanner(MAX);
    assert.equal(scanner.take(new Uint8Array(head)), "too-long");
    assert.equal(scanner.take(new Uint8Array([0x81])), "too-long", "for ever");
  }
});

Deno.test("FrameScanner counts empty fragments, which never get too long", () => {
  const scanner = new FrameScanner(MAX);
  const empty = new Uint8Array([0x00, 0x80, 0, 0, 0, 0]);
  for (let count = 0; count < MAX_FRAGMENTS; count += 1) {
    assert.equal(scanner.take(empty), "fine");
  }
  assert.equal(scanner.take(empty), "too-long");
});

Deno.test("FrameScanner survives whatever bytes there are", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
      const scanner = new FrameScanner(MAX);
      for (const chunk of chunks) scanner.take(chunk);
    }),
  );
});
