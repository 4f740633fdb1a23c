import assert from "node:assert/strict";
import { type DatagramKind, isRtcp, kindOf } from "./demux.ts";

Deno.test("kindOf() follows RFC 7983 for every first byte", () => {
  const ranges: [number, number, DatagramKind][] = [
    [0, 3, "stun"],
    [4, 19, "unknown"],
    [20, 63, "dtls"],
    [64, 127, "unknown"],
    [128, 191, "media"],
    [192, 255, "unknown"],
  ];
  for (const [first, last, kind] of ranges) {
    for (let byte = first; byte <= last; byte++) {
      assert.equal(kindOf(byte), kind);
    }
  }
});

Deno.test("isRtcp() parts RTCP from RTP by the packet type", () => {
  assert.equal(isRtcp(Uint8Array.of(0x80, 200)), true);
  assert.equal(isRtcp(Uint8Array.of(0x80, 206)), true);
  assert.equal(isRtcp(Uint8Array.of(0x80, 0x80 | 96)), false);
  assert.equal(isRtcp(Uint8Array.of(0x80, 111)), false);
  assert.equal(isRtcp(Uint8Array.of(0x80)), false);
});
