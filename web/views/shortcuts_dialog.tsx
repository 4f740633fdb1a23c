import type { JSX } from "preact";
import { STRINGS } from "../strings.ts";
import { Dialog } from "./dialog.tsx";
import { SHORTCUTS, toKeyNames } from "./shortcuts.ts";

/** What the keys do. */
export function ShortcutsDialog(): JSX.Element {
  return (
    <Dialog title={STRINGS.shortcuts.title} testId="shortcuts">
      <dl class="shortcuts">
        {SHORTCUTS.map((shortcut) => (
          <div key={shortcut.name}>
            <dt>{STRINGS.shortcuts[shortcut.name]}</dt>
            <dd>
              {toKeyNames(shortcut).map((key) => <kbd key={key}>{key}</kbd>)}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
