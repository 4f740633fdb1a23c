import type { LayoutChoice } from "../media/preferences.ts";
import type { Flow } from "../state/session_state.ts";

/** What decides which tiles are large. */
export interface Attention {
  readonly layout: LayoutChoice;
  /** `localId` of the tile that the user has picked; empty for none. */
  readonly pinned: string;
  /** `localId` of whoever speaks or spoke last; empty for nobody. */
  readonly speaker: string;
}

/**
 * The flows that are large: the one that was picked; without one, screens and
 * films, and who speaks, as the layout wants it.
 */
export function featuredOf(
  flows: readonly Flow[],
  { layout, pinned, speaker }: Attention,
): readonly Flow[] {
  const picked = flows.filter(({ localId }) => localId === pinned);
  if (picked.length > 0) return picked;
  const screens = flows.filter(({ kind }) => kind !== "camera");
  // Alone, nobody is larger than the others.
  if (layout === "grid" || flows.length < 2) return screens;
  const speaking = flows.find(({ localId }) => localId === speaker) ??
    flows.find(({ own, kind }) => !own && kind === "camera");
  if (layout === "speaker") {
    return screens.length > 0 || speaking === undefined ? screens : [speaking];
  }
  const others = flows.filter((flow) =>
    flow !== speaking && !screens.includes(flow)
  );
  const beside = speaking === undefined || screens.includes(speaking)
    ? others
    : [speaking, ...others];
  return screens.length > 0
    ? [...screens, ...beside.slice(0, 1)]
    : beside.slice(0, 2);
}

/**
 * Who is shown as the speaker: whoever was goes on until they are silent and
 * somebody else speaks, so that the page does not jump at every cough.
 *
 * @param current a `localId`, or empty
 * @param speaking the keys of those who speak now
 * @returns a `localId` of one of the flows, or empty
 */
export function nextSpeaker(
  current: string,
  speaking: ReadonlySet<string>,
  flows: readonly Flow[],
): string {
  const heard = flows.filter(({ own, kind }) => !own && kind === "camera");
  const isHere = heard.some(({ localId }) => localId === current);
  if (isHere && speaking.has(current)) return current;
  const other = heard.find(({ localId }) => speaking.has(localId));
  return other?.localId ?? (isHere ? current : "");
}
