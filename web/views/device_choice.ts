import type { DeviceKind } from "../media/local_media.ts";
import type { Preferences } from "../media/preferences.ts";
import type { Page } from "./page.ts";

/** What can be chosen among several. */
export type ChosenKind = DeviceKind | "speaker";

/** Which preference names the device. */
const NAMES = {
  microphone: "microphoneId",
  camera: "cameraId",
  speaker: "speakerId",
} as const satisfies Record<ChosenKind, keyof Preferences>;

/** The id of the device that was chosen; empty for the system's default. */
export function chosenDevice(
  kind: ChosenKind,
  preferences: Preferences,
): string {
  return preferences[NAMES[kind]];
}

/** Uses another device from now on, in the call as well; empty for the default. */
export function chooseDevice(
  { preferences, session }: Pick<Page, "preferences" | "session">,
  kind: ChosenKind,
  id: string,
): void {
  preferences.update({ [NAMES[kind]]: id });
  // The tiles follow the choice of a loudspeaker by themselves.
  if (kind !== "speaker") void session.publishing.changeDevice(kind);
}
