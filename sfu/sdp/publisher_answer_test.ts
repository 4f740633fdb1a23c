import assert from "node:assert/strict";
import { test } from "node:test";
import * as chromium from "./fixtures/chromium.ts";
import { crlf } from "./fixtures/crlf.ts";
import * as firefox from "./fixtures/firefox.ts";
import { LOCAL } from "./fixtures/local.ts";
import * as others from "./fixtures/others.ts";
import { writePublisherAnswer } from "./publisher_answer.ts";
import { parsePublisherOffer } from "./publisher_offer.ts";

function answer(sdp: string): string {
  return writePublisherAnswer(parsePublisherOffer(sdp, ["vp8", "opus"]), LOCAL);
}

/** The `m=` line and those below it, for each section. */
function sectionsOf(sdp: string): string[] {
  return sdp.split(/^(?=m=)/m).slice(1);
}

const TRANSPORT = `
a=candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host
a=candidate:2 1 udp 2130706175 2001:db8::1 4000 typ host
a=end-of-candidates
a=ice-ufrag:ourUfrag
a=ice-pwd:ourPasswordOf24Characters
a=ice-options:ice2
a=fingerprint:sha-256 ${LOCAL.fingerprint.value}
a=setup:passive
a=rtcp-mux`;

test("writePublisherAnswer() answers Chromium", () => {
  assert.equal(
    answer(chromium.CAMERA),
    crlf(`
v=0
o=- 7 2 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE 0 1
a=ice-lite
m=audio 4000 UDP/TLS/RTP/SAVPF 111
c=IN IP4 192.0.2.1
a=mid:0${TRANSPORT}
a=recvonly
a=extmap-allow-mixed
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
m=video 4000 UDP/TLS/RTP/SAVPF 96 97
c=IN IP4 192.0.2.1
a=mid:1${TRANSPORT}
a=recvonly
a=extmap-allow-mixed
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtcp-fb:96 ccm fir
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
`),
  );
});

test("writePublisherAnswer() keeps the client's payload types", () => {
  const [audio = "", video = ""] = sectionsOf(answer(firefox.CAMERA));
  assert.match(audio, /^m=audio 4000 UDP\/TLS\/RTP\/SAVPF 109\r$/m);
  assert.match(video, /^a=fmtp:120 max-fs=12288;max-fr=60\r$/m);
});

test("writePublisherAnswer() rejects with port 0 and out of the bundle", () => {
  const sdp = answer(chromium.WITH_DATA);
  assert.match(sdp, /^a=group:BUNDLE 0 1\r$/m);
  assert.equal(
    sectionsOf(sdp)[2],
    crlf(`
m=application 0 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=mid:2
a=inactive
`),
  );
});

test("writePublisherAnswer() keeps the transport of an inactive section", () => {
  const [audio = ""] = sectionsOf(answer(chromium.AUDIO_INACTIVE));
  assert.match(audio, /^m=audio 4000 /);
  assert.match(audio, /^a=inactive\r$/m);
  assert.match(audio, /^a=ice-ufrag:ourUfrag\r$/m);
});

test("writePublisherAnswer() takes simulcast as it is offered (B-8)", () => {
  for (const offer of [chromium.SIMULCAST, firefox.SIMULCAST]) {
    const sdp = answer(offer);
    const rids = [...sdp.matchAll(/^a=rid:(\w+) recv\r$/gm)].map(([, rid]) =>
      rid
    );
    assert.ok(rids.length >= 2);
    assert.ok(sdp.includes(`a=simulcast:recv ${rids.join(";")}\r\n`));
    assert.match(sdp, /^a=extmap:\d+(\/recvonly)? \S+:sdes:rtp-stream-id\r$/m);
  }
  const paused = answer(chromium.SIMULCAST.replace("send h;l", "send h;~l"));
  assert.match(paused, /^a=simulcast:recv h;~l\r$/m);
});

test("writePublisherAnswer() takes one encoding where more cannot be told apart", () => {
  const { SIMULCAST } = chromium;
  for (
    const offer of [
      SIMULCAST.replace(/a=extmap:10 .*\r\n/, ""),
      SIMULCAST.replace("a=rid:l send\r\n", ""),
      SIMULCAST.replace("send h;l", "send h;h"),
      SIMULCAST.replace("send h;l", "send h;l/l"),
      SIMULCAST.replace("send h;l", "recv h;l"),
      SIMULCAST.replace("send h;l", "send h"),
    ]
  ) assert.doesNotMatch(answer(offer), /a=(rid|simulcast):/);
});

test("writePublisherAnswer() names no group if the offer has none", () => {
  const [audio = ""] = others.UNBUNDLED.split("m=video");
  assert.doesNotMatch(answer(audio), /a=group/);
});

test("writePublisherAnswer() announces IPv6 alone, or nothing yet", () => {
  const offer = parsePublisherOffer(chromium.CAMERA, ["opus"]);
  const candidates = [{ host: "2001:db8::1", port: 5 }];
  const v6 = writePublisherAnswer(offer, { ...LOCAL, candidates });
  assert.match(v6, /^m=audio 5 .*\r\nc=IN IP6 2001:db8::1\r$/m);

  const none = writePublisherAnswer(offer, { ...LOCAL, candidates: [] });
  assert.match(none, /^m=audio 9 .*\r\nc=IN IP4 0\.0\.0\.0\r$/m);
});

test("writePublisherAnswer() announces TCP behind UDP (RFC 6544 §4.2, §4.5)", () => {
  const offer = parsePublisherOffer(chromium.CAMERA, ["opus"]);
  const [address] = LOCAL.candidates;
  const candidates = [address!, { ...address!, transport: "tcp" as const }];
  const lines = writePublisherAnswer(offer, { ...LOCAL, candidates })
    .split("\r\n").filter((line) => line.startsWith("a=candidate"));
  assert.deepEqual(lines.slice(0, 2), [
    "a=candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host",
    "a=candidate:2 1 tcp 1520434943 192.0.2.1 4000 typ host tcptype passive",
  ]);
});

test("writePublisherAnswer() never writes a line that is two", () => {
  const offer = parsePublisherOffer(chromium.CAMERA, ["opus"]);
  const ice = { ...LOCAL.ice, iceUfrag: "abcd\r\na=evil" };
  assert.throws(
    () => writePublisherAnswer(offer, { ...LOCAL, ice }),
    /^Error: Cannot write SDP: line break/,
  );
});

test("writePublisherAnswer() agrees to numbers for all packets", () => {
  const uri =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
  const extmap = `a=extmap:3 ${uri}\r\n`;
  const offer = chromium.CAMERA.replaceAll("a=sendonly", `${extmap}a=sendonly`);
  for (const [index, section] of sectionsOf(answer(offer)).entries()) {
    assert.ok(section.includes(extmap));
    assert.match(section, index === 0 ? /111 transport-cc/ : /96 transport-cc/);
  }
  const ours = sectionsOf(answer(chromium.CAMERA)).join("");
  assert.doesNotMatch(ours, /transport-cc/, "of no use without the extension");
});
