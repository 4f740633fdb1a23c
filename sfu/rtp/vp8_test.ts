import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RtpView } from "./rtp_packet.ts";
import { shiftVp8PictureId, Vp8Descriptor } from "./vp8.ts";

/** The start of a packet with a keyframe: 15-bit picture id. */
const KEYFRAME = Uint8Array.from([
  ...[0x80, 0xe0, 0x71, 0x3e, 0x5d, 0x6f, 0x3c, 0xc5, 0x75, 0x0c, 0x80, 0x96],
  ...[0x90, 0x80, 0xb0, 0x4c, 0x90, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x10, 0x00],
]);

/** Sequence number 42, 7-bit picture id 57. */
const SHORT = Uint8Array.from([
  ...[0x80, 0, 0, 42, 0, 0, 0, 0, 0, 0, 0, 0],
  ...[0x90, 0x80, 0x80, 57, 0, 0, 0, 0],
]);

function parse(packet: Uint8Array): Vp8Descriptor {
  const view = new RtpView();
  assert.ok(view.parse(packet));
  const vp8 = new Vp8Descriptor();
  assert.ok(vp8.parse(packet, view.payloadOffset, view.payloadSize));
  return vp8;
}

test("Vp8Descriptor.parse() finds the start of a keyframe", () => {
  const vp8 = parse(KEYFRAME);
  assert.equal(vp8.startsFrame, true);
  assert.equal(vp8.startsKeyframe, true);
  assert.equal(vp8.pictureId, 0x304c);
  assert.equal(vp8.pictureIdBits, 15);
  assert.equal(vp8.size, 4);
});

test("Vp8Descriptor.parse() reads a picture id in 15 bits that would fit 7", () => {
  const vp8 = parse(SHORT);
  assert.equal(vp8.pictureId, 57);
  assert.equal(vp8.pictureIdBits, 15);
  assert.equal(vp8.temporalLayer, 0);
  assert.equal(vp8.startsKeyframe, true);
});

test("Vp8Descriptor.parse() tells other packets from keyframes", () => {
  const bytes = KEYFRAME.slice();
  bytes[16] = 0x91; // P: refers to another frame.
  assert.equal(parse(bytes).startsKeyframe, false);
  assert.equal(parse(bytes).startsFrame, true);
  bytes.set(KEYFRAME);
  bytes[12] = 0x80; // Not the start of a partition.
  assert.equal(parse(bytes).startsKeyframe, false);
  bytes[12] = 0x91; // The start of the second partition.
  assert.equal(parse(bytes).startsKeyframe, false);
  assert.equal(parse(bytes).startsFrame, false);
});

test("Vp8Descriptor.parse() reads all optional fields (RFC 7741 §4.2)", () => {
  const payload = Uint8Array.of(0xb0, 0xf0, 0x05, 0x99, 0xa7, 0x01);
  const vp8 = new Vp8Descriptor();
  assert.ok(vp8.parse(payload, 0, payload.length));
  assert.equal(vp8.discardable, true);
  assert.equal(vp8.pictureId, 5);
  assert.equal(vp8.pictureIdBits, 7);
  assert.equal(vp8.temporalBaseIndex, 0x99);
  assert.equal(vp8.temporalLayer, 2);
  assert.equal(vp8.layerSync, true);
  assert.equal(vp8.size, 5);
  assert.equal(vp8.startsKeyframe, false);
});

test("Vp8Descriptor.parse() reads a descriptor without anything after it", () => {
  const vp8 = new Vp8Descriptor();
  assert.ok(vp8.parse(Uint8Array.of(0), 0, 1));
  assert.equal(vp8.startsFrame, false);
  assert.ok(vp8.parse(Uint8Array.of(0x10), 0, 1));
  assert.equal(vp8.startsKeyframe, false);
});

test("Vp8Descriptor.parse() refuses what is cut short", () => {
  const vp8 = new Vp8Descriptor();
  const whole = [0x90, 0xf0, 0x85, 0x05, 0x99, 0xa7];
  for (let size = 0; size < whole.length; size++) {
    const cut = Uint8Array.from(whole.slice(0, size));
    assert.equal(vp8.parse(cut, 0, size), false, `${size} bytes`);
  }
  assert.equal(vp8.parse(Uint8Array.of(0), 0, 2), false, "past the buffer");
});

test("Vp8Descriptor.parse() stays within the payload, whatever comes", () => {
  const vp8 = new Vp8Descriptor();
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 12 }),
      fc.nat(12),
      (bytes, offset) => {
        const size = Math.max(0, bytes.length - offset);
        if (!vp8.parse(bytes, offset, size)) return;
        assert.ok(vp8.size >= 1 && vp8.size <= size);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("shiftVp8PictureId() adds around 15 bits", () => {
  for (const delta of [0, 1, 70, 0x7fff - 57, 0x7fff - 56, 0x7fff]) {
    const packet = SHORT.slice();
    shiftVp8PictureId(packet, parse(packet), delta);
    assert.equal(parse(packet).pictureId, (57 + delta) & 0x7fff);
    assert.equal(parse(packet).pictureIdBits, 15);
  }
});

test("shiftVp8PictureId() adds around 7 bits, and leaves what has none", () => {
  const short = Uint8Array.of(0x90, 0x80, 57, 1);
  const vp8 = new Vp8Descriptor();
  vp8.parse(short, 0, 4);
  shiftVp8PictureId(short, vp8, 100);
  assert.deepEqual([...short], [0x90, 0x80, (57 + 100) & 0x7f, 1]);
  const none = Uint8Array.of(0x10, 1);
  vp8.parse(none, 0, 2);
  shiftVp8PictureId(none, vp8, 100);
  assert.deepEqual([...none], [0x10, 1]);
});
