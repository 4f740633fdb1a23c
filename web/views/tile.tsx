import type { CSSProperties, JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Flow } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";
import { Avatar } from "./avatar.tsx";
import { FlowFigures, SendRates } from "./flow_figures.tsx";
import type { Rect } from "./grid_layout.ts";
import { Icon } from "./icons.tsx";
import type { Playback } from "./playback.ts";
import type { Sight } from "./sight.ts";
import { TileActions } from "./tile_actions.tsx";
import { useTileState } from "./tile_state.ts";
import { useFlowStats } from "./use_flow_stats.ts";
import { useFlowUse } from "./use_flow_use.ts";
import { useVideos } from "./use_videos.ts";

/** Higher takes less of the processor; lower shows changes sooner. */
const FIGURES_INTERVAL_MS = 1_000;
/** As often as Galène's tiles say what is sent. */
const RATES_INTERVAL_MS = 2_000;

/**
 * What a tile needs to be shown. As long as all of it stays the same, the tile
 * is not drawn anew: functions and places are to be kept from one to the next.
 */
export interface TileProps {
  readonly flow: Flow;
  /** Absent while there is no room for it: it is heard, and not seen. */
  readonly place: Rect | undefined;
  readonly playback: Playback;
  readonly sight: Sight;
  readonly large: boolean;
  /** Whether the user has picked it. */
  readonly pinned: boolean;
  /** Picks the tile of that `localId`, or gives it up. */
  readonly onPin: (localId: string) => void;
}

/** One flow on the page: its picture or its publisher's initials, and a name. */
export function Tile(props: TileProps): JSX.Element {
  const { flow, place, playback, sight, large, pinned, onPin } = props;
  const tile = useRef<HTMLElement>(null);
  const figures = useSignal(false);
  const stats = useFlowStats(
    flow,
    figures.value ? FIGURES_INTERVAL_MS : flow.own ? RATES_INTERVAL_MS : 0,
  );
  const { first, second, picture } = useVideos(flow, playback);
  useFlowUse(tile, flow, place, sight);
  const state = useTileState(flow);
  const [muted, hand] = [state.muted.value, state.hand.value];
  const [speaking, poor] = [state.speaking.value, state.poor.value];
  const isCamera = flow.kind === "camera";
  const isCutOff = flow.stale || flow.cut;
  // Of a flow that is cut off, browsers show black.
  const showsPicture = picture && !flow.stale;
  return (
    <figure
      ref={tile}
      class="tile"
      style={toStyle(place)}
      aria-label={describe(flow, { muted, speaking, hand, poor })}
      data-testid="tile"
      data-local-id={flow.localId}
      data-username={flow.username}
      data-kind={flow.kind}
      data-own={flow.own ? "" : undefined}
      data-large={large ? "" : undefined}
      data-hidden={place === undefined ? "" : undefined}
      data-picture={showsPicture ? "" : undefined}
      data-mirror={state.mirrored.value ? "" : undefined}
      data-speaking={speaking ? "" : undefined}
      data-stale={isCutOff ? "" : undefined}
      data-poor={poor ? "" : undefined}
      data-small={(place?.width ?? 0) < 220 ? "" : undefined}
    >
      <div class="tile-picture">
        <video ref={first} playsInline />
        <video ref={second} playsInline />
        {!showsPicture && <Avatar name={flow.username} />}
        {isCutOff && <span class="spinner tile-spinner" />}
      </div>
      <figcaption class="tile-label">
        {hand && <Icon name="hand" />}
        {muted && <Icon name="microphoneOff" />}
        {!isCamera && <Icon name={flow.kind === "file" ? "film" : "screen"} />}
        {poor && <Icon name="signal" />}
        <span dir="auto">{nameOf(flow)}</span>
        {flow.own && <SendRates stats={stats} />}
      </figcaption>
      {figures.value && <FlowFigures flow={flow} stats={stats} />}
      <TileActions
        flow={flow}
        tile={tile}
        pinned={pinned}
        onPin={onPin}
        figures={figures}
      />
    </figure>
  );
}

/** Whose flow it is, and what it shows. */
export function nameOf(flow: Flow): string {
  const words = STRINGS.call;
  const name = flow.username || STRINGS.anonymous;
  switch (flow.kind) {
    case "screen":
      return flow.own ? words.yourScreen : words.screenOf({ name });
    case "file":
      return flow.own ? words.yourFile : words.fileOf({ name });
    case "camera":
      return flow.own ? words.nameYou({ name }) : name;
  }
}

function describe(
  flow: Flow,
  { muted, speaking, hand, poor }: {
    readonly muted: boolean;
    readonly speaking: boolean;
    readonly hand: boolean;
    readonly poor: boolean;
  },
): string {
  const words = STRINGS.call;
  const details = [
    hand && words.handUp,
    muted && words.isMuted,
    speaking && words.isSpeaking,
    !flow.hasVideo && words.cameraIsOff,
    (flow.stale || flow.cut) && words.connecting,
    poor && STRINGS.figures.quality.poor,
  ].filter((detail) => detail !== false);
  return [nameOf(flow), ...details].join(", ");
}

function toStyle(place: Rect | undefined): CSSProperties {
  const { x, y, width, height } = place ?? { x: 0, y: 0, width: 1, height: 1 };
  return {
    transform: `translate(${x}px, ${y}px)`,
    width: `${width}px`,
    height: `${height}px`,
  };
}
