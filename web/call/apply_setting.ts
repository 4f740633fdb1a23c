import type { DeviceKind } from "../media/local_media.ts";
import type { Preferences } from "../media/preferences.ts";
import type { PreferenceStore } from "../media/preference_store.ts";
import { STRINGS } from "../strings.ts";
import type { CallSession } from "./call_session.ts";
import type { Notices } from "./notices.ts";

/** Through what a changed preference is carried out. */
export interface SettingParts {
  readonly session: Pick<CallSession, "publishing" | "request" | "talk">;
  readonly preferences: PreferenceStore;
  readonly notices: Pick<Notices, "show">;
}

/**
 * Carries out a preference that has changed in mid-call. A device is opened anew
 * only where it is asked for something else; most preferences need nothing.
 *
 * @param before what holds again if an effect cannot be had
 */
export async function applySetting(
  parts: SettingParts,
  name: keyof Preferences,
  before: Preferences,
): Promise<void> {
  const { publishing } = parts.session;
  switch (name) {
    case "filter":
    case "background":
      return await renewEffects(parts, "camera", { [name]: before[name] });
    case "strongNoiseSuppression":
      return await renewEffects(parts, "microphone", {});
    case "cameraId":
    case "quality":
    case "send":
    case "simulcast":
    case "blackboard":
    case "resolution":
      return await publishing.changeDevice("camera");
    case "microphoneId":
    case "noiseSuppression":
    case "highQualityAudio":
      return await publishing.changeDevice("microphone");
    case "forceRelay":
      return await publishing.refresh();
    case "receive":
      return parts.session.request();
    case "pushToTalk":
      return parts.session.talk.handleJoined(parts.preferences.current.peek());
    default:
      return; // What shows it reads it by itself.
  }
}

/**
 * Does to an open device what the preferences want now. If that cannot be done,
 * they become what they were.
 */
export async function renewEffects(
  { session, preferences, notices }: SettingParts,
  kind: DeviceKind,
  before: Partial<Preferences>,
): Promise<void> {
  const outcome = await session.publishing.renewEffects(kind);
  if (outcome?.kind !== "failed") return;
  preferences.update(before);
  notices.show("error", STRINGS.problems[kind][outcome.problem]);
}
