import { allValues, firstValue, type Section } from "./document.ts";
import { isToken } from "./grammar.ts";

/** Which MediaStream a track belongs to, and its own id (RFC 8830). */
export interface Msid {
  /** Empty or `-` if the track is in none. */
  readonly streamId: string;
  /** Empty if there is none. */
  readonly trackId: string;
}

/**
 * Reads a section's `a=msid`, else the one that older clients put on `a=ssrc`.
 * One that is no pair of tokens counts as missing: it only names things.
 */
export function parseMsid(section: Section): Msid | undefined {
  const onSsrc = allValues(section.attributes, "ssrc")
    .flatMap((value) => /^[0-9]+ msid:(.*)$/.exec(value)?.[1] ?? []);
  const text = firstValue(section.attributes, "msid") ?? onSsrc[0];
  if (text === undefined) return undefined;
  const [streamId = "", trackId = "", ...rest] = text.split(" ");
  const valid = isToken(streamId) && (trackId === "" || isToken(trackId)) &&
    rest.length === 0;
  return valid ? { streamId, trackId } : undefined;
}

/**
 * The msid that viewers get for a track: its own, with something to stand in
 * for what is missing. A viewer's client needs a stream for each track.
 *
 * @param label the flow's label, which may be any text
 */
export function toSubscriberMsid(
  msid: Msid | undefined,
  kind: "audio" | "video",
  label: string,
): Msid {
  const hasStream = msid && msid.streamId !== "" && msid.streamId !== "-";
  const fallback = isToken(label) && label !== "-" ? label : "dummy";
  return {
    streamId: hasStream ? msid.streamId : fallback,
    trackId: msid?.trackId || kind,
  };
}
