import type { JSX } from "preact";
import { STRINGS } from "../strings.ts";
import { MenuItem } from "./menu.tsx";
import { FilmItem, HandItem } from "./more_menu.tsx";
import { usePage } from "./page.ts";

/** What one may do oneself, in the menu beside one's own name. */
export function OwnActions(): JSX.Element {
  const { store, session } = usePage();
  const { permissions } = store.state.value.me;
  return (
    <>
      <HandItem />
      {permissions.includes("token") && (
        <MenuItem
          label={STRINGS.invite.title}
          icon="invite"
          onChoose={() =>
            store.dispatch({
              kind: "dialog-opened",
              dialog: { kind: "invite" },
            })}
        />
      )}
      {permissions.includes("present") && <FilmItem />}
      {permissions.includes("present") && (
        <MenuItem
          label={STRINGS.call.restartMedia}
          icon="signal"
          testId="restart-media"
          onChoose={() => void session.renegotiate()}
        />
      )}
    </>
  );
}
