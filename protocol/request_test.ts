import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "./errors.ts";
import { parseRequested, parseTracks, tracksFor } from "./request.ts";

test("parseTracks() lets video win over video-low, and ignores the unknown (A-56)", () => {
  assert.deepEqual(parseTracks(["audio", "video-low", "video", "smell"]), {
    audio: true,
    video: "high",
  });
  assert.deepEqual(parseTracks(["video-low"]), { audio: false, video: "low" });
});

test("tracksFor() takes the label's tracks, else those of the empty label (A-55)", () => {
  const requested = parseRequested({ "": ["audio"], screenshare: ["video"] });

  assert.deepEqual(tracksFor(requested, "screenshare"), {
    audio: false,
    video: "high",
  });
  assert.deepEqual(tracksFor(requested, "camera"), {
    audio: true,
    video: "none",
  });
  assert.deepEqual(tracksFor(parseRequested(null), ""), {
    audio: false,
    video: "none",
  });
});

test("parseRequested() refuses what is no object of lists, and too many labels", () => {
  const many = Object.fromEntries(
    Array.from({ length: 65 }, (_, i) => [`label-${i}`, ["audio"]]),
  );
  for (
    const wrong of ["audio", ["audio"], { "": "audio" }, { "": [1] }, many]
  ) {
    assert.throws(() => parseRequested(wrong), ProtocolError);
  }
});
