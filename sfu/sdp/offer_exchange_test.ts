import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as chromium from "./fixtures/chromium.ts";
import * as firefox from "./fixtures/firefox.ts";
import { LOCAL } from "./fixtures/local.ts";
import * as others from "./fixtures/others.ts";
import { AUDIO, VIDEO } from "./fixtures/subscription.ts";
import { OfferExchange } from "./offer_exchange.ts";
import { SdpError } from "./sdp_error.ts";
import { parseSubscriberAnswer } from "./subscriber_answer.ts";
import { writeSubscriberOffer } from "./subscriber_offer.ts";
import { mutated, unlessRefused } from "./test_mutated_sdp.ts";

const SECTIONS = [{ ...AUDIO, mid: "z.0" }, { ...VIDEO, mid: "z.1" }];
const OURS = writeSubscriberOffer(SECTIONS, LOCAL);

/** What a player would have offered in the place of a publisher. */
function toPlayer(offer: string): string {
  return offer.replaceAll("a=sendonly", "a=recvonly")
    .replaceAll(/^a=(ssrc|ssrc-group|msid):.*\r\n/gm, "");
}

/** The lines of the section of that kind. */
function sectionOf(sdp: string, kind: "audio" | "video"): string {
  return sdp.split(/^(?=m=)/m).find((part) => part.startsWith(`m=${kind} `)) ??
    "";
}

test("OfferExchange answers a browser's offer and ours", () => {
  const exchange = new OfferExchange(toPlayer(chromium.CAMERA));
  assert.deepEqual([...exchange.kinds], ["audio", "video"]);
  const { toViewer, toUs } = exchange.meet(OURS);

  assert.match(toViewer, /^a=group:BUNDLE 0 1\r$/m);
  assert.match(toViewer, /^a=ice-lite\r$/m);
  const picture = sectionOf(toViewer, "video");
  for (
    const line of [
      "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
      "a=mid:1",
      "a=candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host",
      "a=ice-ufrag:ourUfrag",
      `a=fingerprint:sha-256 ${LOCAL.fingerprint.value}`,
      "a=setup:passive",
      "a=sendonly",
      "a=msid:camera video",
      "a=ssrc-group:FID 4294967295 4294967294",
      "a=rtpmap:96 VP8/90000",
      "a=rtcp-fb:96 nack pli",
      "a=fmtp:97 apt=96",
    ]
  ) assert.ok(picture.includes(`${line}\r\n`), line);

  const answer = parseSubscriberAnswer(toUs, SECTIONS);
  assert.deepEqual(answer.accepted, [true, true]);
  assert.equal(answer.remote.iceUfrag, "y/HG");
  assert.equal(answer.remote.fingerprints.length, 1);
});

test("OfferExchange keeps to the viewer's numbers", () => {
  const offer = toPlayer(chromium.CAMERA)
    .replace("SAVPF 96 97", "SAVPF 120 121")
    .replaceAll(/^a=(rtpmap|rtcp-fb|fmtp):9([67]) /gm, "a=$1:12$2 ")
    .replaceAll(":126 ", ":120 ").replaceAll(":127 ", ":121 ")
    .replace("apt=96", "apt=120");
  const { toViewer, toUs } = new OfferExchange(offer).meet(OURS);
  for (const sdp of [toViewer, toUs]) {
    const picture = sectionOf(sdp, "video");
    assert.match(picture, /^m=video 9 \S+ 120 121\r$/m);
    assert.match(picture, /^a=rtpmap:120 VP8\/90000\r$/m);
    assert.match(picture, /^a=fmtp:121 apt=120\r$/m);
  }
});

test("OfferExchange rejects what only one side has, now and later", () => {
  const audioOnly = writeSubscriberOffer(SECTIONS.slice(0, 1), LOCAL);
  const exchange = new OfferExchange(toPlayer(firefox.CAMERA));
  const first = exchange.meet(audioOnly);
  assert.match(sectionOf(first.toViewer, "audio"), /^a=sendonly\r$/m);
  assert.match(sectionOf(first.toViewer, "video"), /^m=video 0 /);

  const later = exchange.meet(OURS);
  const { accepted } = parseSubscriberAnswer(later.toUs, SECTIONS);
  assert.deepEqual(accepted, [true, false]);
  const version = (sdp: string) => /^o=- \d+ (\d+) /m.exec(sdp)?.[1];
  assert.equal(version(first.toUs), "1");
  assert.equal(version(later.toUs), "2");
});

test("OfferExchange goes on when a track is inactive, and when ICE restarts", () => {
  const exchange = new OfferExchange(toPlayer(chromium.CAMERA));
  assert.equal(exchange.isOtherPath(OURS), true);
  exchange.meet(OURS);
  assert.equal(exchange.isOtherPath(OURS), false);

  const silent = SECTIONS.map((section) => ({ ...section, active: false }));
  const paused = exchange.meet(writeSubscriberOffer(silent, LOCAL));
  const none = parseSubscriberAnswer(paused.toUs, silent);
  assert.deepEqual(none.accepted, [false, false]);

  exchange.credentials = {
    iceUfrag: "newUfrag",
    icePwd: "newPasswordOf24Characters",
  };
  const ice = { iceUfrag: "ours2", icePwd: "ourPasswordOf24Characters" };
  const restarted = writeSubscriberOffer(SECTIONS, { ...LOCAL, ice });
  assert.equal(exchange.isOtherPath(restarted), true);
  const { toUs, toViewer } = exchange.meet(restarted);
  assert.match(toViewer, /^a=ice-ufrag:ours2\r$/m);
  const { remote } = parseSubscriberAnswer(toUs, SECTIONS);
  assert.equal(remote.iceUfrag, "newUfrag");
});

test("OfferExchange refuses who receives nothing, or no codec of ours", () => {
  assert.throws(() => new OfferExchange(chromium.CAMERA), SdpError);
  const other = toPlayer(chromium.CAMERA)
    .replaceAll("VP8", "other").replaceAll("opus", "other");
  assert.throws(() => new OfferExchange(other).meet(OURS), SdpError);
});

test("a garbled offer of a player is refused, or gets an answer that fits", () => {
  const corpus = [chromium, firefox, others].flatMap((file) =>
    Object.values(file)
  ).map(toPlayer);
  fc.assert(
    fc.property(mutated(corpus), (sdp) => {
      const answers = unlessRefused(() => new OfferExchange(sdp).meet(OURS));
      if (!answers) return;
      const count = (text: string) => text.match(/^m=/gm)?.length;
      assert.equal(count(answers.toUs), 2);
      const { accepted } = parseSubscriberAnswer(answers.toUs, SECTIONS);
      assert.equal(accepted.length, 2);
      assert.ok(answers.toViewer.length < 100_000);
    }),
    { numRuns: 2_000 },
  );
});
