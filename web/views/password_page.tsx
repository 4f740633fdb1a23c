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
  const words = STRINGS.settings.password;
  if (group === "" || username === "") {
    return (
      <MessageScreen title={words.title} text={words.incomplete}>
        <a class="button button-primary" href={HOME_ADDRESS}>
          {STRINGS.left.home}
        </a>
      </MessageScreen>
    );
  }
  return (
    <MessageScreen title={words.title} text={`${username} · ${group}`}>
      <PasswordField group={group} username={username} />
      <a class="button" href={toGroupAddress(group)}>{STRINGS.landing.open}</a>
    </MessageScreen>
  );
}
