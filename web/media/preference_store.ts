import { type ReadonlySignal, signal } from "@preact/signals";
import {
  loadPreferences,
  type Preferences,
  type PreferenceStorage,
  savePreferences,
} from "./preferences.ts";

/** The preferences, as views and devices see them. */
export interface PreferenceStore {
  readonly current: ReadonlySignal<Preferences>;
  /** Changes some, and remembers them. */
  update(change: Partial<Preferences>): void;
}

/** Starts with what was remembered. */
export function createPreferenceStore(
  storage: PreferenceStorage,
): PreferenceStore {
  const current = signal(loadPreferences(storage));
  return {
    current,
    update: (change) => {
      current.value = { ...current.peek(), ...change };
      savePreferences(storage, current.peek());
    },
  };
}
