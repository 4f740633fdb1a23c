import type { JSX } from "preact";
import { toRecordingsAddress } from "../pages/group_address.ts";
import { isRecorded } from "../state/people.ts";
import { STRINGS } from "../strings.ts";
import { Menu, MenuItem } from "./menu.tsx";
import { usePage } from "./page.ts";

/** What operators do to the group as a whole. */
export function GroupMenu(): JSX.Element | null {
  const { store, session } = usePage();
  const { me, group } = store.state.value;
  const words = STRINGS.group;
  const { actions } = session;
  const records = me.permissions.includes("record");
  if (!me.permissions.includes("op") && !records) return null;
  const ask = (kind: "lock" | "clear" | "announce") => () =>
    store.dispatch({ kind: "dialog-opened", dialog: { kind } });
  return (
    <Menu label={words.menu} icon="operator" testId="open-group" class="down">
      {me.permissions.includes("op") && (
        <>
          <MenuItem
            label={words.muteAll}
            icon="microphoneOff"
            onChoose={() => actions.mute("")}
          />
          {group.locked
            ? (
              <MenuItem
                label={words.unlock}
                icon="unlock"
                onChoose={() => actions.unlock()}
              />
            )
            : (
              <MenuItem
                label={words.lock}
                icon="lock"
                onChoose={ask("lock")}
              />
            )}
          <MenuItem
            label={words.announce}
            icon="warning"
            onChoose={ask("announce")}
          />
          <MenuItem
            label={words.subgroups}
            icon="people"
            onChoose={() => {
              actions.listSubgroups();
              store.dispatch({ kind: "chat-addressed", to: "" });
            }}
          />
        </>
      )}
      {records && <RecordItem />}
      {records && (
        <MenuItem
          label={words.recordings}
          icon="film"
          testId="open-recordings"
          onChoose={() => open(toRecordingsAddress(group.name), "_blank")}
        />
      )}
      {me.permissions.includes("op") && (
        <MenuItem
          label={words.clear}
          icon="close"
          danger
          onChoose={ask("clear")}
        />
      )}
    </Menu>
  );
}

function RecordItem(): JSX.Element {
  const { store, session } = usePage();
  const recording = isRecorded(store.state.value.people);
  return (
    <MenuItem
      label={recording ? STRINGS.group.unrecord : STRINGS.group.record}
      icon="film"
      onChoose={() => session.actions.record(!recording)}
    />
  );
}
