import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveTrack } from "../protocol/media_plane.ts";
import { isSameSelection, selectTracks } from "./selection.ts";

const AUDIO: LiveTrack = { kind: "audio" };
const VIDEO: LiveTrack = { kind: "video" };

test("selectTracks() chooses what is wanted and there", () => {
  assert.deepEqual(
    selectTracks({ audio: true, video: "low" }, [AUDIO, VIDEO, VIDEO]),
    { wanted: { audio: true, video: "low" }, audioTracks: 1, videoTracks: 2 },
  );
  assert.deepEqual(
    selectTracks({ audio: true, video: "high" }, [AUDIO])?.wanted,
    { audio: true, video: "none" },
  );
});

test("selectTracks() chooses nothing if that is all", () => {
  assert.equal(selectTracks({ audio: true, video: "high" }, []), undefined);
  assert.equal(
    selectTracks({ audio: true, video: "none" }, [VIDEO]),
    undefined,
  );
  assert.equal(
    selectTracks({ audio: false, video: "none" }, [AUDIO]),
    undefined,
  );
});

test("isSameSelection() sees that a second video track has come", () => {
  const wanted = { audio: false, video: "low" } as const;
  const [one, two] = [[VIDEO], [VIDEO, VIDEO]].map((tracks) =>
    selectTracks(wanted, tracks)
  );
  assert.ok(one && two);

  assert.equal(isSameSelection(one, one), true);
  assert.equal(isSameSelection(one, two), false);
});
