import type { Catalog } from "./catalog.ts";
import { EN } from "./en.ts";

/** A language that the pages speak. */
export interface Language {
  /** BCP 47. */
  readonly tag: LanguageTag;
  /** What its speakers call it. */
  readonly name: string;
  readonly direction: "ltr" | "rtl";
  /** Fetches the words; English is there from the start. */
  readonly load: () => Promise<Catalog>;
}

/** The languages that the pages speak, in the order in which they are offered. */
export const LANGUAGES = [
  {
    tag: "en",
    name: "English",
    direction: "ltr",
    load: () => Promise.resolve<Catalog>(EN),
  },
  {
    tag: "fr",
    name: "Français",
    direction: "ltr",
    load: async () => (await import("./fr.ts")).FR,
  },
  {
    tag: "de",
    name: "Deutsch",
    direction: "ltr",
    load: async () => (await import("./de.ts")).DE,
  },
  {
    tag: "es",
    name: "Español",
    direction: "ltr",
    load: async () => (await import("./es.ts")).ES,
  },
  {
    tag: "pl",
    name: "Polski",
    direction: "ltr",
    load: async () => (await import("./pl.ts")).PL,
  },
  {
    tag: "ar",
    name: "العربية",
    direction: "rtl",
    load: async () => (await import("./ar.ts")).AR,
  },
] as const satisfies readonly {
  tag: string;
  name: string;
  direction: "ltr" | "rtl";
  load: () => Promise<Catalog>;
}[];

/** The tag of a language that the pages speak. */
export type LanguageTag = "en" | "fr" | "de" | "es" | "pl" | "ar";

/**
 * The language to speak: the one chosen, or the first of those that the browser
 * asks for that is there, or English.
 *
 * @param chosen a tag; anything else counts as no choice
 * @param wanted BCP 47 tags in order of preference, as in `navigator.languages`
 */
export function pickLanguage(
  chosen: string,
  wanted: readonly string[],
): Language {
  const tags = [
    chosen,
    ...wanted.map((tag) => tag.toLowerCase().split("-")[0]),
  ];
  for (const tag of tags) {
    const language = LANGUAGES.find((known) => known.tag === tag);
    if (language !== undefined) return language;
  }
  return LANGUAGES[0];
}
