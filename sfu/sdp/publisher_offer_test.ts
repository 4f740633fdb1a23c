import assert from "node:assert/strict";
import { test } from "node:test";
import * as chromium from "./fixtures/chromium.ts";
import * as firefox from "./fixtures/firefox.ts";
import * as others from "./fixtures/others.ts";
import {
  type AcceptedSection,
  parsePublisherOffer,
} from "./publisher_offer.ts";
import { SdpError } from "./sdp_error.ts";

const ALL = ["vp8", "opus"] as const;
const VIDEO_FEEDBACK = ["goog-remb", "nack", "nack pli", "ccm fir"];

function parse(sdp: string) {
  return parsePublisherOffer(sdp, ALL);
}

function answers(sdp: string) {
  return parse(sdp).sections.map(({ answer }) => answer);
}

/** The section's accepted form; fails the test if it is not accepted. */
function accepted(sdp: string, index: number): AcceptedSection {
  const section = parse(sdp).sections[index];
  assert(section?.accepted);
  return section;
}

/** Asserts that an offer is refused with this reason. */
function refused(sdp: string, reason: string): void {
  const message = `Cannot use offer: ${reason}`;
  assert.throws(() => parse(sdp), { name: "SdpError", message });
}

test("parsePublisherOffer() reads a Chromium offer", () => {
  const cname = "tHh87YZq8UUSY6FI";
  const streamId = "d21accc1-48f9-4a37-8af9-c03ece4dbcf2";
  const protocol = "UDP/TLS/RTP/SAVPF";
  assert.deepEqual(parse(chromium.CAMERA), {
    remote: {
      iceUfrag: "y/HG",
      icePwd: "EaPErycfdhwTHzEVcDnsE5DL",
      fingerprints: [{
        algorithm: "sha-256",
        value: "13:19:75:9C:AE:21:FD:31:DD:6F:FD:2E:E1:D5:FB:D4:" +
          "87:04:25:6F:DA:00:B2:41:40:27:22:35:85:67:D6:F8",
      }],
    },
    bundle: ["0", "1"],
    sections: [{
      accepted: true,
      answer: "recvonly",
      mid: "0",
      kind: "audio",
      protocol,
      codecs: [{
        codec: "opus",
        payloadType: 111,
        fmtp: "minptime=10;useinbandfec=1",
        rtxPayloadType: undefined,
        redPayloadType: 63,
        feedback: [],
      }],
      ssrcs: [3930668673],
      rtxSsrcs: new Map(),
      cname,
      msid: { streamId, trackId: "15aef2ec-96bc-4bc6-b872-3c0dc9e50cf4" },
      simulcast: [],
      audioLevelId: 1,
      midExtensionId: undefined,
      streamIdExtensionId: undefined,
      repairedIdExtensionId: undefined,
      dependencyExtensionId: undefined,
      transportSequenceId: undefined,
      mixedHeaders: true,
    }, {
      accepted: true,
      answer: "recvonly",
      mid: "1",
      kind: "video",
      protocol,
      codecs: [{
        codec: "vp8",
        payloadType: 96,
        fmtp: undefined,
        rtxPayloadType: 97,
        redPayloadType: undefined,
        feedback: VIDEO_FEEDBACK,
      }],
      ssrcs: [345100753],
      rtxSsrcs: new Map([[345100753, 2748841498]]),
      cname,
      msid: { streamId, trackId: "9f7d382d-3111-40a2-91a2-ab09a6436bf5" },
      simulcast: [],
      audioLevelId: undefined,
      midExtensionId: 4,
      streamIdExtensionId: 10,
      repairedIdExtensionId: 11,
      dependencyExtensionId: undefined,
      transportSequenceId: undefined,
      mixedHeaders: true,
    }],
  });
});

test("parsePublisherOffer() reads a Firefox offer", () => {
  const { remote } = parse(firefox.CAMERA);
  assert.equal(remote.iceUfrag, "9ae1987e");
  assert.equal(remote.fingerprints.length, 1);

  const audio = accepted(firefox.CAMERA, 0);
  assert.deepEqual(audio.codecs, [{
    codec: "opus",
    payloadType: 109,
    fmtp: "maxplaybackrate=48000;stereo=1;useinbandfec=1",
    rtxPayloadType: undefined,
    redPayloadType: undefined,
    feedback: [],
  }]);
  const video = accepted(firefox.CAMERA, 1);
  assert.equal(video.codecs[0]?.payloadType, 120);
  assert.deepEqual(video.ssrcs, [2024749839]);
  assert.equal(video.cname, "{a05164a4-8cba-43de-aad6-2c43398c65ce}");
  assert.equal(
    video.msid?.streamId,
    "{d4fc87be-372e-463e-b5ef-11eea9007e2b}",
  );
  assert.equal(video.midExtensionId, 3);
});

test("parsePublisherOffer() accepts a bundle-only section at port 0", () => {
  assert.deepEqual(answers(firefox.MAX_BUNDLE), ["recvonly", "recvonly"]);
});

test("parsePublisherOffer() reads what pion writes", () => {
  const video = accepted(others.PION, 0);
  assert.deepEqual(video.codecs[0]?.feedback, VIDEO_FEEDBACK);
  assert.deepEqual(video.msid, {
    streamId: "file_stream",
    trackId: "file_video",
  });
  assert.equal(accepted(others.PION, 1).kind, "audio");
});

test("parsePublisherOffer() reads transport attributes at session level", () => {
  const { remote, bundle } = parse(others.STREAMING_TOOL);
  assert.equal(remote.iceUfrag, "Wdk+");
  assert.deepEqual(bundle, ["audio", "video"]);
  assert.equal(remote.fingerprints.length, 1, "sha-1 is left out");
  assert.match(remote.fingerprints[0]?.value ?? "", /^0F:74:31/);

  const audio = accepted(others.STREAMING_TOOL, 0);
  assert.equal(audio.codecs[0]?.codec, "opus");
  assert.equal(audio.msid, undefined, "an msid with @ is no pair of tokens");
  const video = accepted(others.STREAMING_TOOL, 1);
  assert.deepEqual(video.codecs[0]?.feedback, ["nack pli"]);
  assert.equal(video.midExtensionId, undefined, "offered in one direction");
});

test("parsePublisherOffer() takes lines that end in LF alone", () => {
  const lf = chromium.CAMERA.replaceAll("\r\n", "\n");
  assert.deepEqual(parse(lf), parse(chromium.CAMERA));
});

test("parsePublisherOffer() rejects data channels, not the offer", () => {
  const { sections, bundle } = parse(chromium.WITH_DATA);
  assert.deepEqual(sections[2], {
    accepted: false,
    answer: "rejected",
    mid: "2",
    media: "application",
    protocol: "UDP/DTLS/SCTP",
    format: "webrtc-datachannel",
  });
  assert.deepEqual(bundle, ["0", "1"]);
});

for (const [browser, offers] of Object.entries({ chromium, firefox })) {
  test(`parsePublisherOffer() keeps a muted section of ${browser}`, () => {
    assert.deepEqual(answers(offers.AUDIO_INACTIVE), ["inactive", "recvonly"]);
    assert.deepEqual(parse(offers.AUDIO_INACTIVE).bundle, ["0", "1"]);
  });

  test(`parsePublisherOffer() drops a stopped section of ${browser}`, () => {
    assert.deepEqual(answers(offers.AUDIO_STOPPED), ["rejected", "recvonly"]);
    assert.deepEqual(parse(offers.AUDIO_STOPPED).bundle, ["1"]);
  });
}

test("parsePublisherOffer() leaves repair SSRCs out of simulcast", () => {
  assert.deepEqual(accepted(chromium.SIMULCAST, 0).ssrcs, []);
  assert.deepEqual(
    accepted(firefox.SIMULCAST, 0).ssrcs,
    [1892538916, 2130379748],
  );
});

test("parsePublisherOffer() rejects sections whose codec the group bans", () => {
  const { sections, bundle } = parsePublisherOffer(chromium.CAMERA, ["vp8"]);
  assert.deepEqual(sections.map(({ answer }) => answer), [
    "rejected",
    "recvonly",
  ]);
  assert.deepEqual(bundle, ["1"]);
});

test("parsePublisherOffer() takes an offer of one section without BUNDLE", () => {
  const [audio = ""] = others.UNBUNDLED.split("m=video");
  const { bundle, remote } = parse(audio);
  assert.deepEqual(bundle, []);
  assert.equal(remote.iceUfrag, "aaaa");
});

test("parsePublisherOffer() follows the BUNDLE group's first live section", () => {
  const sdp = others.UNBUNDLED
    .replace("t=0 0\r\n", "t=0 0\r\na=group:BUNDLE v a\r\n");
  assert.equal(parse(sdp).remote.iceUfrag, "bbbb");
  assert.deepEqual(parse(sdp).bundle, ["v", "a"]);

  const videoOff = sdp.replace("m=video 5006", "m=video 0");
  assert.equal(parse(videoOff).remote.iceUfrag, "aaaa");
});

test("parsePublisherOffer() takes no payload type that looks like RTCP", () => {
  const sdp = chromium.CAMERA.replaceAll("111", "72");
  assert.deepEqual(answers(sdp), ["rejected", "recvonly"]);
});

test("parsePublisherOffer() takes the first eight formats of a section", () => {
  const types = Array.from({ length: 20 }, (_, i) => 100 + i);
  const maps = types.map((one) => `a=rtpmap:${one} opus/48000/2`);
  const [head = ""] = others.UNBUNDLED.split("a=rtpmap");
  const sdp = head.replace("SAVPF 111", `SAVPF ${types.join(" ")}`) +
    maps.join("\r\n");
  const taken = accepted(sdp, 0).codecs.map(({ payloadType }) => payloadType);
  assert.deepEqual(taken, types.slice(0, 8));
});

test("parsePublisherOffer() takes an fmtp or cname that is too long for none", () => {
  const long = "x".repeat(600);
  const sdp = chromium.CAMERA
    .replace("minptime=10;useinbandfec=1", long)
    .replaceAll("tHh87YZq8UUSY6FI", long);
  const audio = accepted(sdp, 0);
  assert.equal(audio.codecs[0]?.fmtp, undefined);
  assert.equal(audio.cname, undefined);
});

test("parsePublisherOffer() wants a setup that leaves us the DTLS server", () => {
  const reason = 'the client must be the DTLS client in section "0"';
  const { CAMERA } = chromium;
  const setup = (value: string) => CAMERA.replaceAll("a=setup:actpass", value);
  refused(setup("a=setup:passive"), reason);
  refused(setup("a=setup:holdconn"), reason);
  assert.deepEqual(parse(setup("a=setup:active")), parse(CAMERA));
  assert.deepEqual(parse(setup("a=x")), parse(CAMERA), "RFC 4145: active");
});

test("parsePublisherOffer() says what is missing or malformed", () => {
  const { CAMERA } = chromium;
  const edit = (from: RegExp, to: string) => CAMERA.replace(from, to);
  const nothing = "no audio or video section with one of vp8, opus";

  refused("", "does not begin with v=0");
  refused("hello", "does not begin with v=0");
  refused("v=0\r\n", nothing);
  refused(edit(/a=ice-pwd/g, "a=x"), 'no ICE password in section "0"');
  refused(edit(/a=ice-ufrag/g, "a=x"), 'no ICE user fragment in section "0"');
  refused(
    edit(/ufrag:....\r/g, "ufrag:abc\r"),
    'malformed ICE user fragment in section "0"',
  );
  refused(
    edit(/(ice-pwd:.{21}).*\r/g, "$1\r"),
    'malformed ICE password in section "0"',
  );
  refused(edit(/a=fingerprint/g, "a=x"), 'no fingerprint in section "0"');
  refused(
    edit(/fingerprint:sha-256/g, "fingerprint:md5"),
    "no fingerprint by one of sha-256, sha-384, sha-512",
  );
  refused(
    edit(/(fingerprint:.*):..\r/g, "$1\r"),
    'malformed fingerprint in section "0"',
  );
  refused(edit(/a=rtcp-mux\r\n/g, ""), 'no rtcp-mux in section "0"');
  refused(edit(/a=mid:1/, "a=mid:0"), 'mid "0" is used twice');
  refused(edit(/a=mid:1\r\n/, ""), 'no mid in section "#1"');
  refused(edit(/a=mid:1/, "a=mid:1 2"), "mid of section #1 is no token");
  refused(edit(/a=sendonly/, "b"), "line 21 is not of the form x=…");
  refused(edit(/m=video 39683/, "m=video 99999"), "line 34 is no m= line");
  refused(edit(/a=sendonly/, "a=\0"), "control character in line 21");
  refused(
    edit(/t=0 0/, "t=0 0\r\na=ice-lite"),
    "it is of an ICE-lite agent, as we are one",
  );
  refused(
    others.UNBUNDLED,
    'section "v" is not bundled with section "a", and a peer has one transport',
  );
});

test("parsePublisherOffer() refuses what would make packets ambiguous", () => {
  const { CAMERA } = chromium;
  refused(
    CAMERA.replaceAll("345100753", "3930668673"),
    "SSRC 3930668673 is in two sections",
  );
  const samePt = CAMERA.replace(/(m=video \d+ \S+) 96/, "$1 111")
    .replace("rtpmap:96 VP8", "rtpmap:111 VP8");
  refused(samePt, "payload type 111 is used twice");
});

test("parsePublisherOffer() bounds what it reads", () => {
  const { CAMERA } = chromium;
  refused(CAMERA + "a=".padEnd(65_536, "x"), "longer than 65536 characters");
  refused(CAMERA + "a=x\r\n".repeat(5_000), "more than 4096 lines");
  refused(
    CAMERA + "m=audio 0 RTP/SAVPF 0\r\n".repeat(63),
    "more than 64 sections",
  );
  const ssrcs = Array.from({ length: 33 }, (_, i) => `a=ssrc:${i + 1} cname:x`);
  refused(
    `${CAMERA}${ssrcs.join("\r\n")}`,
    'more than 32 SSRCs in section "1"',
  );
  const print = /a=fingerprint:.*\r\n/.exec(CAMERA)?.[0] ?? "";
  refused(
    CAMERA.replace(print, print.repeat(9)),
    "more than 8 fingerprints",
  );
});

test("SdpError is an Error that can be told from others", () => {
  const error = new SdpError("Cannot use offer: x");
  assert(error instanceof Error);
  assert.equal(String(error), "SdpError: Cannot use offer: x");
});
