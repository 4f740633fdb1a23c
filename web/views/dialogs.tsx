import type { JSX } from "preact";
import { assertNever } from "../../lib/assert_never.ts";
import { InviteDialog } from "./invite_dialog.tsx";
import { usePage } from "./page.ts";
import { PromptDialog } from "./prompt_dialog.tsx";
import { SettingsDialog } from "./settings_dialog.tsx";
import { ShortcutsDialog } from "./shortcuts_dialog.tsx";

/** The dialogue that is open, if any. */
export function Dialogs(): JSX.Element | null {
  const { dialog } = usePage().store.state.value;
  switch (dialog.kind) {
    case "none":
      return null;
    case "settings":
      return <SettingsDialog />;
    case "shortcuts":
      return <ShortcutsDialog />;
    case "invite":
      return <InviteDialog />;
    case "lock":
    case "clear":
    case "announce":
    case "warn":
    case "remove":
      return <PromptDialog key={dialog.kind} dialog={dialog} />;
    default:
      return assertNever(dialog);
  }
}
