import type { JSX } from "preact";
import { LANGUAGES } from "../languages/languages.ts";
import type { PreferenceStore } from "../media/preference_store.ts";
import { spokenLanguage, STRINGS } from "../strings.ts";
import { usePage } from "./page.ts";

/** Lets the user choose the page's language, during a call. */
export function LanguageField(): JSX.Element {
  const { preferences } = usePage();
  return (
    <label class="field">
      <span class="field-label">{STRINGS.language}</span>
      <LanguageSelect preferences={preferences} />
    </label>
  );
}

/** The choice alone. */
export function LanguageSelect(
  { preferences }: { readonly preferences: PreferenceStore },
): JSX.Element {
  return (
    <select
      value={preferences.current.value.language || spokenLanguage()}
      aria-label={STRINGS.language}
      data-testid="language"
      onChange={(event) =>
        preferences.update({ language: event.currentTarget.value })}
    >
      {LANGUAGES.map(({ tag, name }) => (
        <option key={tag} value={tag} lang={tag}>{name}</option>
      ))}
    </select>
  );
}
