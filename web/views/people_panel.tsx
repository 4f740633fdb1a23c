import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { type ListedPerson, listPeople } from "../state/people.ts";
import { STRINGS } from "../strings.ts";
import { Avatar } from "./avatar.tsx";
import { Icon, type IconName } from "./icons.tsx";
import { usePage } from "./page.ts";
import { PersonActions } from "./person_actions.tsx";
import { SidePanel } from "./side_panel.tsx";

/** Everybody who is here. */
export function PeoplePanel(): JSX.Element {
  const { people, flows, me } = usePage().store.state.value;
  const open = useSignal("");
  const words = STRINGS.people;
  return (
    <SidePanel
      title={`${words.title} (${people.length})`}
      closeLabel={words.close}
    >
      <ul class="people" data-testid="people-list">
        {listPeople(people, flows, me).map((person) => (
          <PersonRow
            key={person.id}
            person={person}
            open={open.value === person.id}
            onToggle={() => {
              open.value = open.value === person.id ? "" : person.id;
            }}
          />
        ))}
      </ul>
    </SidePanel>
  );
}

function PersonRow(
  { person, open, onToggle }: {
    readonly person: ListedPerson;
    readonly open: boolean;
    readonly onToggle: () => void;
  },
): JSX.Element {
  const name = person.username || STRINGS.anonymous;
  return (
    <li
      class="person"
      data-testid="person"
      data-username={person.username}
      data-open={open ? "" : undefined}
    >
      <div class="person-row">
        <Avatar name={person.username} />
        <span class="person-name">
          <span class="person-name-text">
            {person.isMe ? STRINGS.call.nameYou(name) : name}
          </span>
          {person.isOperator && (
            <span class="badge">{STRINGS.people.operator}</span>
          )}
        </span>
        <PersonSigns person={person} />
        {!person.isMe && (
          <button
            type="button"
            class="icon-button"
            aria-label={STRINGS.people.menu(name)}
            aria-expanded={open}
            onClick={onToggle}
          >
            <Icon name="more" />
          </button>
        )}
      </div>
      {open && <PersonActions person={person} onDone={onToggle} />}
    </li>
  );
}

function PersonSigns(
  { person }: { readonly person: ListedPerson },
): JSX.Element {
  const words = STRINGS.people;
  return (
    <span class="person-signs">
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
  { icon, label }: { readonly icon: IconName; readonly label: string },
): JSX.Element {
  return (
    <span
      class={`sign sign-${icon}`}
      role="img"
      aria-label={label}
      title={label}
    >
      <Icon name={icon} />
    </span>
  );
}
