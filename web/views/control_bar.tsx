import type { JSX } from "preact";
import { LOGO_ADDRESS } from "../pages/base_path.ts";
import { STRINGS } from "../strings.ts";
import { CameraMenu, MicrophoneMenu } from "./device_menu.tsx";
import { Icon, type IconName } from "./icons.tsx";
import { MoreMenu, shareScreen } from "./more_menu.tsx";
import { usePage } from "./page.ts";

/** The row of buttons below the tiles. */
export function ControlBar(): JSX.Element {
  const { session } = usePage();
  const words = STRINGS.call;
  return (
    <nav class="bar" aria-label={words.controls}>
      <GroupTitle />
      <div class="bar-middle">
        <div class="bar-pair">
          <MicrophoneButton />
          <MicrophoneMenu />
        </div>
        <div class="bar-pair">
          <CameraButton />
          <CameraMenu />
        </div>
        {session.screen.possible && <ScreenButton />}
        <HandButton />
        <MoreMenu />
        <BarButton
          testId="leave"
          label={words.leave}
          icon="leave"
          tone="danger"
          onClick={() => session.leave()}
        />
      </div>
      <div class="bar-end">
        <PeopleButton />
        <ChatButton />
      </div>
    </nav>
  );
}

function GroupTitle(): JSX.Element {
  const { title, locked } = usePage().store.state.value.group;
  return (
    <div class="bar-start">
      <img class="logo" src={LOGO_ADDRESS} alt="" width="28" height="28" />
      <h1 class="bar-title">{title}</h1>
      {locked && (
        <span class="badge badge-warning">
          <Icon name="lock" /> {STRINGS.call.locked}
        </span>
      )}
    </div>
  );
}

function MicrophoneButton(): JSX.Element {
  const { session } = usePage();
  const { own, mayPresent } = useOwn();
  const words = STRINGS.call;
  const on = own.microphone;
  return (
    <BarButton
      testId="toggle-mic"
      label={on ? words.microphoneOff : words.microphoneOn}
      hint={mayPresent ? "" : words.mayNotPresent}
      icon={on ? "microphone" : "microphoneOff"}
      tone={on ? "plain" : "off"}
      disabled={!mayPresent}
      onClick={() => void session.publishing.setMicrophone(!on)}
    />
  );
}

function CameraButton(): JSX.Element {
  const { session } = usePage();
  const { own, mayPresent } = useOwn();
  const words = STRINGS.call;
  const on = own.camera;
  return (
    <BarButton
      testId="toggle-camera"
      label={on ? words.cameraOff : words.cameraOn}
      hint={mayPresent ? "" : words.mayNotPresent}
      icon={on ? "camera" : "cameraOff"}
      tone={on ? "plain" : "off"}
      disabled={!mayPresent}
      onClick={() => void session.publishing.setCamera(!on)}
    />
  );
}

function ScreenButton(): JSX.Element {
  const page = usePage();
  const { own, mayPresent } = useOwn();
  const words = STRINGS.call;
  const on = own.screen;
  return (
    <BarButton
      testId="toggle-screen"
      label={on ? words.screenOff : words.screenOn}
      hint={mayPresent ? "" : words.mayNotPresent}
      icon="screen"
      tone={on ? "active" : "plain"}
      disabled={!mayPresent}
      desk
      onClick={() => on ? page.session.screen.stop() : shareScreen(page)}
    />
  );
}

function HandButton(): JSX.Element {
  const { store, session } = usePage();
  const { people, me } = store.state.value;
  const up = people.some(({ id, handSinceMs }) =>
    id === me.id && handSinceMs !== undefined
  );
  return (
    <BarButton
      testId="toggle-hand"
      label={up ? STRINGS.call.lowerHand : STRINGS.call.raiseHand}
      icon="hand"
      tone={up ? "active" : "plain"}
      desk
      onClick={() => session.actions.raiseHand(!up)}
    />
  );
}

function PeopleButton(): JSX.Element {
  const { store } = usePage();
  const { people, panel } = store.state.value;
  return (
    <BarButton
      testId="open-people"
      label={STRINGS.call.peopleCount({ count: people.length })}
      icon="people"
      tone={panel === "people" ? "active" : "plain"}
      expanded={panel === "people"}
      count={people.length}
      onClick={() => store.dispatch({ kind: "panel-toggled", panel: "people" })}
    />
  );
}

function ChatButton(): JSX.Element {
  const { store } = usePage();
  const { chat, panel, transfers } = store.state.value;
  const asking = transfers.filter(({ status }) => status === "asking").length;
  return (
    <BarButton
      testId="open-chat"
      label={chat.unread === 0
        ? STRINGS.call.chat
        : STRINGS.call.chatUnread({ count: chat.unread })}
      icon="chat"
      tone={panel === "chat" ? "active" : "plain"}
      expanded={panel === "chat"}
      alert={chat.unread + asking}
      onClick={() => store.dispatch({ kind: "panel-toggled", panel: "chat" })}
    />
  );
}

interface BarButtonProps {
  readonly testId: string;
  /** What a click does; also the tooltip, unless there is a `hint`. */
  readonly label: string;
  readonly hint?: string;
  readonly icon: IconName;
  readonly tone: "plain" | "off" | "active" | "danger";
  readonly disabled?: boolean;
  /** Phones have no room for it: there it is in the menu only. */
  readonly desk?: boolean;
  /** Of a button that opens a panel: whether it is open. */
  readonly expanded?: boolean;
  /** A number beside the icon; the label says it too. */
  readonly count?: number;
  /** The same, but it wants to be seen. */
  readonly alert?: number;
  readonly onClick: () => void;
}

function BarButton(props: BarButtonProps): JSX.Element {
  const { alert = 0, count = 0 } = props;
  return (
    <button
      type="button"
      class={`bar-button bar-button-${props.tone}`}
      data-desk={props.desk ? "" : undefined}
      data-testid={props.testId}
      aria-label={props.label}
      aria-expanded={props.expanded}
      data-tip={props.hint || props.label}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
      {count > 0 && <span class="bar-count">{count}</span>}
      {alert > 0 && <span class="bar-alert">{alert > 99 ? "99+" : alert}</span>}
    </button>
  );
}

function useOwn() {
  const { own, me } = usePage().store.state.value;
  return { own, mayPresent: me.permissions.includes("present") };
}
