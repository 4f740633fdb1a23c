import type { JSX } from "preact";
import type { UserActionKind } from "../client/mod.ts";
import type { ListedPerson } from "../state/people.ts";
import { STRINGS } from "../strings.ts";
import { usePage } from "./page.ts";

/** What one may do about somebody. */
export function PersonActions(
  { person, onDone }: {
    readonly person: ListedPerson;
    readonly onDone: () => void;
  },
): JSX.Element {
  const { store, session } = usePage();
  const { permissions } = store.state.value.me;
  const words = STRINGS.people;
  const act = (kind: UserActionKind) => {
    session.connection?.userAction(kind, person.id);
    onDone();
  };
  return (
    <div class="person-actions">
      {permissions.includes("message") && (
        <Action
          label={words.message}
          onClick={() => {
            store.dispatch({ kind: "chat-addressed", to: person.id });
          }}
        />
      )}
      {permissions.includes("op") && (
        <>
          <Action
            label={words.mute}
            onClick={() => {
              session.connection?.userMessage("mute", person.id);
              onDone();
            }}
          />
          <Action
            label={person.mayPresent ? words.forbid : words.allow}
            onClick={() => act(person.mayPresent ? "unpresent" : "present")}
          />
          <Action
            label={person.isOperator
              ? words.unmakeOperator
              : words.makeOperator}
            onClick={() => act(person.isOperator ? "unop" : "op")}
          />
          <Action
            label={words.remove}
            danger
            onClick={() => act("kick")}
          />
        </>
      )}
    </div>
  );
}

function Action(
  { label, danger = false, onClick }: {
    readonly label: string;
    readonly danger?: boolean;
    readonly onClick: () => void;
  },
): JSX.Element {
  return (
    <button
      type="button"
      class={danger ? "action action-danger" : "action"}
      onClick={onClick}
    >
      {label}
    </button>
  );
}
