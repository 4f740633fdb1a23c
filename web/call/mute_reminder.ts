import { effect } from "@preact/signals";
import type { AudioLevels } from "../media/audio_levels.ts";
import type { LocalMedia } from "../media/local_media.ts";
import type { PreferenceStore } from "../media/preference_store.ts";
import type { Store } from "../state/store.ts";
import { STRINGS } from "../strings.ts";
import type { Notices } from "./notices.ts";

/** A key of its own beside those of flows. */
const KEY = "muted microphone";

/** Of what a reminder is made. */
export interface ReminderParts {
  readonly store: Store;
  readonly media: LocalMedia;
  readonly levels: AudioLevels;
  readonly notices: Notices;
  readonly preferences: PreferenceStore;
}

/**
 * Tells who speaks while muted that nobody hears it: once, until the microphone
 * is switched on again.
 *
 * @returns ends it
 */
export function remindMuted(parts: ReminderParts): () => void {
  const { store, media, levels, notices, preferences } = parts;
  let ear: MediaStreamTrack | undefined;
  let told = false;
  const stop = () => {
    ear?.stop();
    ear = undefined;
    levels.unwatch(KEY);
  };
  const endListening = effect(() => {
    const { phase, own } = store.state.value;
    const track = media.microphone.value;
    const wanted = preferences.current.value.muteReminder &&
      phase.kind === "call" && !own.microphone && track !== null;
    if (own.microphone) told = false;
    if (!wanted) return stop();
    if (ear !== undefined) return;
    // The track itself is silent; what the page hears is sent to nobody.
    ear = track.clone();
    ear.enabled = true;
    levels.watch(KEY, new MediaStream([ear]));
  });
  const endTelling = effect(() => {
    if (!levels.speaking.value.has(KEY) || told) return;
    told = true;
    notices.show("info", STRINGS.call.speakingMuted);
  });
  return () => {
    endListening();
    endTelling();
    stop();
  };
}
