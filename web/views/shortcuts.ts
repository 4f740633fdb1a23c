import type { CallSession } from "../call/call_session.ts";
import type { Store } from "../state/store.ts";

/**
 * Ctrl or Cmd with D switches the microphone, with E the camera; Escape closes
 * the side panel.
 *
 * @returns ends it
 */
export function watchShortcuts(
  target: Document,
  session: CallSession,
  store: Store,
): () => void {
  const handleKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && target.querySelector("dialog") === null) {
      return store.dispatch({ kind: "panel-closed" });
    }
    const plain = event.altKey || event.shiftKey || event.repeat;
    if (plain || !(event.ctrlKey || event.metaKey)) return;
    const { own, me } = store.state.peek();
    const key = event.key.toLowerCase();
    if (key !== "d" && key !== "e") return;
    // The browser's own meaning of these keys is of no use during a call.
    event.preventDefault();
    if (!me.permissions.includes("present")) return;
    void (key === "d"
      ? session.publishing.setMicrophone(!own.microphone)
      : session.publishing.setCamera(!own.camera));
  };
  target.addEventListener("keydown", handleKey);
  return () => target.removeEventListener("keydown", handleKey);
}
