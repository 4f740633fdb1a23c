import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DependencyDescriptor } from "./dependency_descriptor.ts";

/** Packs numbers into bytes: value and width, one after the other. */
function bits(...fields: readonly (readonly [number, number])[]): Uint8Array {
  const text = fields.map(([value, width]) =>
    value.toString(2).padStart(width, "0")
  ).join("");
  const bytes = text.padEnd(Math.ceil(text.length / 8) * 8, "0");
  return Uint8Array.from(bytes.match(/.{8}/g)!, (byte) => parseInt(byte, 2));
}

/** Two spatial layers of two temporal layers each, and a target for each layer. */
const STRUCTURE: readonly (readonly [number, number])[] = [
  [60, 6], // The number of the first template.
  [3, 5], // Four targets.
  ...[1, 2, 1, 3].map((next) => [next, 2] as const),
  // What each template is to the targets: S0T0, S0T1, S1T0, S1T1.
  ...[
    [2, 2, 2, 2], // Of S0T0.
    [0, 2, 0, 3], // Of S0T1: to its own target one may switch with it.
    [0, 0, 2, 2],
    [0, 0, 0, 1],
  ].flat().map((indication) => [indication, 2] as const),
  // Differences of frame numbers: none, one of 2, one of 1, two.
  [0, 1],
  ...[[1, 1], [1, 4], [0, 1]] as const,
  ...[[1, 1], [0, 4], [0, 1]] as const,
  ...[[1, 1], [1, 4], [1, 1], [0, 4], [0, 1]] as const,
  // Two chains, of five possible counts: 2 has two bits.
  [2, 2],
  ...[0, 0, 1, 1].map((chain) => [chain, 1] as const),
  ...new Array(8).fill([3, 4]),
  [1, 1], // Sizes.
  ...[[319, 16], [179, 16], [639, 16], [359, 16]] as const,
];

function descriptor(
  template: number,
  { starts = 1, ends = 1, structure = false } = {},
): Uint8Array {
  const mandatory = [[starts, 1], [ends, 1], [template, 6], [77, 16]] as const;
  return structure
    ? bits(...mandatory, [1, 1], [0, 4], ...STRUCTURE)
    : bits(...mandatory);
}

const KEY = descriptor(60, { structure: true, ends: 0 });

test("DependencyDescriptor tells the layers of frames by their templates", () => {
  const reader = new DependencyDescriptor();
  assert.equal(reader.parse(descriptor(60), 0, 3), false, "no templates yet");
  assert.ok(reader.parse(KEY, 0, KEY.length));
  assert.deepEqual(
    [reader.startsFrame, reader.endsFrame, reader.width],
    [true, false, 640],
  );
  const layers = [60, 61, 62, 63].map((template) => {
    assert.ok(reader.parse(descriptor(template), 0, 3));
    return [reader.spatialLayer, reader.temporalLayer, reader.switchesUp];
  });
  assert.deepEqual(layers, [
    [0, 0, true],
    [0, 1, true],
    [1, 0, true],
    [1, 1, false],
  ]);
  assert.equal(reader.width, 0);
  assert.equal(reader.parse(descriptor(0), 0, 3), false, "no such template");
  assert.equal(reader.parse(descriptor(59), 0, 3), false, "no such template");
});

test("DependencyDescriptor takes a frame's own indications", () => {
  const reader = new DependencyDescriptor();
  assert.ok(reader.parse(KEY, 0, KEY.length));
  const own = (...indications: number[]) =>
    bits(
      ...[[1, 1], [1, 1], [63, 6], [78, 16], [0, 1], [0, 1], [1, 1], [0, 2]]
        .map(([value = 0, width = 0]) => [value, width] as const),
      ...indications.map((indication) => [indication, 2] as const),
    );
  const switching = own(0, 0, 0, 2);
  assert.ok(reader.parse(switching, 0, switching.length));
  assert.equal(reader.switchesUp, true);
  const needed = own(0, 0, 0, 3);
  assert.ok(reader.parse(needed, 0, needed.length));
  assert.equal(reader.switchesUp, false);
});

test("DependencyDescriptor survives whatever comes", () => {
  const garbled = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.tuple(
      fc.array(fc.tuple(fc.nat(KEY.length - 1), fc.nat(255)), { maxLength: 5 }),
      fc.nat(KEY.length),
    ).map(([changes, length]) => {
      const packet = KEY.slice();
      for (const [at, value] of changes) packet[at] = value;
      return packet.subarray(0, length);
    }),
  );
  const reader = new DependencyDescriptor();
  fc.assert(
    fc.property(garbled, fc.nat(90), (bytes, size) => {
      const isGood = reader.parse(bytes, 0, size);
      if (size > bytes.length) assert.equal(isGood, false);
      assert.ok(reader.spatialLayer <= 7 && reader.temporalLayer <= 7);
    }),
    { numRuns: 5_000 },
  );
  assert.ok(reader.parse(KEY, 0, KEY.length), "good again with the next one");
});
