import type { JSX } from "preact";
import type { Preferences } from "../media/preferences.ts";
import { usePage } from "./page.ts";

/** The preferences that are either on or off. */
type Flag = {
  [Name in keyof Preferences]: Preferences[Name] extends boolean ? Name : never;
}[keyof Preferences];

/** Switches a preference. */
export function Toggle(
  { name, label, hint, onChange }: {
    readonly name: Flag;
    readonly label: string;
    readonly hint?: string;
    /** Carries out what does not follow from the preference by itself. */
    readonly onChange?: () => void;
  },
): JSX.Element {
  const { preferences } = usePage();
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={preferences.current.value[name]}
        data-testid={`setting-${name}`}
        onChange={(event) => {
          preferences.update({ [name]: event.currentTarget.checked });
          onChange?.();
        }}
      />
      <span>
        {label}
        {hint !== undefined && <small class="soft">{hint}</small>}
      </span>
    </label>
  );
}
