import assert from "node:assert/strict";
import { instantAt } from "../../lib/time.ts";
import { readRtcp, type RtcpVisitor } from "../../sfu/rtp/rtcp_reader.ts";
import {
  LONG_RTP_HEADER_SIZE,
  writeRtpHeader,
  writeTransportSequence,
} from "../../sfu/rtp/rtp_packet.ts";
import { TRANSPORT_SEQUENCE_EXTENSION } from "../../sfu/sdp/extensions.ts";
import { ViewerFeedback } from "./viewer_feedback.ts";

const OFFER = [
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  `a=extmap:3 ${TRANSPORT_SEQUENCE_EXTENSION}`,
  "a=ssrc-group:FID 77 78",
  "a=ssrc:77 cname:c",
  "a=ssrc:78 cname:c",
  "",
].join("\r\n");

function packet(ssrc: number, sequenceNumber: number, number: number) {
  const bytes = new Uint8Array(LONG_RTP_HEADER_SIZE + 10);
  writeRtpHeader(bytes, 96, false, sequenceNumber, 0, ssrc);
  writeTransportSequence(bytes, 3, number);
  return bytes;
}

Deno.test("ViewerFeedback says when packets came, reports, and asks again", () => {
  const feedback = new ViewerFeedback(OFFER, 0, 0);
  const told: string[] = [];
  const visitor: Partial<RtcpVisitor> = {
    packetStatus: (number, received) =>
      void told.push(`${number} ${received ? "came" : "is missing"}`),
    reportBlock: (_, ssrc) => void told.push(`report on ${ssrc}`),
    nack: (_, ssrc, number) => void told.push(`${number} of ${ssrc} again`),
  };
  const poll = (ms: number) => {
    told.length = 0;
    feedback.poll(ms, (rtcp) => readRtcp(rtcp, visitor as RtcpVisitor));
    return [...told];
  };
  assert.equal(feedback.receive(packet(77, 500, 10), instantAt(1)), true);
  assert.equal(feedback.receive(packet(77, 501, 12), instantAt(2)), true);
  const isRepeat = !feedback.receive(packet(78, 9, 13), instantAt(3));
  assert.ok(isRepeat, "what comes again does not count");
  assert.deepEqual(poll(4), [
    "report on 77",
    "501 of 77 again",
    "10 came",
    "11 is missing",
    "12 came",
    "13 came",
  ]);
  feedback.receive(packet(77, 502, 14), instantAt(20));
  assert.deepEqual(poll(30), [], "not yet");
  assert.deepEqual(poll(60), ["14 came"]);
  assert.deepEqual(poll(120), [], "nothing is new");
});
