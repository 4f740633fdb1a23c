/**
 * Which tracks of which flows a client wants, as it says in `request` and
 * `requestStream`.
 *
 * @module
 */
import { unreadable } from "./errors.ts";
import type { WantedTracks } from "./media_plane.ts";

/** What is wanted of one flow. */
export type RequestedTracks = WantedTracks;

/** What is wanted of flows by their label; the empty label is for all others. */
export type Requested = ReadonlyMap<string, RequestedTracks>;

/** Nothing of a flow. */
export const NO_TRACKS: RequestedTracks = { audio: false, video: "none" };

/** The most labels that a request may have: clients use two or three. */
const MAX_LABELS = 64;

/** The longest label that a flow can have; longer ones ask for nothing. */
const MAX_LABEL_LENGTH = 64;

/**
 * Reads the `request` of a `request` message; absent means nothing is wanted.
 *
 * @throws {ProtocolError} 1011 if it is not an object of lists of strings
 */
export function parseRequested(json: unknown): Requested {
  if (json === undefined || json === null) return new Map();
  if (typeof json !== "object" || Array.isArray(json)) throw badRequest();
  const entries = Object.entries(json);
  if (entries.length > MAX_LABELS) throw badRequest();
  return new Map(
    entries.map(([label, tracks]) => [label, parseTracks(tracks)] as const)
      .filter(([label]) => label.length <= MAX_LABEL_LENGTH),
  );
}

/**
 * Reads one list of tracks. `video` wins over `video-low`; unknown names are
 * ignored, they may be a later version's.
 *
 * @throws {ProtocolError} 1011 if it is not a list of strings
 */
export function parseTracks(json: unknown): RequestedTracks {
  if (json === undefined || json === null) return NO_TRACKS;
  if (!Array.isArray(json) || json.some((name) => typeof name !== "string")) {
    throw badRequest();
  }
  return {
    audio: json.includes("audio"),
    video: json.includes("video")
      ? "high"
      : json.includes("video-low")
      ? "low"
      : "none",
  };
}

/** What a request wants of a flow with the label. */
export function tracksFor(
  requested: Requested,
  label: string,
): RequestedTracks {
  return requested.get(label) ?? requested.get("") ?? NO_TRACKS;
}

function badRequest() {
  return unreadable("Cannot read request: it is not an object of lists");
}
