import { signal } from "@preact/signals";
import i18next from "i18next";
import {
  type Catalog,
  type Strings,
  withoutForm,
  type Words,
} from "./languages/catalog.ts";
import { EN } from "./languages/en.ts";
import type { Language, LanguageTag } from "./languages/languages.ts";

const translator = i18next.createInstance();
void translator.init({
  lng: "en",
  fallbackLng: "en",
  // A copy: `addWords` adds to it.
  resources: { en: { translation: { ...EN } } },
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

/** Words that only some page has. */
interface MoreWords {
  readonly name: string;
  readonly load: (tag: LanguageTag) => Promise<Catalog>;
}

const moreWords: MoreWords[] = [];

/**
 * Adds words that only one page has, so that others need not load them. To be
 * called before the page begins to speak.
 *
 * @param name under which they are kept, besides all others
 */
export function addWords<English extends Catalog>(
  name: string,
  english: English,
  load: MoreWords["load"],
): Words<English> {
  const bundle = { [name]: english };
  translator.addResourceBundle("en", "translation", bundle, true);
  moreWords.push({ name, load });
  return toWords(english, `${name}.`) as Words<English>;
}

/** Makes the pages speak a language, from now on. */
export async function speak(language: Language): Promise<void> {
  const { tag } = language;
  if (!translator.hasResourceBundle(tag, "translation")) {
    const more = moreWords.map(async ({ name, load }) =>
      [name, await load(tag)] as const
    );
    translator.addResourceBundle(tag, "translation", {
      ...await language.load(),
      ...Object.fromEntries(await Promise.all(more)),
    });
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
