import type { CSSProperties, JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { VideoSwap } from "../media/video_swap.ts";
import { isMuted } from "../state/people.ts";
import type { Flow } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";
import { Avatar } from "./avatar.tsx";
import type { Rect } from "./grid_layout.ts";
import { Icon } from "./icons.tsx";
import { usePage } from "./page.ts";
import type { Playback } from "./playback.ts";

/** What a tile needs to be shown. */
export interface TileProps {
  readonly flow: Flow;
  readonly place: Rect;
  readonly playback: Playback;
  readonly enlarged: boolean;
  /** Makes it large, or one among the others again. */
  readonly onEnlarge: () => void;
}

/** One flow on the page: its picture or its publisher's initials, and a name. */
export function Tile(
  { flow, place, playback, enlarged, onEnlarge }: TileProps,
): JSX.Element {
  const { levels, preferences } = usePage();
  const tile = useRef<HTMLElement>(null);
  const { first, second, picture } = useVideos(flow, playback);
  const isScreen = flow.kind === "screen";
  // Of a flow that is cut off, browsers show black.
  const showsPicture = picture && !flow.stale;
  const mirrored = flow.own && !isScreen && preferences.current.value.mirror;
  const muted = useMuted(flow);
  const speaking = !muted && levels.speaking.value.has(flow.localId);
  return (
    <figure
      ref={tile}
      class="tile"
      style={toStyle(place)}
      aria-label={describe(flow, muted, speaking)}
      data-testid="tile"
      data-local-id={flow.localId}
      data-username={flow.username}
      data-kind={flow.kind}
      data-own={flow.own ? "" : undefined}
      data-picture={showsPicture ? "" : undefined}
      data-mirror={mirrored ? "" : undefined}
      data-speaking={speaking ? "" : undefined}
      data-stale={flow.stale ? "" : undefined}
      data-small={place.width < 220 ? "" : undefined}
    >
      <video ref={first} playsInline />
      <video ref={second} playsInline />
      {!showsPicture && <Avatar name={flow.username} />}
      <figcaption class="tile-label">
        {muted && <Icon name="microphoneOff" />}
        {isScreen && <Icon name="screen" />}
        <span>{nameOf(flow)}</span>
      </figcaption>
      <div class="tile-actions">
        <TileButton
          label={enlarged ? STRINGS.call.unpin : STRINGS.call.pin}
          icon={enlarged ? "shrink" : "enlarge"}
          onClick={onEnlarge}
        />
        <TileButton
          label={STRINGS.call.fullscreen}
          icon="fullscreen"
          onClick={() => void toggleFullscreen(tile.current)}
        />
      </div>
    </figure>
  );
}

function TileButton(
  { label, icon, onClick }: {
    readonly label: string;
    readonly icon: "enlarge" | "shrink" | "fullscreen";
    readonly onClick: () => void;
  },
): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

/** The two elements that a flow's streams take turns in. */
function useVideos(flow: Flow, playback: Playback) {
  const { preferences } = usePage();
  const first = useRef<HTMLVideoElement>(null);
  const second = useRef<HTMLVideoElement>(null);
  const swap = useRef<VideoSwap>(null);
  const picture = useSignal(false);
  const { speakerId } = preferences.current.value;

  useEffect(() => {
    if (first.current === null || second.current === null) return;
    const videos = new VideoSwap(first.current, second.current, flow.own, {
      handlePicture: (shown) => picture.value = shown,
      handleBlocked: () => playback.handleBlocked(),
    });
    swap.current = videos;
    playback.add(videos);
    return () => {
      playback.remove(videos);
      videos.close();
    };
  }, []);
  useEffect(() => {
    swap.current?.show(flow.media, flow.hasVideo);
  }, [flow.media, flow.hasVideo, flow.hasAudio]);
  useEffect(() => swap.current?.setSpeaker(speakerId), [speakerId]);

  return { first, second, picture: picture.value };
}

function useMuted(flow: Flow): boolean {
  const { people, own } = usePage().store.state.value;
  if (flow.kind === "screen") return false;
  if (flow.own) return !own.microphone;
  return !flow.hasAudio || isMuted(people, flow.clientId);
}

function nameOf(flow: Flow): string {
  const words = STRINGS.call;
  const name = flow.username || STRINGS.anonymous;
  if (flow.kind === "screen") {
    return flow.own ? words.yourScreen : words.screenOf({ name });
  }
  return flow.own ? words.nameYou({ name }) : name;
}

function describe(flow: Flow, muted: boolean, speaking: boolean): string {
  const words = STRINGS.call;
  const details = [
    muted && words.isMuted,
    speaking && words.isSpeaking,
    !flow.hasVideo && words.cameraIsOff,
    flow.stale && words.connecting,
  ].filter((detail) => detail !== false);
  return [nameOf(flow), ...details].join(", ");
}

function toStyle({ x, y, width, height }: Rect): CSSProperties {
  return {
    transform: `translate(${x}px, ${y}px)`,
    width: `${width}px`,
    height: `${height}px`,
  };
}

async function toggleFullscreen(tile: HTMLElement | null): Promise<void> {
  if (document.fullscreenElement !== null) await document.exitFullscreen();
  else await tile?.requestFullscreen();
}
