import type { PublisherTrack } from "./publisher_track.ts";
import type { RtpView } from "./rtp/rtp_packet.ts";

/**
 * Finds what a source sends that has not been seen before: by the names in its
 * header extensions (RFC 8852, RFC 9143), else by the offer's SSRCs, else by the
 * payload type if that leaves no choice (RFC 9143 §9.2).
 *
 * @param packet what `view` has parsed
 */
export function findTrack(
  tracks: readonly PublisherTrack[],
  view: RtpView,
  packet: Uint8Array,
): PublisherTrack | undefined {
  for (const track of tracks) {
    const { mid, streamIdExtensionId, midExtensionId } = track.section;
    if (track.rid === "" || !isMid(view, packet, midExtensionId, mid)) continue;
    if (isNamed(view, packet, streamIdExtensionId, track.rid)) return track;
  }
  const single = tracks.filter(({ rid }) => rid === "");
  const declared = single.find(({ section }) =>
    section.ssrcs.includes(view.ssrc)
  );
  if (declared) return declared;
  const possible = single.filter(({ section }) =>
    section.ssrcs.length === 0 &&
    section.codecs.some(({ payloadType }) =>
      payloadType === view.payloadType
    ) && isMid(view, packet, section.midExtensionId, section.mid)
  );
  return possible.length === 1 ? possible[0] : undefined;
}

/**
 * Finds whose packets a source sends again: by the name in its header extension
 * (RFC 8852), else by the payload type if that leaves no choice.
 *
 * @param packet what `view` has parsed
 */
export function findRepaired(
  tracks: readonly PublisherTrack[],
  view: RtpView,
  packet: Uint8Array,
): PublisherTrack | undefined {
  const possible = tracks.filter(({ live, section }) =>
    live &&
    section.codecs.some(({ rtxPayloadType }) =>
      rtxPayloadType === view.payloadType
    )
  );
  const named = possible.find(({ rid, section }) =>
    rid !== "" && isMid(view, packet, section.midExtensionId, section.mid) &&
    isNamed(view, packet, section.repairedIdExtensionId, rid)
  );
  if (named) return named;
  const free = possible.filter(({ rid, rtxSsrc }) => rid === "" && rtxSsrc < 0);
  return free.length === 1 ? free[0] : undefined;
}

/** Whether a packet is of that section, as far as it says. */
function isMid(
  view: RtpView,
  packet: Uint8Array,
  id: number | undefined,
  mid: string,
): boolean {
  return id === undefined || view.findExtension(id) < 0 ||
    isNamed(view, packet, id, mid);
}

function isNamed(
  view: RtpView,
  packet: Uint8Array,
  id: number | undefined,
  name: string,
): boolean {
  const at = id === undefined ? -1 : view.findExtension(id);
  if (at < 0 || view.elementSize !== name.length) return false;
  for (let index = 0; index < name.length; index++) {
    if (packet[at + index] !== name.charCodeAt(index)) return false;
  }
  return true;
}
