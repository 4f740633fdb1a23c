import { addWords } from "../../strings.ts";
import type { Catalog, Words } from "../catalog.ts";
import type { LanguageTag } from "../languages.ts";
import { ADMIN_EN } from "./en.ts";

/** Fetches the words of the administrators' page in each language. */
export const ADMIN_CATALOGS: Readonly<
  Record<LanguageTag, () => Promise<Catalog>>
> = {
  en: () => Promise.resolve(ADMIN_EN),
  fr: async () => (await import("./fr.ts")).ADMIN_FR,
  de: async () => (await import("./de.ts")).ADMIN_DE,
  es: async () => (await import("./es.ts")).ADMIN_ES,
  pl: async () => (await import("./pl.ts")).ADMIN_PL,
  ar: async () => (await import("./ar.ts")).ADMIN_AR,
};

/** Every word of the administrators' page, in the language that was chosen. */
export const WORDS: Words<typeof ADMIN_EN> = addWords(
  "admin",
  ADMIN_EN,
  (tag) => ADMIN_CATALOGS[tag](),
);
