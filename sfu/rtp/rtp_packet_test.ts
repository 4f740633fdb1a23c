import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  addAudioLevel,
  LONG_RTP_HEADER_SIZE,
  LONGEST_RTP_HEADER_SIZE,
  RTP_HEADER_SIZE,
  RtpView,
  writeAudioLevel,
  writeRtpHeader,
  writeTransportSequence,
} from "./rtp_packet.ts";

const FIXED = [0x80, 0xe0, 0x71, 0x3e, 0x5d, 0x6f, 0x3c, 0xc5, 1, 2, 3, 4];

function packet(first: number, ...rest: number[]): Uint8Array {
  return Uint8Array.from([first, ...FIXED.slice(1), ...rest]);
}

test("RtpView.parse() reads the fixed header", () => {
  const view = new RtpView();
  assert.ok(view.parse(packet(0x80, 9, 8, 7)));
  assert.equal(view.payloadType, 96);
  assert.equal(view.marker, true);
  assert.equal(view.sequenceNumber, 0x713e);
  assert.equal(view.timestamp, 0x5d6f3cc5);
  assert.equal(view.ssrc, 0x01020304);
  assert.equal(view.headerSize, 12);
  assert.equal(view.payloadOffset, 12);
  assert.equal(view.payloadSize, 3);
  assert.equal(view.extensionProfile, -1);
});

test("RtpView.parse() passes over contributing sources", () => {
  const view = new RtpView();
  assert.ok(view.parse(packet(0x82, 0, 0, 0, 1, 0, 0, 0, 2, 42)));
  assert.equal(view.payloadOffset, 20);
  assert.equal(view.payloadSize, 1);
});

test("RtpView.parse() takes padding off", () => {
  const view = new RtpView();
  assert.ok(view.parse(packet(0xa0, 42, 0, 0, 3)));
  assert.equal(view.payloadSize, 1);
  assert.ok(view.parse(packet(0xa0, 0, 0, 3)), "nothing but padding");
  assert.equal(view.payloadSize, 0);
});

test("RtpView.findExtension() finds one-byte elements (RFC 8285 §4.2)", () => {
  const view = new RtpView();
  // Id 1 of one byte, padding, id 3 of three bytes, up to a multiple of four.
  const elements = [0x10, 0xaa, 0, 0x32, 1, 2, 3, 0];
  assert.ok(view.parse(packet(0x90, 0xbe, 0xde, 0, 2, ...elements, 42)));
  assert.equal(view.findExtension(1), 17);
  assert.equal(view.elementSize, 1);
  assert.equal(view.findExtension(3), 20);
  assert.equal(view.elementSize, 3);
  assert.equal(view.findExtension(2), -1);
  assert.equal(view.payloadOffset, 24);
});

test("RtpView.findExtension() stops at the reserved id 15", () => {
  const view = new RtpView();
  assert.ok(view.parse(packet(0x90, 0xbe, 0xde, 0, 1, 0xf0, 0x10, 0x10, 1)));
  assert.equal(view.findExtension(1), -1);
});

test("RtpView.findExtension() finds two-byte elements (RFC 8285 §4.3)", () => {
  const view = new RtpView();
  const elements = [7, 0, 0, 20, 3, 1, 2, 3];
  assert.ok(view.parse(packet(0x90, 0x10, 0, 0, 2, ...elements)));
  assert.equal(view.findExtension(7), 18);
  assert.equal(view.elementSize, 0);
  assert.equal(view.findExtension(20), 21);
  assert.equal(view.elementSize, 3);
  assert.equal(view.findExtension(1), -1);
});

test("RtpView.findExtension() refuses an element that is cut short", () => {
  const view = new RtpView();
  assert.ok(view.parse(packet(0x90, 0xbe, 0xde, 0, 1, 0x17, 1, 2, 3)));
  assert.equal(view.findExtension(1), -1);
  assert.ok(view.parse(packet(0x90, 0x10, 0, 0, 1, 1, 9, 2, 3)));
  assert.equal(view.findExtension(1), -1);
  assert.ok(view.parse(packet(0x90, 0x10, 0, 0, 1, 0, 0, 0, 1)));
  assert.equal(view.findExtension(1), -1);
});

test("RtpView.parse() refuses what contradicts itself", () => {
  const view = new RtpView();
  const bad: [string, Uint8Array][] = [
    ["empty", new Uint8Array(0)],
    ["too short", Uint8Array.from(FIXED.slice(0, 11))],
    ["version 1", packet(0x40, 1)],
    ["sources cut off", packet(0x8f, 1, 2, 3, 4)],
    ["extension header cut off", packet(0x90, 0xbe, 0xde)],
    ["extension cut off", packet(0x90, 0xbe, 0xde, 0, 9, 1)],
    ["padding of none", packet(0xa0, 1, 0)],
    ["padding of more than there is", packet(0xa0, 1, 3)],
    ["padding without payload", packet(0xa0)],
  ];
  for (const [why, bytes] of bad) assert.equal(view.parse(bytes), false, why);
});

test("RtpView.parse() stays within bounds, whatever comes", () => {
  const view = new RtpView();
  const anyBytes = fc.uint8Array({ maxLength: 120 });
  const likely = fc.uint8Array({ minLength: 12, maxLength: 60 }).map(
    (bytes) => {
      bytes[0] = 0x80 | bytes[0]! & 0x33;
      if (bytes.length > 14) bytes[12] = 0xbe, bytes[13] = 0xde, bytes[14] = 0;
      return bytes;
    },
  );
  fc.assert(
    fc.property(fc.oneof(anyBytes, likely), fc.nat(255), (bytes, id) => {
      if (!view.parse(bytes)) return;
      assert.ok(view.payloadOffset >= 12 && view.payloadSize >= 0);
      assert.ok(view.payloadOffset + view.payloadSize <= bytes.length);
      const found = view.findExtension(id);
      if (found < 0) return;
      const end = view.extensionOffset + view.extensionSize;
      assert.ok(found >= view.extensionOffset);
      assert.ok(found + view.elementSize <= end);
    }),
    { numRuns: 3_000 },
  );
});

test("levels of sound are found where they were written, alone and behind a number", () => {
  const view = new RtpView();
  const level = fc.nat(255);
  const id = fc.integer({ min: 1, max: 14 });
  fc.assert(fc.property(level, id, fc.nat(0xffff), (level, id, number) => {
    const other = id % 14 + 1;
    const alone = new Uint8Array(LONG_RTP_HEADER_SIZE);
    writeRtpHeader(alone, 111, true, 1, 2, 3);
    writeAudioLevel(alone, id, level);
    const both = new Uint8Array(LONGEST_RTP_HEADER_SIZE).fill(0xee);
    writeRtpHeader(both, 111, true, 1, 2, 3);
    writeTransportSequence(both, other, number);
    addAudioLevel(both, id, level);
    for (const header of [alone, both]) {
      assert.ok(view.parse(header));
      assert.equal(view.payloadSize, 0);
      assert.equal(header[view.findExtension(id)], level);
      assert.equal(view.elementSize, 1);
    }
    const at = view.findExtension(other);
    assert.equal(both[at]! << 8 | both[at + 1]!, number);
  }));
});

test("writeRtpHeader() writes what RtpView.parse() reads", () => {
  const view = new RtpView();
  const out = new Uint8Array(RTP_HEADER_SIZE);
  fc.assert(fc.property(
    fc.nat(127),
    fc.boolean(),
    fc.nat(0xffff),
    fc.nat(0xffffffff),
    fc.nat(0xffffffff),
    (payloadType, marker, sequenceNumber, timestamp, ssrc) => {
      writeRtpHeader(out, payloadType, marker, sequenceNumber, timestamp, ssrc);
      assert.ok(view.parse(out));
      assert.equal(view.payloadType, payloadType);
      assert.equal(view.marker, marker);
      assert.equal(view.sequenceNumber, sequenceNumber);
      assert.equal(view.timestamp, timestamp);
      assert.equal(view.ssrc, ssrc);
      assert.equal(view.payloadSize, 0);
    },
  ));
});
