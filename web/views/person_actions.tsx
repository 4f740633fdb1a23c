import type { JSX } from "preact";
import type { ListedPerson } from "../state/people.ts";
import type { Dialog } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";
import { FileItem } from "./file_item.tsx";
import { MenuItem } from "./menu.tsx";
import { usePage } from "./page.ts";

/** What one may do about somebody, in the menu beside the name. */
export function PersonActions(
  { person }: { readonly person: ListedPerson },
): JSX.Element {
  const { store } = usePage();
  const { permissions } = store.state.value.me;
  return (
    <>
      {permissions.includes("message") && !person.isSystem && (
        <MenuItem
          label={STRINGS.people.message}
          icon="chat"
          onChoose={() =>
            store.dispatch({ kind: "chat-addressed", to: person.id })}
        />
      )}
      {permissions.includes("message") && !person.isSystem && (
        <SendFile person={person} />
      )}
      {permissions.includes("op") && <OperatorActions person={person} />}
    </>
  );
}

function SendFile({ person }: { readonly person: ListedPerson }): JSX.Element {
  const { store, session } = usePage();
  const send = (file: File) => {
    const { connection } = session;
    if (connection === undefined) return;
    session.files.send(connection, person.id, file);
    store.dispatch({ kind: "chat-addressed", to: "" });
  };
  return (
    <FileItem
      label={STRINGS.people.sendFile}
      icon="file"
      testId="send-file"
      onChoose={send}
    />
  );
}

function OperatorActions(
  { person }: { readonly person: ListedPerson },
): JSX.Element {
  const { store, session } = usePage();
  const words = STRINGS.people;
  const { id, mayPresent, mayChat, isOperator } = person;
  const { actions } = session;
  const username = person.username || STRINGS.anonymous;
  const open = (kind: "warn" | "remove") => () => {
    const dialog: Dialog = { kind, id, username };
    store.dispatch({ kind: "dialog-opened", dialog });
  };
  return (
    <>
      <MenuItem
        label={words.mute}
        icon="microphoneOff"
        onChoose={() => actions.mute(id)}
      />
      <MenuItem
        label={mayPresent ? words.forbid : words.allow}
        icon={mayPresent ? "cameraOff" : "camera"}
        onChoose={() => actions.act(mayPresent ? "unpresent" : "present", id)}
      />
      <MenuItem
        label={mayChat ? words.forbidChat : words.allowChat}
        icon="chat"
        onChoose={() => actions.act(mayChat ? "shutup" : "unshutup", id)}
      />
      <MenuItem
        label={isOperator ? words.unmakeOperator : words.makeOperator}
        icon="operator"
        onChoose={() => actions.act(isOperator ? "unop" : "op", id)}
      />
      <MenuItem
        label={words.identify}
        icon="info"
        onChoose={() => actions.act("identify", id)}
      />
      <MenuItem label={words.warn} icon="warning" onChoose={open("warn")} />
      <MenuItem
        label={words.remove}
        icon="leave"
        danger
        onChoose={open("remove")}
      />
    </>
  );
}
