import type { JSX } from "preact";
import type { Toast } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";
import { Icon, type IconName } from "./icons.tsx";
import { usePage } from "./page.ts";

const ICONS: Readonly<Record<Toast["tone"], IconName>> = {
  info: "info",
  warning: "warning",
  error: "warning",
};

/** Short notices above everything else, read out when they come. */
export function Toasts(): JSX.Element {
  const { store, notices } = usePage();
  const { toasts } = store.state.value;
  const words = STRINGS.toasts;
  return (
    <div class="toasts" role="region" aria-label={words.region}>
      {toasts.map(({ key, tone, text }) => (
        <div
          key={key}
          class={`toast toast-${tone}`}
          role={tone === "error" ? "alert" : "status"}
          data-testid="toast"
        >
          <Icon name={ICONS[tone]} />
          <span>{text}</span>
          <button
            type="button"
            class="icon-button"
            aria-label={words.dismiss}
            onClick={() => notices.dismiss(key)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
