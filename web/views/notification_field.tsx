import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { STRINGS } from "../strings.ts";
import { usePage } from "./page.ts";

/** Switches notifications, for which the browser asks the user first. */
export function NotificationField(): JSX.Element | null {
  const { preferences } = usePage();
  const denied = useSignal(false);
  if (typeof Notification === "undefined") return null;
  const { notifications } = preferences.current.value;
  const change = async (wanted: boolean) => {
    const granted = wanted &&
      await Notification.requestPermission() === "granted";
    denied.value = wanted && !granted;
    preferences.update({ notifications: granted });
  };
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          data-testid="setting-notifications"
          checked={notifications}
          onChange={(event) => void change(event.currentTarget.checked)}
        />
        {STRINGS.settings.notifications}
      </label>
      <p class="field-error" role="alert">
        {denied.value ? STRINGS.settings.notificationsDenied : ""}
      </p>
    </>
  );
}
