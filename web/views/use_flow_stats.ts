import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { TrackStats } from "../client/types.ts";
import type { Flow } from "../state/session_state.ts";
import { usePage } from "./page.ts";

/**
 * What the browser sees of a flow's tracks, again and again; nothing as long as
 * the interval is 0. A signal, so that only who shows it is drawn anew.
 */
export function useFlowStats(
  flow: Flow,
  intervalMs: number,
): ReadonlySignal<readonly TrackStats[]> {
  const { session } = usePage();
  const tracks = useSignal<readonly TrackStats[]>([]);
  useEffect(() => {
    const stream = session.connection?.findByLocalId(flow.localId);
    if (stream === undefined || intervalMs === 0) return;
    stream.onstats = (latest) => tracks.value = Object.values(latest);
    stream.setStatsInterval(intervalMs);
    return () => stream.setStatsInterval(0);
  }, [flow.flowId, intervalMs]);
  return tracks;
}
