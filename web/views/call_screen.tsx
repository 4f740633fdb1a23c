import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { isRecorded } from "../state/people.ts";
import { STRINGS } from "../strings.ts";
import { ChatPanel } from "./chat_panel.tsx";
import { Dialogs } from "./dialogs.tsx";
import { ControlBar } from "./control_bar.tsx";
import { Icon } from "./icons.tsx";
import { usePage } from "./page.ts";
import { PeoplePanel } from "./people_panel.tsx";
import { Playback } from "./playback.ts";
import { useScreenFocus } from "./screen_focus.ts";
import { Captions, Reactions } from "./passing_layer.tsx";
import { watchShortcuts } from "./shortcuts.ts";
import { VideoGrid } from "./video_grid.tsx";

/** The call: tiles, the side panel and the controls. */
export function CallScreen(): JSX.Element {
  const page = usePage();
  const { panel } = page.store.state.value;
  const playback = useMemo(() => new Playback(), []);
  const main = useScreenFocus();
  useEffect(() => watchShortcuts(document, page), []);

  return (
    <main class="call" ref={main} tabIndex={-1} data-panel={panel}>
      <Banners />
      <div class="call-stage">
        <VideoGrid playback={playback} />
        <Reactions />
        <Captions />
        {playback.blocked.value && (
          <button
            type="button"
            class="button button-primary hear"
            onClick={() => playback.playAll()}
          >
            <Icon name="speaker" /> {STRINGS.call.hear}
          </button>
        )}
      </div>
      {panel === "chat" && <ChatPanel />}
      {panel === "people" && <PeoplePanel />}
      <ControlBar />
      <Dialogs />
    </main>
  );
}

/** What concerns everybody: that one is not connected, or is recorded. */
function Banners(): JSX.Element {
  const { store, session } = usePage();
  const { phase, online, people } = store.state.value;
  const lost = phase.kind === "call" && phase.link.kind === "lost"
    ? phase.link
    : undefined;
  return (
    <div role="status" class="banner-place">
      {isRecorded(people) && (
        <div class="banner banner-recording" data-testid="recording">
          <Icon name="film" /> {STRINGS.group.recorded}
        </div>
      )}
      {!online && (
        <div class="banner">
          <Icon name="warning" /> {STRINGS.call.offline}
        </div>
      )}
      {online && lost !== undefined && (
        <div class="banner">
          <span class="spinner" />
          {lost.why === "server-stops"
            ? STRINGS.call.serverStops
            : STRINGS.call.reconnecting}
          <button
            type="button"
            class="button button-small"
            onClick={() => session.retryNow()}
          >
            {STRINGS.call.reconnectNow}
          </button>
        </div>
      )}
    </div>
  );
}
