import { effect } from "@preact/signals";
import type { PreferenceStore } from "../media/preference_store.ts";
import { speak } from "../strings.ts";
import { pickLanguage } from "./languages.ts";

/**
 * Makes the page speak the language that is preferred, now and whenever the
 * choice changes.
 *
 * @returns when the first words are there
 */
export async function followLanguage(
  preferences: PreferenceStore,
): Promise<void> {
  const first = Promise.withResolvers<void>();
  effect(() => {
    const { language } = preferences.current.value;
    void follow(language).then(first.resolve);
  });
  await first.promise;
}

async function follow(chosen: string): Promise<void> {
  const language = pickLanguage(chosen, navigator.languages);
  // Without the words, because the network has gone, English is better than nothing.
  await speak(language).catch((error) => console.warn(error));
  document.documentElement.lang = language.tag;
  document.documentElement.dir = language.direction;
}
