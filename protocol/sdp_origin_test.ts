import assert from "node:assert/strict";
import { test } from "node:test";
import { isRepeatedAnswer, parseSdpOrigin } from "./sdp_origin.ts";

/** A description of one peer, as browsers begin it. */
function sdp(sessionId: string, version: number, rest = ""): string {
  return `v=0\r\no=- ${sessionId} ${version} IN IP4 127.0.0.1\r\ns=-\r\n${rest}`;
}

test("parseSdpOrigin() finds session id and version", () => {
  assert.deepEqual(parseSdpOrigin(sdp("9223372036854775807", 3)), {
    sessionId: "9223372036854775807",
    version: 3n,
  });
});

test("parseSdpOrigin() finds none in what has none", () => {
  for (const text of ["", "v=0\r\n", "o=- x y IN", "s=o=- 1 2 IN"]) {
    assert.equal(parseSdpOrigin(text), undefined, text);
  }
});

test("isRepeatedAnswer() knows the same answer and an earlier one", () => {
  assert.equal(isRepeatedAnswer(sdp("7", 3), sdp("7", 3)), true);
  assert.equal(isRepeatedAnswer(sdp("7", 2), sdp("7", 3)), true);
  assert.equal(isRepeatedAnswer("no origin", "no origin"), true);
});

test("isRepeatedAnswer() lets through what may be new", () => {
  assert.equal(isRepeatedAnswer(sdp("7", 4), sdp("7", 3)), false);
  assert.equal(isRepeatedAnswer(sdp("7", 3, "a=x"), sdp("7", 3)), false);
  assert.equal(isRepeatedAnswer(sdp("8", 1), sdp("7", 3)), false);
  assert.equal(isRepeatedAnswer("other", "no origin"), false);
});
