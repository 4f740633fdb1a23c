import type { ServerConnection } from "../client/server_connection.ts";
import type { Stream } from "../client/stream.ts";
import type { LevelWatch } from "../media/audio_levels.ts";
import type { FlowKind } from "../state/session_state.ts";
import type { Store } from "../state/store.ts";
import { watchLink } from "./own_flow.ts";

/** The label of flows that show a screen, as Galène's clients have it. */
export const SCREEN_LABEL = "screenshare";
/** The label of films and sound files, as Galène's clients have it. */
export const FILE_LABEL = "video";
/** The label of flows with a camera, a microphone or both. */
export const CAMERA_LABEL = "camera";

/**
 * Shows the flows that a connection receives as long as they last.
 *
 * @param handleFailed told whose flow does not get through any more
 */
export function receiveFlows(
  connection: ServerConnection,
  store: Store,
  levels: LevelWatch,
  handleFailed: (username: string) => void,
): void {
  connection.onspeaking = (flowIds) => {
    store.dispatch({ kind: "speaking-told", flowIds });
  };
  connection.ondownstream = (stream) => {
    const isCurrent = () =>
      connection.findByLocalId(stream.localId) === stream && !stream.closed;
    store.dispatch({
      kind: "flow-opened",
      flow: {
        localId: stream.localId,
        flowId: stream.id,
        clientId: stream.source,
        username: stream.username,
        kind: kindOf(stream),
        own: false,
        media: null,
        hasAudio: false,
        hasVideo: false,
        stale: false,
        cut: false,
      },
    });
    watchLink(stream, store, () => handleFailed(stream.username));
    const refresh = () => {
      if (isCurrent()) showMedia(stream, store, levels);
    };
    stream.ondowntrack = (track, _transceiver, media) => {
      track.onended = refresh;
      media.onremovetrack = refresh;
      media.onaddtrack = refresh;
      refresh();
    };
    stream.onclose = (replace) => {
      if (replace) return;
      levels.unwatch(stream.localId);
      ifStillJoined(connection, () => {
        store.dispatch({ kind: "flow-closed", localId: stream.localId });
      });
    };
  };
}

/**
 * Does something unless the connection turns out to be lost: then streams and
 * people end one by one before the connection says so, but what they leave on
 * the page stays there, in case that they come back.
 */
export function ifStillJoined(
  connection: ServerConnection,
  run: () => void,
): void {
  queueMicrotask(() => {
    if (connection.group !== null) run();
  });
}

function showMedia(stream: Stream, store: Store, levels: LevelWatch): void {
  const media = stream.stream;
  if (media === null) return;
  const live = media.getTracks()
    .filter(({ readyState }) => readyState !== "ended")
    .map(({ kind }) => kind);
  const hasAudio = live.includes("audio");
  const hasVideo = live.includes("video");
  store.dispatch({
    kind: "flow-media",
    localId: stream.localId,
    media,
    hasAudio,
    hasVideo,
  });
  if (hasAudio) levels.watch(stream.localId, media);
  else levels.unwatch(stream.localId);
}

function kindOf(stream: Stream): FlowKind {
  switch (stream.label) {
    case SCREEN_LABEL:
      return "screen";
    case FILE_LABEL:
      return "file";
    default:
      return "camera";
  }
}
