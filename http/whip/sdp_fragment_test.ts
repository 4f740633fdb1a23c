import assert from "node:assert/strict";

import fc from "fast-check";

import {
  parseSdpFragment,
  toFragment,
  withCredentials,
} from "./sdp_fragment.ts";

/** Like the vector of H.2: one section, two candidates. */
const TRICKLE = [
  "a=ice-ufrag:qiKa",
  "a=ice-pwd:bcfs93hb/+ZLuUE2K50HVbkr",
  "a=ice-options:trickle",
  "m=audio 9 UDP/TLS/RTP/SAVPF 0",
  "a=mid:0",
  "a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host",
  "a=candidate:2 1 udp 2130706430 192.0.2.1 5001 typ host",
  "a=end-of-candidates",
  "",
].join("\r\n");

Deno.test("parseSdpFragment() finds the credentials, wherever they are (D-39, H.2)", () => {
  const expected = { iceUfrag: "qiKa", icePwd: "bcfs93hb/+ZLuUE2K50HVbkr" };
  assert.deepEqual(parseSdpFragment(TRICKLE), expected);
  const [ufrag, pwd, , ...rest] = TRICKLE.split("\r\n");
  const inside = [...rest.slice(0, 2), ufrag, pwd, "", ""].join("\n");
  assert.deepEqual(parseSdpFragment(inside), expected);
  assert.deepEqual(
    parseSdpFragment("a=ice-ufrag:HWmk\na=ice-pwd:6kyIjoI1lVhYJUeo1EyUq0Ei"),
    { iceUfrag: "HWmk", icePwd: "6kyIjoI1lVhYJUeo1EyUq0Ei" },
  );
});

Deno.test("parseSdpFragment() refuses what is malformed (D-38)", () => {
  for (
    const text of [
      "",
      "nonsense",
      "a=ice-ufrag:qiKa",
      "a=mid:0\nm=audio 9 UDP/TLS/RTP/SAVPF 0",
      `${TRICKLE}a=ice-ufrag:other\r\n`,
      `${TRICKLE}${"a=x\r\n".repeat(20_000)}`,
    ]
  ) assert.equal(parseSdpFragment(text), undefined, text.slice(0, 40));
});

Deno.test("parseSdpFragment() survives whatever comes", () => {
  const lines = fc.array(fc.oneof(
    fc.constantFrom(...TRICKLE.split("\r\n")),
    fc.string(),
  ));
  fc.assert(fc.property(lines, fc.constantFrom("\n", "\r\n"), (some, end) => {
    const parsed = parseSdpFragment(some.join(end));
    assert.ok(parsed === undefined || parsed.iceUfrag !== undefined);
  }));
});

Deno.test("withCredentials() changes all credentials, and nothing else", () => {
  const fragment = { iceUfrag: "$&new", icePwd: "$1" };
  assert.equal(
    withCredentials(TRICKLE + TRICKLE, fragment),
    (TRICKLE + TRICKLE).replaceAll("qiKa", () => "$&new")
      .replaceAll("bcfs93hb/+ZLuUE2K50HVbkr", () => "$1"),
  );
});

Deno.test("toFragment() takes the transport of an answer", () => {
  const section = TRICKLE.split("\r\n").slice(3, -1);
  const answer = [
    "v=0",
    "a=ice-lite",
    section[0],
    "a=ice-ufrag:abcd",
    "a=ice-pwd:0123456789012345678901",
    "a=recvonly",
    ...section.slice(1),
    "m=video 9 UDP/TLS/RTP/SAVPF 96",
    "a=ice-ufrag:abcd",
    "",
  ].join("\r\n");
  assert.equal(
    toFragment(answer),
    [
      "a=ice-lite",
      "a=ice-ufrag:abcd",
      "a=ice-pwd:0123456789012345678901",
      ...section,
      "",
    ].join("\r\n"),
  );
});
