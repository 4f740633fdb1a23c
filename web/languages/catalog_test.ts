import assert from "node:assert/strict";
import { test } from "node:test";
import { speak, STRINGS } from "../strings.ts";
import { ADMIN_EN } from "./admin/en.ts";
import { ADMIN_CATALOGS } from "./admin/words.ts";
import { type Catalog, isForm, withoutForm } from "./catalog.ts";
import { EN } from "./en.ts";
import { LANGUAGES, type LanguageTag, pickLanguage } from "./languages.ts";

/** All texts by path: `landing.people_one`. */
function textsOf(catalog: Catalog, path = ""): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(catalog)) {
    const place = `${path}${name}`;
    if (typeof value === "string") texts.set(place, value);
    else {
      for (const entry of textsOf(value, `${place}.`)) texts.set(...entry);
    }
  }
  return texts;
}

/** What a language needs: English's texts, with its own forms for numbers. */
function wantedIn(tag: string, english: Catalog): Map<string, string> {
  const forms = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
  const wanted = new Map<string, string>();
  for (const [path, text] of textsOf(english)) {
    if (!isForm(path)) wanted.set(path, text);
    else {
      for (const form of forms) {
        wanted.set(`${withoutForm(path)}_${form}`, text);
      }
    }
  }
  return wanted;
}

function parametersOf(text: string): readonly string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = ""]) => name)
    .toSorted();
}

/** @throws if a language lacks a word, or has one too many. */
async function checkCatalog(
  tag: LanguageTag,
  english: Catalog,
  load: () => Promise<Catalog>,
): Promise<void> {
  const wanted = wantedIn(tag, english);
  const texts = textsOf(await load());
  assert.deepEqual(
    [...texts.keys()].toSorted(),
    [...wanted.keys()].toSorted(),
  );
  for (const [path, text] of texts) {
    assert.notEqual(text.trim(), "", `${tag} ${path} is empty`);
    const parameters = parametersOf(text);
    const expected = parametersOf(wanted.get(path) ?? "");
    // Some languages have a word for one or two and need no number.
    const number = isForm(path) ? "count" : undefined;
    assert.deepEqual(
      parameters.filter((name) => name !== number),
      expected.filter((name) => name !== number),
      `${tag} ${path}`,
    );
  }
}

for (const { tag, load } of LANGUAGES) {
  test(`no word is missing in ${tag}, and none is there for nothing`, async () => {
    await checkCatalog(tag, EN, load);
    await checkCatalog(tag, ADMIN_EN, ADMIN_CATALOGS[tag]);
  });
}

test("the language is the one chosen, or the first known that is wanted", () => {
  assert.equal(pickLanguage("de", ["fr-FR"]).tag, "de");
  assert.equal(pickLanguage("", ["nl-NL", "fr-CA", "en"]).tag, "fr");
  assert.equal(pickLanguage("", ["nl", "ja"]).tag, "en");
  assert.equal(pickLanguage("xx", ["DE-at"]).tag, "de");
});

test("words follow the language, and numbers its forms", async () => {
  assert.equal(STRINGS.landing.people({ count: 1 }), "1 person");
  await speak(pickLanguage("de", []));
  assert.equal(STRINGS.landing.people({ count: 2 }), "2 Personen");
  assert.equal(STRINGS.call.nameYou({ name: "<b>" }), "<b> (Sie)");
  await speak(pickLanguage("en", []));
  assert.equal(STRINGS.landing.people({ count: 2 }), "2 people");
});
