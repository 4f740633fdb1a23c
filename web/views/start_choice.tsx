import type { JSX } from "preact";
import type { StartChoice as Choice } from "../media/preferences.ts";
import { STRINGS } from "../strings.ts";
import { Icon, type IconName } from "./icons.tsx";

const CHOICES: readonly { readonly choice: Choice; readonly icon: IconName }[] =
  [
    { choice: "camera", icon: "camera" },
    { choice: "microphone", icon: "microphone" },
    { choice: "nothing", icon: "cameraOff" },
  ];

/** Lets the user choose what to send from the start. */
export function StartChoice(
  { chosen, onChoose }: {
    readonly chosen: Choice;
    readonly onChoose: (choice: Choice) => void;
  },
): JSX.Element {
  const words = STRINGS.join;
  return (
    <fieldset class="segments">
      <legend class="field-label">{words.startWith}</legend>
      <div class="segments-row">
        {CHOICES.map(({ choice, icon }) => (
          <label key={choice} class="segment" title={words.start[choice]}>
            <input
              type="radio"
              name="start"
              value={choice}
              checked={choice === chosen}
              onChange={() =>
                onChoose(choice)}
              aria-label={words.start[choice]}
              data-testid={`start-${choice}`}
            />
            <span class="segment-face">
              <Icon name={icon} />
              <span aria-hidden="true">{words.startShort[choice]}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
