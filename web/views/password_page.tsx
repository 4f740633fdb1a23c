import type { JSX } from "preact";
import { HOME_ADDRESS } from "../pages/base_path.ts";
import { toGroupAddress } from "../pages/group_address.ts";
import { STRINGS } from "../strings.ts";
import { MessageScreen } from "./message_screen.tsx";
import { PasswordField } from "./password_field.tsx";

/** The page on which one changes one's password without joining (D-23). */
export function PasswordPage(
  { group, username }: { readonly group: string; readonly username: string },
): JSX.Element {
  const home = group === "" ? HOME_ADDRESS : toGroupAddress(group);
  return (
    <MessageScreen
      title={STRINGS.settings.password.title}
      text={`${username} · ${group}`}
    >
      <PasswordField group={group} username={username} />
      <a class="button" href={home}>{STRINGS.product}</a>
    </MessageScreen>
  );
}
