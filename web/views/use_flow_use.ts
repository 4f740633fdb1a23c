import type { RefObject } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { FlowUse } from "../call/requests.ts";
import type { Flow } from "../state/session_state.ts";
import type { Rect } from "./grid_layout.ts";
import { usePage } from "./page.ts";
import type { Sight } from "./sight.ts";

/** Below this many CSS pixels, a small picture is as good as a large one. */
const SMALL_PX = 320 * 240;

/**
 * Tells the session how a tile shows its flow, and so what is to be fetched, and
 * how large it is, and so what matters where not all can be had.
 */
export function useFlowUse(
  tile: RefObject<HTMLElement | null>,
  flow: Flow,
  place: Rect | undefined,
  sight: Sight,
): void {
  const { session, preferences } = usePage();
  const visible = useSignal(true);
  const { showAudioOnly } = preferences.current.value;
  useEffect(() => {
    const element = tile.current;
    if (element === null || flow.own) return;
    return sight.watch(element, (seen) => visible.value = seen);
  }, []);

  const apart = useShownApart(tile);
  const pixels = (place?.width ?? 0) * (place?.height ?? 0);
  const isSmall = place !== undefined && pixels <= SMALL_PX;
  // Without a picture a tile has no place, and would never get one.
  const unseen = showAudioOnly && (place === undefined || !visible.value);
  const use: FlowUse = apart
    ? "large"
    : unseen
    ? "unseen"
    : isSmall
    ? "small"
    : "large";
  useEffect(() => {
    if (!flow.own) session.uses.set(flow.localId, use);
  }, [use, flow.flowId]);
  const tilePixels = apart
    ? innerWidth * innerHeight
    : visible.value
    ? pixels
    : 0;
  useEffect(() => {
    if (!flow.own) session.tileSizes.set(flow.localId, tilePixels);
  }, [tilePixels, flow.flowId]);
  useEffect(() => () => {
    session.uses.delete(flow.localId);
    session.tileSizes.delete(flow.localId);
  }, []);
}

/** Whether the tile fills the screen, or its picture is in a window of its own. */
function useShownApart(tile: RefObject<HTMLElement | null>): boolean {
  const apart = useSignal(false);
  useEffect(() => {
    const element = tile.current;
    if (element === null) return;
    // Both bubble. One element leaves as the tile's other one enters.
    const note = () => {
      const shown = document.pictureInPictureElement;
      apart.value = document.fullscreenElement === element ||
        shown !== null && element.contains(shown);
    };
    element.addEventListener("fullscreenchange", note);
    element.addEventListener("enterpictureinpicture", note);
    element.addEventListener("leavepictureinpicture", note);
    return () => {
      element.removeEventListener("fullscreenchange", note);
      element.removeEventListener("enterpictureinpicture", note);
      element.removeEventListener("leavepictureinpicture", note);
    };
  }, []);
  return apart.value;
}
