import type { SessionState } from "./session_state.ts";

/**
 * In which flows somebody speaks: where the server says so, and where the page
 * itself hears it. Servers may not tell at all, and flows need not say how loud
 * they are; a page hears nothing before it may play sound.
 *
 * @param heard the `localId`s of the flows in which the page hears somebody
 * @returns `localId`s
 */
export function speakersOf(
  { flows, speaking }: Pick<SessionState, "flows" | "speaking">,
  heard: ReadonlySet<string>,
): ReadonlySet<string> {
  if (speaking.length === 0) return heard;
  const told = flows.filter(({ flowId, stale }) =>
    !stale && speaking.includes(flowId)
  );
  return new Set([...told.map(({ localId }) => localId), ...heard]);
}
