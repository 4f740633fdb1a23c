import type { JSX } from "preact";
import type { Device } from "../media/devices.ts";
import { STRINGS } from "../strings.ts";

/** Lets the user choose one of several devices. */
export function DeviceSelect(
  { kind, devices, chosen, onChoose }: {
    readonly kind: "microphone" | "camera" | "speaker";
    readonly devices: readonly Device[];
    /** A device id; empty for the system's default. */
    readonly chosen: string;
    readonly onChoose: (id: string) => void;
  },
): JSX.Element {
  const words = STRINGS.join;
  const isKnown = devices.some(({ id }) => id === chosen);
  return (
    <label class="field">
      <span class="field-label">{words[kind]}</span>
      <select
        value={isKnown ? chosen : ""}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        <option value="">{words.defaultDevice[kind]}</option>
        {devices.filter(({ id }) => id !== "default").map((device, index) => (
          <option key={device.id} value={device.id}>
            {device.label || words.unnamedDevice({ number: index + 1 })}
          </option>
        ))}
      </select>
    </label>
  );
}
