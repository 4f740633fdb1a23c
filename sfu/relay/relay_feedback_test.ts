import assert from "node:assert/strict";
import { RtcpWriter } from "../rtp/rtcp_writer.ts";
import { readRelayFeedback } from "./relay_feedback.ts";

function write(fill: (writer: RtcpWriter) => void): Uint8Array {
  const writer = new RtcpWriter(new Uint8Array(200));
  writer.receiverReport(1, []);
  fill(writer);
  return writer.packet();
}

Deno.test("readRelayFeedback() picks requests for keyframes, and the limit", () => {
  const packet = write((writer) => {
    writer.pli(1, 22);
    writer.fir(1, 23, 0);
    writer.remb(1, 500_000, [22]);
  });
  const { keyframes, limitBps = 0 } = readRelayFeedback(packet)!;
  assert.deepEqual(keyframes, [22, 23]);
  assert.ok(Math.abs(limitBps - 500_000) < 10_000, `${limitBps}`);
});

Deno.test("readRelayFeedback() leaves out what the other thread knows better", () => {
  const missing = new Uint16Array([5]);
  const packet = write((writer) => writer.nack(1, 22, missing, 1));
  assert.equal(readRelayFeedback(packet), undefined);
  assert.equal(readRelayFeedback(new Uint8Array([1, 2, 3])), undefined);
});
