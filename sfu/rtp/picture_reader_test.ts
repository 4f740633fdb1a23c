import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createPictureReader, type PictureCodec } from "./picture_reader.ts";
import { RtpView } from "./rtp_packet.ts";
import { Vp9Descriptor } from "./vp9.ts";

/** The starts of pairs of packets: one that starts a keyframe, one that does not. */
const PAIRS: Readonly<Record<PictureCodec, readonly [string, string]>> = {
  vp8: [
    "80e0713e5d6f3cc5750c80969080b04c9002009d012a1000100039",
    "806f618fd536dc151b4ab5297809a193a05bd8f1de87235ab91997",
  ],
  vp9: [
    "80e26cb9cda2775ceaf014e98fbd901800100010010401824983420000f000",
    "80e24ab51a333f7b9cda7bd08dec14860040928" + "82c508330101c06",
  ],
  h264: [
    "80e60faefa863b4959bd79e778000c6742c00c8c8d4e403c2211a8000468ce3c80",
    "80e60faffa86468959bd79e761e0004000be409ea0",
  ],
  av1: [
    "80e60001000000010000000a" + "180a0b00000024c4ff7f" + "3230",
    "80e60002000000010000000a" + "1032f0" + "00",
  ],
};

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16));
}

function startsKeyframe(codec: PictureCodec, packet: Uint8Array): boolean {
  const view = new RtpView();
  assert.ok(view.parse(packet));
  const reader = createPictureReader(codec);
  reader.parse(packet, view.payloadOffset, view.payloadSize);
  return reader.startsKeyframe;
}

for (const codec of ["vp8", "vp9", "av1", "h264"] as const) {
  test(`keyframes of ${codec} are found, and others are none (B-25)`, () => {
    const [key, other] = PAIRS[codec];
    assert.equal(startsKeyframe(codec, bytesOf(key)), true);
    assert.equal(startsKeyframe(codec, bytesOf(other)), false);
  });

  test(`a reader of ${codec} survives whatever comes`, () => {
    const reader = createPictureReader(codec);
    const [key, other] = PAIRS[codec].map((hex) => bytesOf(hex).subarray(12));
    const garbled = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.tuple(
        fc.constantFrom(key!, other!),
        fc.array(fc.tuple(fc.nat(63), fc.nat(255)), { maxLength: 6 }),
        fc.nat(40),
      ).map(([seed, changes, length]) => {
        const packet = seed.slice(0, length);
        for (const [at, value] of changes) {
          if (at < packet.length) packet[at] = value;
        }
        return packet;
      }),
    );
    fc.assert(
      fc.property(garbled, fc.nat(70), (packet, size) => {
        const isWhole = reader.parse(packet, 0, size);
        if (size < 1 || size > packet.length) assert.equal(isWhole, false);
        if (!isWhole) assert.equal(reader.startsKeyframe, false);
        assert.ok(reader.temporalLayer >= 0 && reader.temporalLayer <= 7);
        assert.ok(reader.spatialLayer >= 0 && reader.spatialLayer <= 7);
        if (reader.pictureIdBits > 0) assert.ok(reader.pictureIdOffset < size);
      }),
      { numRuns: 2_000 },
    );
  });
}

test("Vp9Descriptor reads layers, and skips references and structures", () => {
  const vp9 = new Vp9Descriptor();
  // Not flexible: a picture id of 7 bits, layers, TL0PICIDX.
  const packet = Uint8Array.of(0b1110_1101, 57, 0b010_1_001_1, 9, 0x86);
  assert.ok(vp9.parse(packet, 0, packet.length));
  assert.equal(vp9.pictureId, 57);
  assert.equal(vp9.pictureIdBits, 7);
  assert.equal(vp9.temporalLayer, 2);
  assert.equal(vp9.switchesUp, true);
  assert.equal(vp9.spatialLayer, 1);
  assert.equal(vp9.usesLayerBelow, true);
  assert.equal(vp9.temporalBaseIndex, 9);
  assert.ok(vp9.startsFrame && vp9.endsFrame && vp9.forOwnLayerOnly);
  assert.equal(vp9.size, 4);
  // Flexible: two references, and the sizes of two layers.
  const flexible = Uint8Array.of(
    ...[0b1111_1010, 0x81, 0x02, 0b001_0_000_0, 0x03, 0x04],
    ...[0b001_10000, 1, 64, 0, 180, 2, 128, 1, 104, 0x86],
  );
  assert.ok(vp9.parse(flexible, 0, flexible.length));
  assert.equal(vp9.pictureId, 0x102);
  assert.equal(vp9.temporalLayer, 1);
  assert.equal(vp9.temporalBaseIndex, -1);
  assert.equal(vp9.spatialLayers, 2);
  assert.equal(vp9.size, flexible.length - 1);
});

test("Vp9Descriptor knows a keyframe by its header, whatever the descriptor says", () => {
  const vp9 = new Vp9Descriptor();
  const starts = (...bytes: number[]) =>
    vp9.parse(Uint8Array.from(bytes), 0, bytes.length) && vp9.startsKeyframe;
  assert.equal(starts(0x08, 0x80), true);
  assert.equal(starts(0x08, 0x84), false, "another type");
  assert.equal(starts(0x08, 0x88), false, "an earlier frame is shown");
  assert.equal(starts(0x08, 0xb0), true, "profile 3");
  assert.equal(starts(0x08, 0xb2), false, "profile 3, another type");
  assert.equal(starts(0x00, 0x80), false, "not the first packet");
  assert.equal(starts(0x48, 0x80), false, "predicted");
  assert.equal(starts(0x08, 0x00), false, "no frame at all");
  assert.equal(starts(0x28, 0b000_0_001_1, 0, 0x80), false, "a higher layer");
});

test("keyframes of H.264 are found in all kinds of packets", () => {
  const reader = createPictureReader("h264");
  const starts = (...bytes: number[]) =>
    reader.parse(Uint8Array.from(bytes), 0, bytes.length) &&
    reader.startsKeyframe;
  assert.equal(starts(0x67, 1), true);
  assert.equal(starts(0x65, 1), false, "without parameters, of no use alone");
  assert.equal(starts(0x78, 0, 2, 0x68, 1, 0, 2, 0x67, 1), true);
  assert.equal(starts(0x78, 0, 200, 0x68, 1), false);
  assert.equal(starts(0x7a, 0, 0, 0, 2, 9, 9, 9, 0x67, 1), true);
  assert.equal(starts(0x7c, 0x87, 1), true);
  assert.equal(starts(0x7c, 0x07, 1), false, "not the first part");
});
