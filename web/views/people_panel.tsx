import type { JSX } from "preact";
import { type ListedPerson, listPeople } from "../state/people.ts";
import { STRINGS } from "../strings.ts";
import { Avatar } from "./avatar.tsx";
import { GroupMenu } from "./group_menu.tsx";
import { Icon, type IconName } from "./icons.tsx";
import { Menu } from "./menu.tsx";
import { OwnActions } from "./own_actions.tsx";
import { usePage } from "./page.ts";
import { PersonActions } from "./person_actions.tsx";
import { SidePanel } from "./side_panel.tsx";

/** Everybody who is here. */
export function PeoplePanel(): JSX.Element {
  const { store } = usePage();
  const { people, flows, me } = store.state.value;
  const words = STRINGS.people;
  return (
    <SidePanel
      title={words.titleCount({ count: people.length })}
      closeLabel={words.close}
      actions={<GroupMenu />}
    >
      <ul class="people" data-testid="people-list">
        {listPeople(people, flows, me).map((person) => (
          <PersonRow key={person.id} person={person} />
        ))}
      </ul>
      <PanelFoot />
    </SidePanel>
  );
}

/** What is wanted most often of the group as a whole. */
function PanelFoot(): JSX.Element | null {
  const { store, session } = usePage();
  const { me, people } = store.state.value;
  const mayInvite = me.permissions.includes("token");
  const mayMute = me.permissions.includes("op") && people.length > 1;
  if (!mayInvite && !mayMute) return null;
  return (
    <div class="panel-foot">
      {mayMute && (
        <button
          type="button"
          class="button"
          data-testid="mute-all"
          onClick={() => session.actions.mute("")}
        >
          <Icon name="microphoneOff" /> {STRINGS.group.muteAll}
        </button>
      )}
      {mayInvite && (
        <button
          type="button"
          class="button button-primary"
          onClick={() =>
            store.dispatch({
              kind: "dialog-opened",
              dialog: { kind: "invite" },
            })}
        >
          <Icon name="invite" /> {STRINGS.invite.title}
        </button>
      )}
    </div>
  );
}

function PersonRow(
  { person }: { readonly person: ListedPerson },
): JSX.Element {
  const { me } = usePage().store.state.value;
  const name = person.username || STRINGS.anonymous;
  const mayAct = ["message", "op"].some((need) =>
    me.permissions.includes(need)
  );
  return (
    <li
      class="person"
      data-testid="person"
      data-username={person.username}
    >
      <Avatar name={person.username} />
      <span class="person-name">
        <span class="person-name-text" dir="auto">
          {person.isMe ? STRINGS.call.nameYou({ name }) : name}
        </span>
        {person.isOperator && (
          <span class="badge">{STRINGS.people.operator}</span>
        )}
        {person.isSystem && (
          <span class="badge badge-live">{STRINGS.people.recorder}</span>
        )}
      </span>
      <PersonSigns person={person} />
      {(person.isMe || mayAct) && (
        <Menu
          label={STRINGS.people.menu({ name })}
          icon="more"
          class="down"
        >
          {person.isMe ? <OwnActions /> : <PersonActions person={person} />}
        </Menu>
      )}
    </li>
  );
}

function PersonSigns(
  { person }: { readonly person: ListedPerson },
): JSX.Element {
  const words = STRINGS.people;
  return (
    <span class="person-signs">
      {person.handNumber > 0 && (
        <Sign
          icon="hand"
          label={words.handUp({ number: person.handNumber })}
          number={person.handNumber}
        />
      )}
      {person.screen && <Sign icon="screen" label={words.screenOn} />}
      {person.camera && <Sign icon="camera" label={words.cameraOn} />}
      {person.microphone === "on" && (
        <Sign icon="microphone" label={words.microphoneOn} />
      )}
      {person.microphone === "muted" && (
        <Sign icon="microphoneOff" label={words.microphoneMuted} />
      )}
    </span>
  );
}

function Sign(
  { icon, label, number }: {
    readonly icon: IconName;
    readonly label: string;
    readonly number?: number;
  },
): JSX.Element {
  return (
    <span
      class={`sign sign-${icon}`}
      role="img"
      aria-label={label}
      title={label}
    >
      <Icon name={icon} />
      {number !== undefined && <span class="sign-number">{number}</span>}
    </span>
  );
}
