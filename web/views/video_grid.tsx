import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Flow } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";
import { AloneHint, EmptyGrid } from "./empty_grid.tsx";
import { layoutTiles, type Rect } from "./grid_layout.ts";
import { usePage } from "./page.ts";
import type { Playback } from "./playback.ts";
import { Tile } from "./tile.tsx";

/**
 * All flows, each in a tile that keeps its element wherever it moves; screens
 * and the tile that the user has picked are large.
 */
export function VideoGrid(
  { playback }: { readonly playback: Playback },
): JSX.Element {
  const { flows } = usePage().store.state.value;
  const picked = useSignal("");
  const { grid, size } = useSize();

  const featured = featuredOf(flows, picked.value);
  const places = placesOf(flows, featured, size);
  return (
    <section class="grid" aria-label={STRINGS.call.videos}>
      <div class="grid-inner" ref={grid}>
        {flows.length === 0 ? <EmptyGrid /> : <AloneHint />}
        {flows.map((flow) => (
          <Tile
            key={flow.localId}
            flow={flow}
            place={places.get(flow.localId) ?? NOWHERE}
            playback={playback}
            enlarged={featured.includes(flow)}
            onEnlarge={() => {
              picked.value = picked.value === flow.localId ? "" : flow.localId;
            }}
          />
        ))}
      </div>
    </section>
  );
}

const NOWHERE: Rect = { x: 0, y: 0, width: 0, height: 0 };

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The picked flow; without one, all screens. */
function featuredOf(flows: readonly Flow[], picked: string): readonly Flow[] {
  const chosen = flows.filter((flow) => flow.localId === picked);
  return chosen.length > 0
    ? chosen
    : flows.filter((flow) => flow.kind === "screen");
}

function placesOf(
  flows: readonly Flow[],
  featured: readonly Flow[],
  { width, height }: Size,
): ReadonlyMap<string, Rect> {
  const others = flows.filter((flow) => !featured.includes(flow));
  const rects = layoutTiles(flows.length, featured.length, width, height);
  return new Map(
    [...featured, ...others].map((flow, index) => [
      flow.localId,
      rects[index] ?? NOWHERE,
    ]),
  );
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
