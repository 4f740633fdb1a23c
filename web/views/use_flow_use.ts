import type { RefObject } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { FlowUse } from "../call/requests.ts";
import type { Flow } from "../state/session_state.ts";
import type { Rect } from "./grid_layout.ts";
import { usePage } from "./page.ts";

/** Below this many CSS pixels, a small picture is as good as a large one. */
const SMALL_PX = 320 * 240;
/** Higher fetches pictures before they are scrolled to; lower saves more. */
const MARGIN = "200px";

/** Tells the session how a tile shows its flow, and so what is to be fetched. */
export function useFlowUse(
  tile: RefObject<HTMLElement | null>,
  flow: Flow,
  place: Rect | undefined,
): void {
  const { session, preferences } = usePage();
  const visible = useSignal(true);
  const { showAudioOnly } = preferences.current.value;
  useEffect(() => {
    const element = tile.current;
    if (element === null || flow.own) return;
    const observer = new IntersectionObserver(
      ([entry]) => visible.value = entry?.isIntersecting ?? true,
      { root: element.closest(".grid"), rootMargin: MARGIN },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const apart = usePictureInPicture(tile);
  const pixels = (place?.width ?? 0) * (place?.height ?? 0);
  const isSmall = place !== undefined && pixels <= SMALL_PX;
  // Without a picture a tile has no place, and would never get one.
  const canPause = showAudioOnly;
  const unseen = canPause && (place === undefined || !visible.value);
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
  useEffect(() => () => session.uses.delete(flow.localId), []);
}

/** Whether the tile's picture is also in a window of its own. */
function usePictureInPicture(tile: RefObject<HTMLElement | null>): boolean {
  const apart = useSignal(false);
  useEffect(() => {
    const element = tile.current;
    if (element === null) return;
    // Both bubble. One element leaves as the tile's other one enters.
    const note = () => {
      const shown = document.pictureInPictureElement;
      apart.value = shown !== null && element.contains(shown);
    };
    element.addEventListener("enterpictureinpicture", note);
    element.addEventListener("leavepictureinpicture", note);
    return () => {
      element.removeEventListener("enterpictureinpicture", note);
      element.removeEventListener("leavepictureinpicture", note);
    };
  }, []);
  return apart.value;
}
