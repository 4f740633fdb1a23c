import type { Stream } from "../client/stream.ts";
import type { FlowKind } from "../state/session_state.ts";
import type { Store } from "../state/store.ts";

/**
 * Shows a flow of one's own as a tile, or takes the tile away.
 *
 * @param stream what is sent now; `undefined` if nothing is
 */
export function showOwnFlow(
  stream: Stream | undefined,
  kind: FlowKind,
  store: Store,
): void {
  const shown = store.state.peek().flows
    .find((flow) => flow.own && flow.kind === kind);
  if (stream === undefined) {
    if (shown !== undefined) {
      store.dispatch({ kind: "flow-closed", localId: shown.localId });
    }
    return;
  }
  const media = stream.stream;
  const flow = {
    localId: stream.localId,
    flowId: stream.id,
    clientId: stream.source,
    username: stream.username,
    kind,
    own: true,
    media,
    hasAudio: (media?.getAudioTracks().length ?? 0) > 0,
    hasVideo: (media?.getVideoTracks().length ?? 0) > 0,
    stale: false,
  };
  store.dispatch({ kind: "flow-opened", flow });
}
