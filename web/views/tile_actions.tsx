import type { JSX, RefObject } from "preact";
import { type Signal, useSignal } from "@preact/signals";
import { listPeople } from "../state/people.ts";
import type { Flow } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";
import { Icon, type IconName } from "./icons.tsx";
import { Menu, MenuItem } from "./menu.tsx";
import { usePage } from "./page.ts";
import { PersonActions } from "./person_actions.tsx";

/** What can be done with a tile: in its corner, and in a menu. */
export function TileActions(
  { flow, tile, pinned, onPin, figures }: {
    readonly flow: Flow;
    readonly tile: RefObject<HTMLElement | null>;
    readonly pinned: boolean;
    readonly onPin: (localId: string) => void;
    /** Whether figures of the connection are shown. */
    readonly figures: Signal<boolean>;
  },
): JSX.Element {
  const words = STRINGS.call;
  const { session } = usePage();
  // What nobody forgets to stop is in reach at once, by a finger as well.
  const isShared = flow.own && flow.kind !== "camera";
  return (
    <div class="tile-actions" data-shared={isShared ? "" : undefined}>
      {isShared && (
        <CornerButton
          label={words.stopSending}
          icon="close"
          testId="stop-sharing"
          onClick={() => session.stopFlow(flow.localId)}
        />
      )}
      <CornerButton
        label={pinned ? words.unpin : words.pin}
        icon={pinned ? "shrink" : "enlarge"}
        testId="pin"
        onClick={() => onPin(flow.localId)}
      />
      <Menu label={words.more} icon="more" testId="tile-menu">
        <MenuItem
          label={words.fullscreen}
          icon="fullscreen"
          testId="fullscreen"
          onChoose={() => void toggleFullscreen(tile.current)}
        />
        {document.pictureInPictureEnabled && flow.hasVideo && (
          <MenuItem
            label={words.pictureInPicture}
            icon="picture"
            testId="picture-in-picture"
            onChoose={() => void togglePictureInPicture(tile.current)}
          />
        )}
        <MenuItem
          label={STRINGS.figures.show}
          icon="signal"
          checked={figures.value}
          testId="show-figures"
          onChoose={() => figures.value = !figures.value}
        />
        {flow.own
          ? (
            <MenuItem
              label={words.stopSending}
              icon="close"
              danger
              testId="stop-flow"
              onChoose={() => session.stopFlow(flow.localId)}
            />
          )
          : flow.hasAudio && <VolumeSlider username={flow.username} />}
        {!flow.own && <PublisherActions clientId={flow.clientId} />}
      </Menu>
    </div>
  );
}

function CornerButton(
  { label, icon, testId, onClick }: {
    readonly label: string;
    readonly icon: IconName;
    readonly testId: string;
    readonly onClick: () => void;
  },
): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      data-testid={testId}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

/** What one may do about whoever sends the flow. */
function PublisherActions(
  { clientId }: { readonly clientId: string },
): JSX.Element | null {
  const { people, me } = usePage().store.state.value;
  const person = listPeople(people, [], me).find(({ id }) => id === clientId);
  if (person === undefined) return null;
  return (
    <div class="menu-group menu-group-last">
      <PersonActions person={person} />
    </div>
  );
}

/** As loud as somebody is on this machine, from call to call. */
function VolumeSlider(
  { username }: { readonly username: string },
): JSX.Element {
  const { preferences } = usePage();
  const { volumes } = preferences.current.value;
  const name = username || STRINGS.anonymous;
  const volume = volumes[username] ?? 1;
  // What it was before; in full, if it was nothing when the menu opened.
  const audible = useSignal(volume || 1);
  const set = (volume: number) => {
    if (volume > 0) audible.value = volume;
    preferences.update({ volumes: { ...volumes, [username]: volume } });
  };
  const silent = volume === 0;
  return (
    <div class="volume">
      <button
        type="button"
        class="icon-button"
        aria-label={silent
          ? STRINGS.call.hearAgain({ name })
          : STRINGS.call.silence({ name })}
        aria-pressed={silent}
        data-testid="silence"
        onClick={() => set(silent ? audible.value : 0)}
      >
        <Icon name={silent ? "speakerOff" : "speaker"} />
      </button>
      <input
        type="range"
        min="0"
        max="100"
        step="5"
        aria-label={STRINGS.call.volume({ name })}
        data-testid="volume"
        value={Math.round(volume * 100)}
        onInput={(event) => set(Number(event.currentTarget.value) / 100)}
      />
    </div>
  );
}

async function toggleFullscreen(tile: HTMLElement | null): Promise<void> {
  if (document.fullscreenElement !== null) await document.exitFullscreen();
  else await tile?.requestFullscreen();
}

async function togglePictureInPicture(
  tile: HTMLElement | null,
): Promise<void> {
  const video = tile?.querySelector<HTMLVideoElement>("video[data-front]");
  if (document.pictureInPictureElement === video) {
    await document.exitPictureInPicture();
  } else await video?.requestPictureInPicture();
}
