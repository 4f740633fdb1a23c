import { signal } from "@preact/signals";
import i18next from "i18next";
import {
  type Catalog,
  type Strings,
  withoutForm,
} from "./languages/catalog.ts";
import { EN } from "./languages/en.ts";
import type { Language, LanguageTag } from "./languages/languages.ts";

const translator = i18next.createInstance();
void translator.init({
  lng: "en",
  fallbackLng: "en",
  resources: { en: { translation: EN } },
  // Preact writes text nodes; nothing here ever becomes HTML.
  interpolation: { escapeValue: false },
  initAsync: false,
});

const current = signal<LanguageTag>("en");

/**
 * Every word that the pages show, in the language that was chosen. A view that
 * reads one is rendered again when the language changes.
 */
export const STRINGS: Strings = toWords(EN, "") as Strings;

/** Makes the pages speak a language, from now on. */
export async function speak(language: Language): Promise<void> {
  if (!translator.hasResourceBundle(language.tag, "translation")) {
    translator.addResourceBundle(
      language.tag,
      "translation",
      await language.load(),
    );
  }
  await translator.changeLanguage(language.tag);
  current.value = language.tag;
}

/** The tag of the language that is spoken. */
export function spokenLanguage(): LanguageTag {
  return current.value;
}

/** For dates and numbers: the language that is spoken, as in the user's country. */
export function spokenLocale(): string {
  const tag = spokenLanguage();
  return navigator.languages.find((wanted) => wanted.startsWith(`${tag}-`)) ??
    tag;
}

/** The same tree, whose leaves look the text up when they are read. */
function toWords(catalog: Catalog, path: string): unknown {
  const words = {};
  for (const [name, value] of Object.entries(catalog)) {
    const key = withoutForm(name);
    const place = `${path}${key}`;
    if (typeof value !== "string") {
      Object.defineProperty(words, key, {
        value: toWords(value, `${place}.`),
        enumerable: true,
      });
    } else if (!(key in words)) {
      const get = value.includes("{{")
        ? () => (parameters: Record<string, unknown>) =>
          translate(place, parameters)
        : () => translate(place, {});
      Object.defineProperty(words, key, { get, enumerable: true });
    }
  }
  return words;
}

function translate(key: string, parameters: Record<string, unknown>): string {
  // Whoever reads a word depends on the language.
  void current.value;
  return translator.t(key, parameters);
}
