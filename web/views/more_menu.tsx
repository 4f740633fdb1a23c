import type { JSX } from "preact";
import { LAYOUTS } from "../media/preferences.ts";
import { SIGNS } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";
import { FileItem } from "./file_item.tsx";
import type { IconName } from "./icons.tsx";
import { Menu, MenuItem } from "./menu.tsx";
import { type Page, usePage } from "./page.ts";
import { SignPicture } from "./signs.tsx";

/** What the bar has no room for. */
export function MoreMenu(): JSX.Element {
  const { store } = usePage();
  const { permissions } = store.state.value.me;
  const words = STRINGS.call;
  const open = (kind: "settings" | "shortcuts" | "invite") => () =>
    store.dispatch({ kind: "dialog-opened", dialog: { kind } });
  return (
    <Menu
      label={words.more}
      icon="more"
      testId="open-more"
      class="more-menu"
      trigger="bar-button bar-button-plain"
    >
      {permissions.includes("message") && <SignRow />}
      <HandItem />
      {permissions.includes("present") && <ShareItems />}
      <LayoutItems />
      {permissions.includes("token") && (
        <MenuItem
          label={STRINGS.invite.title}
          icon="invite"
          testId="open-invite"
          onChoose={open("invite")}
        />
      )}
      <MenuItem
        label={STRINGS.shortcuts.title}
        icon="keyboard"
        testId="open-shortcuts"
        onChoose={open("shortcuts")}
      />
      <MenuItem
        label={words.settings}
        icon="settings"
        testId="open-settings"
        onChoose={open("settings")}
      />
    </Menu>
  );
}

function SignRow(): JSX.Element {
  const { session } = usePage();
  return (
    <div class="signs" role="group" aria-label={STRINGS.reactions.title}>
      {SIGNS.map((sign) => (
        <button
          key={sign}
          type="button"
          class="sign-button"
          aria-label={STRINGS.reactions[sign]}
          title={STRINGS.reactions[sign]}
          data-testid={`sign-${sign}`}
          onClick={() => session.actions.react(sign)}
        >
          <SignPicture sign={sign} />
        </button>
      ))}
    </div>
  );
}

/** Raises one's hand, or lowers it. */
export function HandItem(): JSX.Element {
  const { store, session } = usePage();
  const { people, me } = store.state.value;
  const up = people.some(({ id, handSinceMs }) =>
    id === me.id && handSinceMs !== undefined
  );
  return (
    <MenuItem
      label={up ? STRINGS.call.lowerHand : STRINGS.call.raiseHand}
      icon="hand"
      onChoose={() => session.actions.raiseHand(!up)}
    />
  );
}

/** Lets the user choose a screen to share, and says what went wrong. */
export function shareScreen({ session, notices }: Page): void {
  void session.screen.start().then((problem) => {
    if (problem === undefined) return;
    notices.show("error", STRINGS.problems.screen[problem]);
  });
}

/** Another screen beside the one that is shared, and films. */
function ShareItems(): JSX.Element {
  const page = usePage();
  const { store, session } = page;
  const shares = store.state.value.own.screen;
  return (
    <>
      {session.screen.possible && (
        <MenuItem
          label={shares ? STRINGS.call.screenAnother : STRINGS.call.screenOn}
          icon="screen"
          narrow={!shares}
          testId="share-screen"
          onChoose={() => shareScreen(page)}
        />
      )}
      <FilmItem />
    </>
  );
}

/** Plays a film or a sound file for everybody. */
export function FilmItem(): JSX.Element {
  const { session, notices } = usePage();
  const startFile = async (chosen: File) => {
    if (await session.screen.startFile(chosen)) return;
    notices.show("error", STRINGS.problems.file);
  };
  return (
    <FileItem
      label={STRINGS.call.presentFile}
      icon="film"
      accept="video/*,audio/*"
      testId="film"
      onChoose={(file) => void startFile(file)}
    />
  );
}

const LAYOUT_ICONS = {
  grid: "grid",
  speaker: "speakerView",
  side: "sideBySide",
} as const satisfies Record<string, IconName>;

function LayoutItems(): JSX.Element {
  const { preferences } = usePage();
  const { layout } = preferences.current.value;
  return (
    <div class="menu-group" role="group" aria-label={STRINGS.layout.label}>
      {LAYOUTS.map((choice) => (
        <MenuItem
          key={choice}
          label={STRINGS.layout[choice]}
          icon={LAYOUT_ICONS[choice]}
          checked={choice === layout}
          testId={`layout-${choice}`}
          onChoose={() => preferences.update({ layout: choice })}
        />
      ))}
    </div>
  );
}
