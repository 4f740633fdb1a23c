import type { EN } from "./en.ts";

/** The forms that a number may ask for (CLDR plural rules). */
type PluralForm = "zero" | "one" | "two" | "few" | "many" | "other";

/** `people_one` → `people`. */
type WithoutForm<Key> = Key extends `${infer Stem}_${PluralForm}` ? Stem : Key;

/** The names that stand in `{{…}}` in a text. */
type ParameterOf<Text> = Text extends `${string}{{${infer Name}}}${infer Rest}`
  ? Name | ParameterOf<Rest>
  : never;

/** What takes the places of a text's parameters. */
export type Parameters<Text> = {
  readonly [Name in ParameterOf<Text>]: Name extends "count" ? number
    : string | number;
};

type Word<Text> = [ParameterOf<Text>] extends [never] ? string
  : (parameters: Parameters<Text>) => string;

/** A catalogue as views read it: texts, and functions where something is put in. */
export type Words<Catalog> = {
  readonly [Key in keyof Catalog as WithoutForm<Key>]: Catalog[Key] extends
    string ? Word<Catalog[Key]> : Words<Catalog[Key]>;
};

/** All words of the pages, in the language that was chosen. */
export type Strings = Words<typeof EN>;

/** Texts by name, in groups; `checkCatalog` says whether it is complete. */
export interface Catalog {
  readonly [name: string]: string | Catalog;
}

const PLURAL = /_(zero|one|two|few|many|other)$/;

/** The name of a text without its form for numbers. */
export function withoutForm(name: string): string {
  return name.replace(PLURAL, "");
}

/** Whether the text is one of several forms for numbers. */
export function isForm(name: string): boolean {
  return PLURAL.test(name);
}
