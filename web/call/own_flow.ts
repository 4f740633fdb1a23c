import type { Stream } from "../client/stream.ts";
import type { Flow, FlowKind } from "../state/session_state.ts";
import type { Store } from "../state/store.ts";

/** Whether a stream that had got through does so no longer. */
export function isCut({ pc }: Pick<Stream, "pc">): boolean {
  const { iceConnectionState: state } = pc;
  return state === "disconnected" || state === "failed";
}

/** Keeps the tile of a stream told of whether it gets through. */
export function watchLink(
  stream: Stream,
  store: Store,
  handleFailed?: () => void,
): void {
  stream.onstatus = (status) => {
    const { localId } = stream;
    store.dispatch({ kind: "flow-link", localId, cut: isCut(stream) });
    if (status === "failed") handleFailed?.();
  };
}

/** A flow of one's own as its tile shows it. */
export function toOwnFlow(stream: Stream, kind: FlowKind): Flow {
  const media = stream.stream;
  return {
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
    cut: isCut(stream),
  };
}

/**
 * Shows one's camera and microphone as a tile, or takes the tile away.
 *
 * @param stream what is sent now; `undefined` if nothing is
 */
export function showOwnCamera(stream: Stream | undefined, store: Store): void {
  if (stream !== undefined) {
    const flow = toOwnFlow(stream, "camera");
    return store.dispatch({ kind: "flow-opened", flow });
  }
  const shown = store.state.peek().flows
    .find(({ own, kind }) => own && kind === "camera");
  if (shown === undefined) return;
  store.dispatch({ kind: "flow-closed", localId: shown.localId });
}
