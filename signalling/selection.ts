import type { LiveTrack, WantedTracks } from "../protocol/media_plane.ts";
import type { RequestedTracks } from "../protocol/request.ts";

/**
 * What a viewer gets of a flow: what it wants, as far as it is there.
 *
 * Two equal selections mean that there is nothing to renegotiate. The counts
 * are part of it because the choice among several video tracks (high, low)
 * changes when one of them comes or goes.
 */
export interface Selection {
  readonly wanted: WantedTracks;
  /** 0 if audio is not wanted. */
  readonly audioTracks: number;
  /** 0 if video is not wanted. */
  readonly videoTracks: number;
  /** Of the tracks that are wanted, if known: with others, an offer is due. */
  readonly codecs?: string;
}

/** Chooses tracks; `undefined` if none is both wanted and there. */
export function selectTracks(
  requested: RequestedTracks,
  tracks: readonly LiveTrack[],
): Selection | undefined {
  const count = (kind: LiveTrack["kind"]) =>
    tracks.filter((track) => track.kind === kind).length;
  const audioTracks = requested.audio ? count("audio") : 0;
  const videoTracks = requested.video !== "none" ? count("video") : 0;
  if (audioTracks + videoTracks === 0) return undefined;
  const wanted: WantedTracks = {
    audio: audioTracks > 0,
    video: videoTracks > 0 ? requested.video : "none",
  };
  const codecs = tracks
    .filter(({ kind }) => kind === "audio" ? wanted.audio : videoTracks > 0)
    .flatMap(({ codec }) => codec ?? [])
    .join();
  return {
    wanted,
    audioTracks,
    videoTracks,
    ...(codecs === "" ? {} : { codecs }),
  };
}

/**
 * Whether two selections are the same, as far as there is an offer to be made:
 * a larger or smaller picture of the same track needs none.
 */
export function isSameSelection(a: Selection, b: Selection): boolean {
  return a.wanted.audio === b.wanted.audio &&
    (a.wanted.video === "none") === (b.wanted.video === "none") &&
    a.audioTracks === b.audioTracks && a.videoTracks === b.videoTracks &&
    a.codecs === b.codecs;
}
