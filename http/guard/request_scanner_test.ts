import assert from "node:assert/strict";

import fc from "fast-check";

import { RequestScanner } from "./request_scanner.ts";

const LIMITS = { headBytes: 1_000, messageBytes: 1_000 };
const HANDSHAKE =
  "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

function take(text: string, scanner = new RequestScanner(LIMITS)) {
  const verdict = scanner.take(
    Uint8Array.from(text, (character) => character.charCodeAt(0)),
  );
  return {
    verdict: verdict.kind,
    phase: scanner.phase,
    requests: scanner.requestCount,
  };
}

Deno.test("RequestScanner knows where requests end and frames begin", () => {
  const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  const rows: [string, string, number][] = [
    ["", "idle", 0],
    ["GE", "head", 0],
    [get, "idle", 1],
    [`${get}\r\n${get}`, "idle", 2],
    [`${get}GET`, "head", 1],
    ["PUT / HTTP/1.1\r\nContent-Length: 4\r\n\r\nabc", "body", 1],
    [`PUT / HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd${get}`, "idle", 2],
    ["PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "body", 1],
    [
      `PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: v\r\n\r\n${get}`,
      "idle",
      2,
    ],
    [HANDSHAKE, "frames", 1],
    [`${get}${HANDSHAKE}\x81\x80`, "frames", 2],
  ];
  for (const [text, phase, requests] of rows) {
    assert.deepEqual(take(text), { verdict: "fine", phase, requests }, text);
  }
});

Deno.test("RequestScanner refuses what two servers could read in two ways", () => {
  const wrong = [
    "garbage\r\n\r\n",
    "\x16\x03\x01\x02\n",
    "PRI * HTTP/2.0\r\n\r\n",
    "CONNECT a:1 HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\nHost: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\rY: z\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "GET / HTTP/1.1\r\nA : b\r\n\r\n",
    "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
    "PUT / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "PUT / HTTP/1.1\r\nContent-Length: +1\r\n\r\n",
    "PUT / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "PUT / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
    "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
    "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + "1".repeat(2_000),
    HANDSHAKE.replace("GET", "POST"),
    HANDSHAKE.replace("Host", "Content-Length: 3\r\nHost"),
    "A".repeat(1_001),
  ];
  for (const text of wrong) assert.equal(take(text).verdict, "refused", text);
});

Deno.test("RequestScanner says the same however the bytes are cut", () => {
  const piece = fc.constantFrom(
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "PUT / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde",
    "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "\r\n",
    "\n",
    HANDSHAKE,
    "\x01\xfe\x03\xe9",
    "\x81\x80\x00\x00\x00\x00",
    "garbage",
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }),
      fc.integer({ min: 1, max: 20 }),
      (pieces, step) => {
        const text = pieces.join("");
        const whole = take(text);
        const scanner = new RequestScanner(LIMITS);
        let last = take("", scanner);
        for (let at = 0; at < text.length && last.verdict === "fine";) {
          last = take(text.slice(at, at + step), scanner);
          at += step;
        }
        assert.equal(last.verdict, whole.verdict);
        assert.equal(last.requests, whole.requests);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("RequestScanner survives whatever bytes there are", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      new RequestScanner(LIMITS).take(bytes);
    }),
  );
});
