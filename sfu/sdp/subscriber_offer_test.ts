import assert from "node:assert/strict";
import { test } from "node:test";
import { crlf } from "./fixtures/crlf.ts";
import { LOCAL } from "./fixtures/local.ts";
import { AUDIO, VIDEO } from "./fixtures/subscription.ts";
import { writeSubscriberOffer } from "./subscriber_offer.ts";

const TRANSPORT = `
a=candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host
a=candidate:2 1 udp 2130706175 2001:db8::1 4000 typ host
a=end-of-candidates
a=ice-ufrag:ourUfrag
a=ice-pwd:ourPasswordOf24Characters
a=ice-options:ice2
a=fingerprint:sha-256 ${LOCAL.fingerprint.value}
a=setup:actpass
a=rtcp-mux`;

test("writeSubscriberOffer() offers tracks with SSRC and msid", () => {
  assert.equal(
    writeSubscriberOffer([AUDIO, VIDEO], LOCAL),
    crlf(`
v=0
o=- 7 2 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE 0 1
a=ice-lite
m=audio 4000 UDP/TLS/RTP/SAVPF 111 63
c=IN IP4 192.0.2.1
a=mid:0${TRANSPORT}
a=sendonly
a=msid:camera audio
a=ssrc:1111 cname:them
a=ssrc:1111 msid:camera audio
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
a=rtcp-fb:111 transport-cc
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
m=video 4000 UDP/TLS/RTP/SAVPF 96 97
c=IN IP4 192.0.2.1
a=mid:1${TRANSPORT}
a=sendonly
a=msid:camera video
a=ssrc-group:FID 4294967295 4294967294
a=ssrc:4294967295 cname:them
a=ssrc:4294967295 msid:camera video
a=ssrc:4294967294 cname:them
a=ssrc:4294967294 msid:camera video
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtcp-fb:96 ccm fir
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
`),
  );
});

test("writeSubscriberOffer() keeps inactive sections, without a track", () => {
  const sdp = writeSubscriberOffer([{ ...AUDIO, active: false }, VIDEO], LOCAL);
  const audio = sdp.slice(sdp.indexOf("m=audio"), sdp.indexOf("m=video"));

  assert.match(sdp, /^a=group:BUNDLE 0 1\r$/m);
  assert.match(audio, /^m=audio 4000 /);
  assert.match(audio, /^a=inactive\r$/m);
  assert.doesNotMatch(audio, /a=ssrc|msid/);
});
