import { assertNever } from "../../lib/assert_never.ts";
import { LAYOUTS } from "../media/preferences.ts";
import { STRINGS } from "../strings.ts";
import type { Page } from "./page.ts";

/** Something that a key does during a call. */
export interface Shortcut {
  readonly name:
    | "microphone"
    | "camera"
    | "screen"
    | "hand"
    | "chat"
    | "people"
    | "invite"
    | "layout"
    | "fullscreen"
    | "settings"
    | "talk"
    | "open"
    | "closePanel"
    | "leave";
  /** The key's character in lower case, or its name. */
  readonly key: string;
  /** With Ctrl or Cmd, as in other programs. */
  readonly modified?: boolean;
  readonly shifted?: boolean;
}

/** All of them, as the help lists them. */
export const SHORTCUTS: readonly Shortcut[] = [
  { name: "microphone", key: "d", modified: true },
  { name: "camera", key: "e", modified: true },
  { name: "talk", key: " " },
  { name: "screen", key: "s", shifted: true },
  { name: "hand", key: "h", shifted: true },
  { name: "chat", key: "c", shifted: true },
  { name: "people", key: "p", shifted: true },
  { name: "invite", key: "i", shifted: true },
  { name: "layout", key: "l", shifted: true },
  { name: "fullscreen", key: "f", shifted: true },
  { name: "settings", key: ",", modified: true },
  { name: "open", key: "?" },
  { name: "closePanel", key: "escape" },
  { name: "leave", key: "q", modified: true, shifted: true },
];

/** What is written on the keys. */
export function toKeyNames(
  { key, modified, shifted }: Shortcut,
  isMac = /Mac|iPhone|iPad/.test(navigator.userAgent),
): readonly string[] {
  const names: Readonly<Record<string, string>> = {
    " ": STRINGS.shortcuts.space,
    "escape": "Esc",
  };
  return [
    ...(modified ? [isMac ? "⌘" : "Ctrl"] : []),
    ...(shifted ? [isMac ? "⇧" : "Shift"] : []),
    names[key] ?? key.toUpperCase(),
  ];
}

/** The shortcut that a key press means, if any. */
export function findShortcut(
  event: Pick<
    KeyboardEvent,
    "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey"
  >,
): Shortcut | undefined {
  if (event.altKey) return undefined;
  const key = event.key.toLowerCase();
  const modified = event.ctrlKey || event.metaKey;
  return SHORTCUTS.find((shortcut) =>
    shortcut.key === key && (shortcut.modified ?? false) === modified &&
    // Some keyboards need Shift for `?` and the like.
    (/^[a-z]$/.test(key)
      ? (shortcut.shifted ?? false) === event.shiftKey
      : true)
  );
}

/**
 * Listens to the keyboard for the length of a call. What is typed into a field
 * is no shortcut, unless it is with Ctrl or Cmd.
 *
 * @returns ends it
 */
export function watchShortcuts(target: Document, page: Page): () => void {
  const handleDown = (event: KeyboardEvent) => {
    const shortcut = findShortcut(event);
    if (
      shortcut === undefined || target.querySelector("dialog[open]") !== null
    ) {
      return;
    }
    const typing = isTyping(event.target);
    if (typing && !shortcut.modified && shortcut.name !== "closePanel") return;
    if (shortcut.name === "talk" && pressesButton(event.target)) return;
    // The browser's own meaning of these keys is of no use during a call.
    event.preventDefault();
    if (!event.repeat) perform(shortcut.name, page);
  };
  const handleUp = (event: KeyboardEvent) => {
    if (event.key === " ") page.session.talk.release();
  };
  const handleBlur = () => page.session.talk.release();
  target.addEventListener("keydown", handleDown);
  target.addEventListener("keyup", handleUp);
  globalThis.addEventListener("blur", handleBlur);
  return () => {
    target.removeEventListener("keydown", handleDown);
    target.removeEventListener("keyup", handleUp);
    globalThis.removeEventListener("blur", handleBlur);
  };
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    target.matches("textarea, select, [contenteditable], input");
}

/** The space bar presses the button that has the focus. */
function pressesButton(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("button, a, summary");
}

function perform(name: Shortcut["name"], page: Page): void {
  const { session, store, preferences } = page;
  const { own, me, people } = store.state.peek();
  const mayPresent = me.permissions.includes("present");
  const { publishing, screen, actions, talk } = session;
  switch (name) {
    case "microphone":
      if (mayPresent) void publishing.setMicrophone(!own.microphone);
      return;
    case "camera":
      if (mayPresent) void publishing.setCamera(!own.camera);
      return;
    case "talk":
      return talk.press();
    case "screen":
      if (!mayPresent) return;
      return own.screen ? screen.stop() : void screen.start();
    case "hand": {
      const mine = people.find(({ id }) => id === me.id);
      return actions.raiseHand(mine?.handSinceMs === undefined);
    }
    case "chat":
    case "people":
      return store.dispatch({ kind: "panel-toggled", panel: name });
    case "invite":
      if (!me.permissions.includes("token")) return;
      return store.dispatch({ kind: "dialog-opened", dialog: { kind: name } });
    case "settings":
      return store.dispatch({ kind: "dialog-opened", dialog: { kind: name } });
    case "open":
      return store.dispatch({
        kind: "dialog-opened",
        dialog: { kind: "shortcuts" },
      });
    case "layout": {
      const at = LAYOUTS.indexOf(preferences.current.peek().layout);
      const layout = LAYOUTS[(at + 1) % LAYOUTS.length] ?? "grid";
      return preferences.update({ layout });
    }
    case "fullscreen":
      return void toggleFullscreen();
    case "closePanel":
      return store.dispatch({ kind: "panel-closed" });
    case "leave":
      return session.leave();
    default:
      return assertNever(name);
  }
}

async function toggleFullscreen(): Promise<void> {
  if (document.fullscreenElement !== null) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen();
}
