import assert from "node:assert/strict";
import { test } from "node:test";
import type { CodecName } from "./codecs.ts";
import { CAMERA } from "./fixtures/chromium.ts";
import { matchProfile } from "./profiles.ts";
import { parsePublisherOffer } from "./publisher_offer.ts";

/** What is taken of a browser's formats, with the numbers. */
function taken(
  lines: readonly string[],
  allowed: readonly CodecName[],
): string[] {
  const formats = lines.map((line) => line.split(" ")[0]);
  const [head, video = ""] = CAMERA.split(/(?=m=video)/);
  const section = video
    .replace(
      /^m=video (\d+) (\S+) .*\r$/m,
      `m=video $1 $2 ${formats.join(" ")}\r`,
    )
    .replaceAll(/a=(rtpmap|fmtp|rtcp-fb):.*\r\n/g, "");
  const described = lines.map((line) => {
    const [format, name, fmtp] = line.split(" ");
    const parameters = fmtp ? `a=fmtp:${format} ${fmtp}\r\n` : "";
    return `a=rtpmap:${format} ${name}\r\n${parameters}`;
  });
  const offer = parsePublisherOffer(
    `${head}${section}${described.join("")}`,
    [...allowed, "opus"],
  );
  const [, found] = offer.sections;
  assert.ok(found);
  return found.answer === "rejected"
    ? []
    : found.codecs.map(({ codec, payloadType }) => `${codec}:${payloadType}`);
}

const H264 = [
  "102 H264/90000 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f",
  "104 H264/90000 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f",
  "106 H264/90000 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
  "108 H264/90000 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f",
  "127 H264/90000 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f",
  "39 H264/90000 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=f4001f",
];

test("of H.264, constrained baseline in mode 1 is taken where there is it", () => {
  assert.deepEqual(taken(H264, ["h264"]), ["h264:106"]);
});

test("of H.264 without that, whatever there is a number for is taken", () => {
  assert.deepEqual(
    taken(H264.filter((line) => !line.startsWith("106")), ["h264"]),
    ["h264-baseline:102", "h264-baseline:104", "h264:108"],
  );
  assert.deepEqual(taken(["102 H264/90000"], ["h264"]), ["h264-baseline:102"]);
  assert.deepEqual(taken(H264.slice(4), ["h264"]), []);
});

test("of VP9, profiles 0 and 2 are taken, and no profile is profile 0", () => {
  assert.deepEqual(
    taken(
      [
        "98 VP9/90000 profile-id=0",
        "100 VP9/90000 profile-id=2",
        "102 VP9/90000 profile-id=1",
        "103 VP9/90000 profile-id=3",
      ],
      ["vp9"],
    ),
    ["vp9:98", "vp9-profile-2:100"],
  );
  assert.deepEqual(taken(["98 VP9/90000"], ["vp9"]), ["vp9:98"]);
});

test("a group's codecs come in its order, and others not at all", () => {
  const all = ["96 VP8/90000", "98 VP9/90000", "45 AV1/90000", ...H264];
  assert.deepEqual(taken(all, ["av1", "h264", "vp8"]), [
    "av1:45",
    "h264:106",
    "vp8:96",
  ]);
  assert.deepEqual(taken(all, ["vp9"]), ["vp9:98"]);
});

test("matchProfile() does not stumble over what parameters may look like", () => {
  for (
    const fmtp of [
      "",
      ";;;",
      "profile-level-id",
      "profile-level-id=",
      "profile-level-id=42e0",
      "profile-level-id=zzzzzz",
      "packetization-mode=2;profile-level-id=42e01f",
    ]
  ) {
    assert.notEqual(matchProfile("h264", fmtp)?.isExact, true, fmtp);
  }
  assert.deepEqual(
    matchProfile("h264", " profile-level-id=42E01F; packetization-mode=1"),
    { format: "h264", isExact: true },
  );
});

test("sound of telephones needs no rtpmap", () => {
  const bare = CAMERA.replace("a=rtpmap:0 PCMU/8000\r\n", "");
  const { sections: [sound] } = parsePublisherOffer(bare, ["pcmu"]);
  assert.ok(sound?.answer === "recvonly");
  assert.deepEqual(sound.codecs.map(({ codec }) => codec), ["pcmu"]);
});
