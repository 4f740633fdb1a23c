import assert from "node:assert/strict";
import { test } from "node:test";
import { readKeyframeHeader } from "./keyframe_header.ts";

test("readKeyframeHeader() finds the size of a VP8 keyframe", () => {
  const frame = [0x50, 1, 2, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x41];
  assert.deepEqual(readKeyframeHeader("vp8", new Uint8Array(frame)), {
    size: { width: 640, height: 360 },
  });
  frame[0] = 0x51;
  assert.equal(readKeyframeHeader("vp8", new Uint8Array(frame)), undefined);
});

test("readKeyframeHeader() finds the size of a VP9 keyframe", () => {
  // 10 (marker) 00 (profile) 0 0 1 0, the sync code, 000 0 (colours), sizes.
  const sizes = (640 - 1) * 2 ** 16 + (360 - 1);
  const bits = `10000010${(0x498342).toString(2).padStart(24, "0")}0000${
    sizes.toString(2).padStart(32, "0")
  }0000`;
  const frame = Uint8Array.from(
    bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)),
  );
  assert.deepEqual(readKeyframeHeader("vp9", frame), {
    size: { width: 640, height: 360 },
  });
});

test("readKeyframeHeader() finds what H.264 says of itself", () => {
  // Of a baseline stream of 640×480, as Chromium sends it.
  const sequence = [0x67, 0x42, 0xc0, 0x1f, 0xda, 0x02, 0x80, 0xf6, 0x40];
  const picture = [0x68, 0xce, 0x3c, 0x80];
  const frame = [0, 0, 0, 9, ...sequence, 0, 0, 0, 4, ...picture];
  const header = readKeyframeHeader("h264", new Uint8Array(frame));
  assert.deepEqual(header?.size, { width: 640, height: 480 });
  assert.deepEqual(
    [...header?.setup ?? []],
    [1, 0x42, 0xc0, 0x1f, 0xff, 0xe1, 0, 9, ...sequence, 1, 0, 4, ...picture],
  );
});

test("readKeyframeHeader() finds what AV1 says of itself", () => {
  // Profile 0, no timing, one operating point of level 4, 10 bits each for sizes.
  const bits = "000" + "0" + "0" + "0" + "0" + "00000" + "000000000000" +
    "00100" + "1001" + "1001" + (639).toString(2).padStart(10, "0") +
    (359).toString(2).padStart(10, "0") + "0000000";
  const content = bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2));
  const unit = [0x0a, content.length, ...content];
  const frame = new Uint8Array([...unit, 0x32, 1, 0]);
  const header = readKeyframeHeader("av1", frame);
  assert.deepEqual(header?.size, { width: 640, height: 360 });
  assert.deepEqual([...header?.setup ?? []], [0x81, 4, 0x0c, 0, ...unit]);
});
