import type { Flow } from "./session_state.ts";

/**
 * Adds a flow, or lets it succeed one.
 *
 * The successor takes its predecessor's place in the order, so that no other
 * tile moves, and shows the predecessor's media until it has its own.
 */
export function openFlow(flows: readonly Flow[], flow: Flow): readonly Flow[] {
  const before = flows.find((other) => precedes(other, flow));
  if (before === undefined) {
    return flow.own
      ? [...flows.filter(isOwn), flow, ...flows.filter(isForeign)]
      : [...flows, flow];
  }
  const successor = before.localId === flow.localId
    ? { ...flow, ...mediaOf(flow.media === null ? before : flow) }
    : flow;
  return flows.map((other) => other === before ? successor : other);
}

/** Says what a flow carries. Unknown flows are ignored: they may just be gone. */
export function setFlowMedia(
  flows: readonly Flow[],
  change: Pick<Flow, "localId" | "media" | "hasAudio" | "hasVideo">,
): readonly Flow[] {
  return flows.map((flow) =>
    flow.localId === change.localId ? { ...flow, ...mediaOf(change) } : flow
  );
}

/** Says whether a flow gets through; the same again changes nothing. */
export function setFlowLink(
  flows: readonly Flow[],
  { localId, cut }: Pick<Flow, "localId" | "cut">,
): readonly Flow[] {
  const isNews = flows.some((flow) =>
    flow.localId === localId && flow.cut !== cut
  );
  if (!isNews) return flows;
  return flows.map((flow) =>
    flow.localId === localId ? { ...flow, cut } : flow
  );
}

/** Takes a flow away. */
export function closeFlow(
  flows: readonly Flow[],
  localId: string,
): readonly Flow[] {
  return flows.filter((flow) => flow.localId !== localId);
}

/** Other people's flows are cut off, but may come back. */
export function markFlowsStale(flows: readonly Flow[]): readonly Flow[] {
  return flows.map((flow) => flow.own ? flow : { ...flow, stale: true });
}

/** Gives up the flows that have not come back. */
export function dropStaleFlows(flows: readonly Flow[]): readonly Flow[] {
  return flows.filter((flow) => !flow.stale);
}

/** After a reconnection a flow has a new `localId` but its old id. */
function precedes(old: Flow, flow: Flow): boolean {
  return old.localId === flow.localId ||
    (old.stale && old.flowId === flow.flowId);
}

function mediaOf(
  flow: Pick<Flow, "media" | "hasAudio" | "hasVideo">,
): Pick<Flow, "media" | "hasAudio" | "hasVideo"> {
  const { media, hasAudio, hasVideo } = flow;
  return { media, hasAudio, hasVideo };
}

function isOwn(flow: Flow): boolean {
  return flow.own;
}

function isForeign(flow: Flow): boolean {
  return !flow.own;
}
