import assert from "node:assert/strict";
import { test } from "node:test";
import * as answers from "./fixtures/answers.ts";
import { AUDIO, VIDEO } from "./fixtures/subscription.ts";
import { parseSubscriberAnswer } from "./subscriber_answer.ts";

const BOTH = [AUDIO, VIDEO];
const LATER = [AUDIO, { ...VIDEO, active: false }, { ...VIDEO, mid: "2" }];

function accepts(sdp: string, sections = BOTH): readonly boolean[] {
  return parseSubscriberAnswer(sdp, sections).accepted;
}

/** Asserts that an answer is refused with this reason. */
function refused(sdp: string, reason: string, sections = BOTH): void {
  const message = `Cannot use answer: ${reason}`;
  assert.throws(() => accepts(sdp, sections), { name: "SdpError", message });
}

for (const browser of ["CHROMIUM", "FIREFOX"] as const) {
  test(`parseSubscriberAnswer() reads the answer of ${browser}`, () => {
    assert.deepEqual(accepts(answers[browser]), [true, true]);
  });

  test(`parseSubscriberAnswer() reads a later answer of ${browser}`, () => {
    const sdp = answers[`${browser}_LATER`];
    assert.deepEqual(accepts(sdp, LATER), [true, false, true]);
  });
}

test("parseSubscriberAnswer() reads ICE and DTLS parameters", () => {
  assert.deepEqual(parseSubscriberAnswer(answers.CHROMIUM, BOTH).remote, {
    iceUfrag: "jhfg",
    icePwd: "Bqp0zUJdvXLuI/mLsg6CLNPS",
    fingerprints: [{
      algorithm: "sha-256",
      value: "8F:86:AD:67:56:E4:BA:46:31:E6:A7:96:39:A2:8B:C8:" +
        "B1:BA:61:CC:46:77:0E:7C:6A:E8:59:D8:73:2C:28:DF",
    }],
  });
});

test("parseSubscriberAnswer() lets a viewer do without single tracks", () => {
  const { CHROMIUM } = answers;
  const rejected = CHROMIUM.replace("m=video 9 ", "m=video 0 ")
    .replace("BUNDLE 0 1", "BUNDLE 0");
  assert.deepEqual(accepts(rejected), [true, false]);

  const inactive = CHROMIUM.replace("a=recvonly", "a=inactive");
  assert.deepEqual(accepts(inactive), [false, true]);

  const otherCodec = CHROMIUM.replace("VP8/90000", "H264/90000");
  assert.deepEqual(accepts(otherCodec), [true, false]);
});

test("parseSubscriberAnswer() takes a viewer's own numbers", () => {
  const repaired = "a=rtpmap:121 rtx/90000\r\na=fmtp:121 apt=120\r\n";
  const own = answers.CHROMIUM
    .replace(/^(m=video .*) 96\b/m, "$1 120 121")
    .replaceAll(/^a=(rtpmap|rtcp-fb|fmtp):96 /gm, "a=$1:120 ")
    .replace(/^a=rtpmap:120 /m, `${repaired}a=rtpmap:120 `);
  const { accepted, help } = parseSubscriberAnswer(own, BOTH);
  assert.deepEqual(accepted, [true, true]);
  assert.equal(help[1]?.payloadType, 120);
  assert.equal(help[1]?.rtx, 121);
});

test("parseSubscriberAnswer() refuses the answer to another offer", () => {
  const { CHROMIUM, CHROMIUM_LATER } = answers;
  refused(CHROMIUM, "2 sections for 3 of the offer", LATER);
  refused(CHROMIUM_LATER, "3 sections for 2 of the offer");
  refused(CHROMIUM, 'section "0" is not that of the offer', [VIDEO, AUDIO]);
  refused(CHROMIUM, 'section "1" is not that of the offer', [
    AUDIO,
    { ...VIDEO, mid: "9" },
  ]);
  refused(CHROMIUM, 'section "1" is active, and inactive in the offer', [
    AUDIO,
    { ...VIDEO, active: false },
  ]);
});

test("parseSubscriberAnswer() wants a DTLS client and one transport", () => {
  const { CHROMIUM } = answers;
  const notClient = 'the client must be the DTLS client in section "0"';
  refused(CHROMIUM.replaceAll("setup:active", "setup:passive"), notClient);
  refused(CHROMIUM.replaceAll("setup:active", "setup:actpass"), notClient);
  refused(CHROMIUM.replaceAll("a=setup:active", "a=x"), notClient);
  refused(
    CHROMIUM.replace("BUNDLE 0 1", "BUNDLE 0"),
    'section "1" is not bundled with section "0", and a peer has one transport',
  );
  refused(
    CHROMIUM.replaceAll(/m=(\w+) \d+/g, "m=$1 0"),
    "every section is rejected, of opus and VP8",
  );
  refused(
    CHROMIUM.replaceAll("a=rtcp-mux", "a=x"),
    'no rtcp-mux in section "0"',
  );
});
