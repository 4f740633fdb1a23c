import type { CSSProperties, JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { isMuted } from "../state/people.ts";
import { speakersOf } from "../state/speakers.ts";
import type { Flow } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";
import { Avatar } from "./avatar.tsx";
import { FlowFigures } from "./flow_figures.tsx";
import type { Rect } from "./grid_layout.ts";
import { Icon } from "./icons.tsx";
import { usePage } from "./page.ts";
import type { Playback } from "./playback.ts";
import { TileActions } from "./tile_actions.tsx";
import { useFlowUse } from "./use_flow_use.ts";
import { useVideos } from "./use_videos.ts";

/** What a tile needs to be shown. */
export interface TileProps {
  readonly flow: Flow;
  /** Absent while there is no room for it: it is heard, and not seen. */
  readonly place: Rect | undefined;
  readonly playback: Playback;
  readonly large: boolean;
  /** Whether the user has picked it. */
  readonly pinned: boolean;
  /** Picks it, or gives it up. */
  readonly onPin: () => void;
}

/** One flow on the page: its picture or its publisher's initials, and a name. */
export function Tile(props: TileProps): JSX.Element {
  const { flow, place, playback, large, pinned, onPin } = props;
  const { levels, preferences, store } = usePage();
  const tile = useRef<HTMLElement>(null);
  const figures = useSignal(false);
  const { first, second, picture } = useVideos(flow, playback);
  useFlowUse(tile, flow, place);
  const isCamera = flow.kind === "camera";
  const { mirror, activity } = preferences.current.value;
  // Of a flow that is cut off, browsers show black.
  const showsPicture = picture && !flow.stale;
  const muted = useMuted(flow);
  const hand = useHand(flow);
  const speaking = activity && !muted &&
    speakersOf(store.state.value, levels.speaking.value).has(flow.localId);
  return (
    <figure
      ref={tile}
      class="tile"
      style={toStyle(place)}
      aria-label={describe(flow, muted, speaking, hand)}
      data-testid="tile"
      data-local-id={flow.localId}
      data-username={flow.username}
      data-kind={flow.kind}
      data-own={flow.own ? "" : undefined}
      data-large={large ? "" : undefined}
      data-hidden={place === undefined ? "" : undefined}
      data-picture={showsPicture ? "" : undefined}
      data-mirror={flow.own && isCamera && mirror ? "" : undefined}
      data-speaking={speaking ? "" : undefined}
      data-stale={flow.stale ? "" : undefined}
      data-small={(place?.width ?? 0) < 220 ? "" : undefined}
    >
      <div class="tile-picture">
        <video ref={first} playsInline />
        <video ref={second} playsInline />
        {!showsPicture && <Avatar name={flow.username} />}
      </div>
      <figcaption class="tile-label">
        {hand && <Icon name="hand" />}
        {muted && <Icon name="microphoneOff" />}
        {!isCamera && <Icon name={flow.kind === "file" ? "film" : "screen"} />}
        <span dir="auto">{nameOf(flow)}</span>
      </figcaption>
      {figures.value && <FlowFigures flow={flow} />}
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

function useMuted(flow: Flow): boolean {
  const { people, own } = usePage().store.state.value;
  if (flow.kind !== "camera") return false;
  if (flow.own) return !own.microphone;
  return !flow.hasAudio || isMuted(people, flow.clientId);
}

function useHand(flow: Flow): boolean {
  const { people } = usePage().store.state.value;
  return flow.kind === "camera" &&
    people.some(({ id, handSinceMs }) =>
      id === flow.clientId && handSinceMs !== undefined
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
  muted: boolean,
  speaking: boolean,
  hand: boolean,
): string {
  const words = STRINGS.call;
  const details = [
    hand && words.handUp,
    muted && words.isMuted,
    speaking && words.isSpeaking,
    !flow.hasVideo && words.cameraIsOff,
    flow.stale && words.connecting,
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
