import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CODECS } from "./codecs.ts";
import {
  AUDIO_LEVEL_ID,
  DEPENDENCY_ID,
  TRANSPORT_SEQUENCE_ID,
} from "./extensions.ts";
import * as answers from "./fixtures/answers.ts";
import * as chromium from "./fixtures/chromium.ts";
import * as firefox from "./fixtures/firefox.ts";
import { LOCAL } from "./fixtures/local.ts";
import * as others from "./fixtures/others.ts";
import { AUDIO, VIDEO } from "./fixtures/subscription.ts";
import { writePublisherAnswer } from "./publisher_answer.ts";
import { parsePublisherOffer } from "./publisher_offer.ts";
import { parseSubscriberAnswer } from "./subscriber_answer.ts";
import {
  type SubscriberSection,
  writeSubscriberOffer,
} from "./subscriber_offer.ts";
import { mutated, unlessRefused } from "./test_mutated_sdp.ts";

const RUNS = { numRuns: 3_000 };
const ALL = ["vp8", "opus"] as const;
const OFFERS = [chromium, firefox, others].flatMap((file) =>
  Object.values(file)
);

/** Every form of line that an answer of ours may have. */
const OUR_LINES = [
  /^v=0$/,
  /^o=- 7 2 IN IP4 0\.0\.0\.0$/,
  /^s=-$/,
  /^t=0 0$/,
  /^a=group:BUNDLE( [!-~]{1,64})+$/,
  /^a=ice-lite$/,
  /^m=[!-~]{1,32} (0|4000) [!-~]{1,64}( [!-~]{1,64})+$/,
  /^c=IN IP4 (0\.0\.0\.0|192\.0\.2\.1)$/,
  /^a=mid:[!-~]{1,64}$/,
  /^a=candidate:1 1 udp 2130706431 192\.0\.2\.1 4000 typ host$/,
  /^a=candidate:2 1 udp 2130706175 2001:db8::1 4000 typ host$/,
  /^a=end-of-candidates$/,
  /^a=ice-ufrag:ourUfrag$/,
  /^a=ice-pwd:ourPasswordOf24Characters$/,
  /^a=ice-options:ice2$/,
  /^a=fingerprint:sha-256 AB(:AB){31}$/,
  /^a=setup:passive$/,
  /^a=rtcp-mux$/,
  /^a=(recvonly|inactive)$/,
  /^a=extmap-allow-mixed$/,
  /^a=extmap:([1-9]|1[0-4]) urn:ietf:params:rtp-hdrext:sdes:mid$/,
  /^a=extmap:([1-9]|1[0-4])(\/recvonly)? urn:ietf:params:rtp-hdrext:sdes:(repaired-)?rtp-stream-id$/,
  /^a=rid:[A-Za-z0-9]{1,16} recv$/,
  /^a=simulcast:recv ~?[A-Za-z0-9]{1,16}(;~?[A-Za-z0-9]{1,16})+$/,
  /^a=extmap:([1-9]|1[0-4]) urn:ietf:params:rtp-hdrext:ssrc-audio-level$/,
  /^a=extmap:([1-9]|1[0-4]) http:\/\/www\.ietf\.org\/id\/draft-holmer-[-a-z0-9]+$/,
  /^a=rtpmap:[0-9]{1,3} (VP8\/90000|opus\/48000\/2|rtx\/90000)$/,
  /^a=fmtp:[0-9]{1,3} [ -~]{1,512}$/,
  /^a=rtcp-fb:[0-9]{1,3} (goog-remb|transport-cc|nack|nack pli|ccm fir)$/,
];

test("a garbled offer is refused, or answered in our own lines", () => {
  fc.assert(
    fc.property(mutated(OFFERS), (sdp) => {
      const offer = unlessRefused(() => parsePublisherOffer(sdp, ALL));
      if (!offer) return;
      const answer = writePublisherAnswer(offer, LOCAL);

      assert(answer.endsWith("\r\n"));
      const lines = answer.slice(0, -2).split("\r\n");
      for (const line of lines) {
        const ours = OUR_LINES.some((pattern) => pattern.test(line));
        assert(ours, JSON.stringify(line));
      }
      const count = lines.filter((line) => line.startsWith("m=")).length;
      assert.equal(count, offer.sections.length);
    }),
    RUNS,
  );
});

test("a garbled answer is refused, or accepts what we offered", () => {
  const sections = [AUDIO, { ...VIDEO, active: false }, { ...VIDEO, mid: "2" }];
  const corpus = [answers.CHROMIUM_LATER, answers.FIREFOX_LATER];
  fc.assert(
    fc.property(mutated(corpus), (sdp) => {
      const answer = unlessRefused(() => parseSubscriberAnswer(sdp, sections));
      if (!answer) return;
      assert.equal(answer.accepted.length, 3);
      assert.equal(answer.accepted[1], false);
    }),
    RUNS,
  );
});

test("arbitrary text is refused as an offer and as an answer", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      for (const sdp of [text, `v=0\r\n${text}`]) {
        assert.equal(
          unlessRefused(() => parsePublisherOffer(sdp, ALL)),
          undefined,
        );
        assert.equal(
          unlessRefused(() => parseSubscriberAnswer(sdp, [])),
          undefined,
        );
      }
    }),
    { numRuns: 500 },
  );
});

const token = fc.stringMatching(/^[a-zA-Z0-9{}_~.+-]{1,20}$/);

const subscription: fc.Arbitrary<SubscriberSection[]> = fc.uniqueArray(
  fc.record({
    mid: token,
    kind: fc.constantFrom("audio", "video"),
    active: fc.boolean(),
    fmtp: fc.option(fc.stringMatching(/^[!-~]([ -~]{0,50}[!-~])?$/), {
      nil: undefined,
    }),
    ssrc: fc.nat({ max: 0x7fff_ffff }),
    rtxSsrc: fc.integer({ min: 0x8000_0000, max: 0xffff_ffff }),
    cname: token,
    msid: fc.record({ streamId: token, trackId: token }, {
      noNullPrototype: true,
    }),
  }),
  { minLength: 1, maxLength: 6, selector: ({ mid }) => mid },
).filter((all) => {
  const ssrcs = all.flatMap(({ ssrc, rtxSsrc }) => [ssrc, rtxSsrc]);
  return new Set(ssrcs).size === ssrcs.length;
})
  .map((all) =>
    all.map((section) => {
      const codec = section.kind === "audio" ? "opus" : "vp8";
      const payloadType = CODECS[codec].subscriberPayloadType;
      return { ...section, codec, payloadType };
    })
  );

/** An SDP of ours as a browser would have written it: not ICE-lite. */
function fullIce(sdp: string): string {
  return sdp.replace("a=ice-lite\r\n", "");
}

test("an offer to a viewer reads as what was offered", () => {
  fc.assert(
    fc.property(subscription, (sections) => {
      const sdp = fullIce(writeSubscriberOffer(sections, LOCAL));
      const { sections: read, remote } = parsePublisherOffer(sdp, ALL);

      assert.equal(remote.iceUfrag, LOCAL.ice.iceUfrag);
      assert.equal(remote.icePwd, LOCAL.ice.icePwd);
      assert.deepEqual(remote.fingerprints, [LOCAL.fingerprint]);
      assert.equal(read.length, sections.length);
      for (const [index, section] of sections.entries()) {
        const { mid, codec, payloadType, fmtp, active } = section;
        const found = read[index];
        assert(found && found.answer !== "rejected");
        assert.equal(found.mid, mid);
        const { feedback } = CODECS[codec];
        assert.deepEqual(found.codecs, [{
          codec,
          payloadType,
          fmtp,
          rtxPayloadType: CODECS[codec].subscriberRtxPayloadType,
          redPayloadType: CODECS[codec].subscriberRedPayloadType,
          feedback,
        }]);
        assert.equal(found.accepted, active);
        if (!found.accepted) continue;
        assert.deepEqual(found.ssrcs, [section.ssrc]);
        assert.equal(found.cname, section.cname);
        assert.deepEqual(found.msid, section.msid);
      }
    }),
    { numRuns: 500 },
  );
});

test("our answer to our offer accepts all that is active", () => {
  fc.assert(
    fc.property(subscription, (sections) => {
      const offer = parsePublisherOffer(
        fullIce(writeSubscriberOffer(sections, LOCAL)),
        ALL,
      );
      const answer = fullIce(writePublisherAnswer(offer, LOCAL))
        .replaceAll("a=setup:passive", "a=setup:active");
      const { accepted, help } = parseSubscriberAnswer(answer, sections);
      assert.deepEqual(accepted, sections.map(({ active }) => active));
      assert.deepEqual(
        help,
        sections.map(({ codec }) => ({
          payloadType: CODECS[codec].subscriberPayloadType,
          rtx: CODECS[codec].subscriberRtxPayloadType,
          red: undefined,
          transportSequence: TRANSPORT_SEQUENCE_ID,
          audioLevel: CODECS[codec].kind === "audio"
            ? AUDIO_LEVEL_ID
            : undefined,
          dependency: codec === "av1" ? DEPENDENCY_ID : undefined,
        })),
      );
    }),
    { numRuns: 500 },
  );
});
