import type { JSX } from "preact";
import { STRINGS } from "../strings.ts";
import {
  chooseDevice,
  chosenDevice,
  type ChosenKind,
} from "./device_choice.ts";
import { BackgroundField } from "./effect_fields.tsx";
import { Menu, MenuItem } from "./menu.tsx";
import { MicrophoneLevel } from "./microphone_level.tsx";
import { usePage } from "./page.ts";

/** Beside the button of the microphone: which one, and whether it hears one. */
export function MicrophoneMenu(): JSX.Element {
  const { speakers } = usePage().media.devices.value;
  return (
    <Menu
      label={STRINGS.call.microphoneMenu}
      icon="chevron"
      testId="microphone-menu"
      trigger="bar-choice"
    >
      <DeviceItems kind="microphone" />
      <div class="menu-level">
        <MicrophoneLevel />
      </div>
      {speakers.length > 0 && <DeviceItems kind="speaker" />}
    </Menu>
  );
}

/** Beside the button of the camera: which one, and what stands behind one. */
export function CameraMenu(): JSX.Element {
  return (
    <Menu
      label={STRINGS.call.cameraMenu}
      icon="chevron"
      testId="camera-menu"
      trigger="bar-choice"
    >
      <DeviceItems kind="camera" />
      <div class="menu-field">
        <BackgroundField />
      </div>
    </Menu>
  );
}

function DeviceItems({ kind }: { readonly kind: ChosenKind }): JSX.Element {
  const page = usePage();
  const words = STRINGS.join;
  const devices = page.media.devices.value[`${kind}s`]
    .filter(({ id }) => id !== "default");
  const wanted = chosenDevice(kind, page.preferences.current.value);
  // One that is gone leaves the choice to the system.
  const chosen = devices.some(({ id }) => id === wanted) ? wanted : "";
  const choices = [
    { id: "", label: words.defaultDevice[kind] },
    ...devices.map(({ id, label }, index) => ({
      id,
      label: label || words.unnamedDevice({ number: index + 1 }),
    })),
  ];
  return (
    <div class="menu-devices" role="group" aria-label={words[kind]}>
      <p class="menu-title" aria-hidden="true">{words[kind]}</p>
      {choices.map(({ id, label }) => (
        <MenuItem
          key={id}
          label={label}
          checked={id === chosen}
          testId={`choose-${kind}`}
          onChoose={() => chooseDevice(page, kind, id)}
        />
      ))}
    </div>
  );
}
