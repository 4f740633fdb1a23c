import type { JSX } from "preact";
import { useComputed, useSignal } from "@preact/signals";
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
} from "preact/hooks";
import type { Flow } from "../state/session_state.ts";
import { speakersOf } from "../state/speakers.ts";
import { STRINGS } from "../strings.ts";
import { AloneHint, EmptyGrid } from "./empty_grid.tsx";
import { featuredOf, nextSpeaker } from "./featured.ts";
import { keepPlaces, layoutTiles, type Rect } from "./grid_layout.ts";
import { usePage } from "./page.ts";
import type { Playback } from "./playback.ts";
import { Sight } from "./sight.ts";
import { Tile } from "./tile.tsx";

/**
 * All flows, each in a tile that keeps its element wherever it moves; what is
 * large is decided by the layout and by what the user has picked.
 */
export function VideoGrid(
  { playback }: { readonly playback: Playback },
): JSX.Element {
  const { store, preferences } = usePage();
  // Whatever else is new in the state does not concern the grid.
  const flows = useComputed(() => store.state.value.flows).value;
  const layout = useComputed(() => preferences.current.value.layout).value;
  const showAudioOnly =
    useComputed(() => preferences.current.value.showAudioOnly).value;
  const pinned = useSignal("");
  const speaker = useSpeaker(flows);
  const sight = useSight();
  const { grid, size } = useSize();
  const pin = useCallback((localId: string) => {
    pinned.value = pinned.peek() === localId ? "" : localId;
  }, []);

  const shown = showAudioOnly
    ? flows
    : flows.filter(({ own, hasVideo, stale }) => own || hasVideo || stale);
  const featured = featuredOf(shown, {
    layout,
    pinned: pinned.value,
    speaker,
  });
  const places = usePlaces(shown, featured, size);
  return (
    <section class="grid" aria-label={STRINGS.call.videos} tabIndex={0}>
      <div class="grid-inner" ref={grid} data-layout={layout}>
        {flows.length === 0 ? <EmptyGrid /> : <AloneHint />}
        {flows.map((flow) => (
          <Tile
            key={flow.localId}
            flow={flow}
            place={places.get(flow.localId)}
            playback={playback}
            sight={sight}
            pinned={pinned.value === flow.localId}
            large={featured.includes(flow)}
            onPin={pin}
          />
        ))}
      </div>
    </section>
  );
}

/** One observer for all tiles, as long as there is a grid. */
function useSight(): Sight {
  const sight = useMemo(() => new Sight(), []);
  useEffect(() => () => sight.close(), []);
  return sight;
}

/** Whoever speaks, or spoke last. */
function useSpeaker(flows: readonly Flow[]): string {
  const { levels, store } = usePage();
  const speaker = useSignal("");
  const heard = levels.speaking.value;
  const speaking = useComputed(() => store.state.value.speaking).value;
  useEffect(() => {
    const speakers = speakersOf({ flows, speaking }, heard);
    speaker.value = nextSpeaker(speaker.peek(), speakers, flows);
  }, [heard, speaking, flows]);
  return speaker.value;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Where each flow is; those for which there is no room have no place. Who stays
 * in place keeps the same object, and is not drawn anew.
 */
function usePlaces(
  flows: readonly Flow[],
  featured: readonly Flow[],
  { width, height }: Size,
): ReadonlyMap<string, Rect> {
  const before = useRef<ReadonlyMap<string, Rect>>(new Map());
  const others = flows.filter((flow) => !featured.includes(flow));
  const rects = layoutTiles(flows.length, featured.length, width, height);
  const places = new Map<string, Rect>();
  for (const [index, { localId }] of [...featured, ...others].entries()) {
    const rect = rects[index];
    if (rect !== undefined) places.set(localId, rect);
  }
  before.current = keepPlaces(before.current, places);
  return before.current;
}

/** An element and the room that it has, kept up to date. */
function useSize() {
  const grid = useRef<HTMLDivElement>(null);
  const size = useSignal<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = grid.current;
    if (element === null) return;
    const measure = () => {
      size.value = { width: element.clientWidth, height: element.clientHeight };
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { grid, size: size.value };
}
