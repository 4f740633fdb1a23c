import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createDepacketiser } from "./depacketiser.ts";
import { readKeyframeHeader } from "./keyframe_header.ts";

const CODECS = ["vp8", "vp9", "av1", "h264"] as const;

/** The frame of these payloads; `undefined` if one of them cannot be. */
function join(
  codec: typeof CODECS[number],
  ...payloads: readonly (readonly number[])[]
): number[] | undefined {
  const depacketiser = createDepacketiser(codec);
  for (const payload of payloads) {
    // Not at the beginning of the memory.
    const bytes = new Uint8Array([0xee, ...payload, 0xee]);
    if (!depacketiser.add(bytes, 1, payload.length)) return undefined;
  }
  const frame = depacketiser.take();
  return frame && [...frame];
}

test("VP8: descriptors are left out, and a frame begins with its beginning", () => {
  const extended = [0x90, 0xe0, 0x80, 0x01, 5, 0x20];
  assert.deepEqual(join("vp8", [...extended, 1, 2], [0x00, 3]), [1, 2, 3]);
  assert.deepEqual(join("vp8", [0x10, 1], [0x00, 2], [0x01, 3]), [1, 2, 3]);
  assert.equal(join("vp8", [0x00, 1]), undefined);
  assert.equal(join("vp8", [0x10, 1], [0x10, 2]), undefined);
  assert.equal(join("vp8"), undefined);
});

test("VP9: layers of one picture become a superframe with its index", () => {
  assert.deepEqual(join("vp9", [0x08, 1, 2], [0x04, 3]), [1, 2, 3]);
  const layers = join("vp9", [0x2c, 0, 0, 7], [0x2c, 2, 0, 8, 9]);
  const marker = 0xd9;
  const index = [marker, 1, 0, 0, 0, 2, 0, 0, 0, marker];
  assert.deepEqual(layers, [7, 8, 9, ...index]);
  assert.equal(join("vp9", [0x04, 3]), undefined);
});

test("H.264: single units, several in one packet and parts get their sizes", () => {
  const size = (bytes: number) => [0, 0, 0, bytes];
  assert.deepEqual(join("h264", [0x65, 1, 2]), [...size(3), 0x65, 1, 2]);
  assert.deepEqual(
    join("h264", [0x78, 0, 2, 0x67, 1, 0, 2, 0x68, 2]),
    [...size(2), 0x67, 1, ...size(2), 0x68, 2],
  );
  assert.deepEqual(
    join("h264", [0x7c, 0x85, 1, 2], [0x7c, 0x05, 3], [0x7c, 0x45, 4]),
    [...size(5), 0x65, 1, 2, 3, 4],
  );
  assert.equal(join("h264", [0x7c, 0x05, 3]), undefined, "no beginning");
  assert.equal(join("h264", [0x7c, 0x85, 1]), undefined, "no end");
  assert.equal(join("h264", [0x78, 0, 9, 0x67, 1]), undefined, "too long");
  assert.equal(join("h264", [0x7d, 0, 0, 1]), undefined, "another mode");
});

test("AV1: units get their sizes, also over several packets; delimiters go", () => {
  // W = 2: a delimiter with its size, and a unit without.
  assert.deepEqual(join("av1", [0x28, 1, 0x10, 0x30, 5, 6]), [0x32, 2, 5, 6]);
  // Y, then Z: the unit goes on in the next packet.
  assert.deepEqual(
    join("av1", [0x58, 0x30, 5], [0x90, 6, 7]),
    [0x32, 3, 5, 6, 7],
  );
  // W = 0: each unit has its size.
  assert.deepEqual(
    join("av1", [0x08, 2, 0x30, 5, 2, 0x30, 6]),
    [0x32, 1, 5, 0x32, 1, 6],
  );
  assert.equal(join("av1", [0x90, 6, 7]), undefined, "no beginning");
  assert.equal(join("av1", [0x58, 0x30, 5]), undefined, "no end");
  assert.equal(join("av1", [0x08, 9, 0x30, 5]), undefined, "too long");
});

test("Depacketisers and headers bear whatever comes", () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 60 }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.constantFrom(...CODECS), payloads, (codec, all) => {
      const depacketiser = createDepacketiser(codec);
      let given = 0;
      for (const payload of all) {
        given += payload.length;
        depacketiser.add(payload, 0, payload.length);
      }
      const frame = depacketiser.take();
      if (frame === undefined) return;
      // Sizes of units, and an index of at most eight, come on top.
      assert.ok(frame.length <= given * 5 + 34);
      readKeyframeHeader(codec, frame);
    }),
    { numRuns: 2_000 },
  );
});

test("Depacketisers do not grow without bound", () => {
  const part = new Uint8Array(1_400);
  for (
    const [codec, first, rest] of [
      ["vp8", [0x10], [0x00]],
      ["vp9", [0x08], [0x00]],
      ["av1", [0x50], [0xd0]],
      ["h264", [0x7c, 0x85], [0x7c, 0x05]],
    ] as const
  ) {
    const depacketiser = createDepacketiser(codec);
    let added = 0;
    for (let n = 0; n < 10_000; n++) {
      part.set(n === 0 ? first : rest);
      if (!depacketiser.add(part, 0, part.length)) break;
      added++;
    }
    assert.ok(added > 100 && added < 4_000, `${codec}: ${added}`);
    depacketiser.clear();
    assert.equal(depacketiser.take(), undefined);
  }
});
